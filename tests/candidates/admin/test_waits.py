"""A manager sees which accounts wait at sign-in, and lifts a wait."""

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from candidates.identification.delay import FORGOTTEN_AFTER, FREE_MISSES
from candidates.models import FailedIdentification
from tests.staff import client_of, member, messages_of, text_of

pytestmark = pytest.mark.django_db

PAGE = "admin:candidates_failedidentification_changelist"
RIGHT = "le bon mot de passe"


def sign_in(password, **changes):
    return Client().post(
        "/gestion/login/", {"username": "operator", "password": password}, **changes
    )


@pytest.fixture
def waiting():
    user = member("operator")
    user.set_password(RIGHT)
    user.save()
    for number in range(FREE_MISSES):
        sign_in("un autre", REMOTE_ADDR=f"198.51.{number}.1")
    counted = FailedIdentification.objects.filter(failures=FREE_MISSES)
    counted.update(failures=FREE_MISSES + 5, until=Now() + FORGOTTEN_AFTER)


def test_a_manager_lifts_the_wait_of_a_colleague(waiting):
    assert sign_in(RIGHT, REMOTE_ADDR="192.0.2.1").status_code == 429
    manager = client_of("manager")
    page = text_of(manager.get(reverse(PAGE)))
    assert '<th scope="row">operator</th>' in page
    answer = manager.post(reverse(PAGE), {"name": "operator"}, follow=True)
    assert messages_of(answer) == ["operator peut se connecter sans attendre."]
    assert "Aucune erreur dans la dernière heure." in text_of(answer)
    assert sign_in(RIGHT, REMOTE_ADDR="192.0.2.1").status_code == 302


def test_an_operator_sees_waits_and_lifts_none(waiting):
    operator = client_of("operator")
    page = text_of(operator.get(reverse(PAGE)))
    assert '<th scope="row">operator</th>' in page
    assert "Lever" not in page
    assert operator.post(reverse(PAGE), {"name": "operator"}).status_code == 403


def test_only_accounts_of_the_office_have_a_wait_to_lift():
    assert client_of("manager").post(reverse(PAGE), {"name": "nobody"}).status_code == 404
    assert client_of("anonymous").get(reverse(PAGE)).status_code == 302


def test_no_row_of_the_table_has_a_page(waiting):
    page = reverse("admin:candidates_failedidentification_change", args=["x"])
    assert client_of("superuser").get(page).status_code == 403
