"""Refused and missing pages: staff stay on the site of the staff, others on the public one."""

import pytest
from django.urls import reverse

from tests.staff import client_of, text_of

pytestmark = pytest.mark.django_db

PUBLIC = "Identifiez-vous de nouveau"


def test_a_page_that_a_right_opens_is_refused_in_words_of_the_staff_site():
    answer = client_of("operator").get(reverse("admin:auth_user_changelist"))
    assert answer.status_code == 403
    shown = text_of(answer)
    assert "Votre compte n’ouvre pas cette page" in shown
    assert reverse("admin:index") in shown
    assert PUBLIC not in shown


def test_a_staff_page_that_is_not_there_is_said_on_the_staff_site():
    answer = client_of("operator").get(reverse("admin:candidates_entry_correct", args=[0]))
    assert answer.status_code == 404
    assert "Il n’y a rien à cette adresse" in text_of(answer)


def test_who_is_no_staff_reads_the_public_pages(client, django_user_model):
    user = django_user_model.objects.create_user("ancien")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for visitor in (client, client_of("operator")):
        answer = visitor.get("/nulle-part/")
        assert answer.status_code == 404
        assert "Il n’y a rien à cette adresse" not in text_of(answer)
