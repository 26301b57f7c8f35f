"""Refused and missing pages: staff stay on the site of the staff, others on the public one."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from results_portal.web.unavailable import server_error
from tests.staff import client_of, member, text_of

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


def test_a_request_not_understood_is_refused_on_the_staff_site(client):
    address = "/gestion/candidates/school/?sector__exact=%00"
    for visitor in (client_of("operator"), client):
        answer = visitor.get(address)
        assert answer.status_code == 400
        assert "Cette demande n’a pas été comprise" in text_of(answer)
        assert f'href="{reverse("admin:index")}"' in answer.content.decode()


def test_the_address_of_a_button_opened_by_a_link_is_said_to_be_one():
    session = reverse("admin:candidates_session_deliberate", args=[1])
    for address, is_staffs in ((session, True), ("/healthz", False)):
        answer = getattr(client_of("manager"), "get" if is_staffs else "post")(address)
        assert answer.status_code == 405
        said = "Cette adresse est celle d’un bouton" in text_of(answer)
        assert said == is_staffs
        assert int(answer["Content-Length"]) == len(answer.content)


def test_a_form_left_open_too_long_is_refused_on_the_staff_site():
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(member("operator"), backend="django.contrib.auth.backends.ModelBackend")
    answer = browser.post(reverse("admin:candidates_message_changelist"), {})
    assert answer.status_code == 403
    shown = text_of(answer)
    assert "Ce formulaire n’est plus valable Rien" in re.sub(r"<[^>]+>", "", shown)
    assert reverse("admin:index") in shown
    outside = browser.post("/resultats/", {}, headers={"Origin": "https://ailleurs.example"})
    assert reverse("admin:index") not in text_of(outside)


def test_an_error_of_the_staff_site_says_what_to_do_there(rf):
    staffs, public = (server_error(rf.get(path)) for path in ("/gestion/", "/resultats/"))
    assert (staffs.status_code, public.status_code) == (500, 500)
    assert "regardez si ce que vous faisiez est enregistré" in text_of(staffs)
    assert 'href="/gestion/"' in text_of(staffs)
    assert "votre résultat ne change pas" in text_of(public)
