"""A manager sees which accounts wait at sign-in, and lifts a wait."""

import re

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from candidates.identification.delay import FORGOTTEN_AFTER, FREE_MISSES, FREE_MISSES_OF_MANY
from candidates.models import FailedIdentification
from tests.staff import client_of, member, messages_of, text_of

pytestmark = pytest.mark.django_db

PAGE = "admin:candidates_failedidentification_changelist"
RIGHT = "le bon mot de passe"


def sign_in(password, **changes):
    return Client().post("/gestion/login/", {"login": "operator", "password": password}, **changes)


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


def test_a_manager_sees_and_lifts_the_wait_of_a_network(client):
    client.post("/gestion/login/", {"login": "x", "password": "y"}, REMOTE_ADDR="203.0.113.20")
    FailedIdentification.objects.update(failures=FREE_MISSES_OF_MANY + 5)
    manager, operator = client_of("manager"), client_of("operator")
    assert '<th scope="row">203.0.113.0/24</th>' not in text_of(manager.get(reverse(PAGE)))
    seen = {"address": "203.0.113.77:4711", "see": "1"}
    for staff in (manager, operator):
        page = text_of(staff.post(reverse(PAGE), seen))
        row = r'<th scope="row">203\.0\.113\.0/24</th> <td>35</td> <td>(\d+) secondes</td>'
        wait = re.search(row, page)
        assert wait
        assert 0 < int(wait[1]) <= 32  # it runs down while the pages are made
    assert operator.post(reverse(PAGE), {"address": "203.0.113.0/24"}).status_code == 403
    answer = manager.post(reverse(PAGE), {"address": "203.0.113.0/24"}, follow=True)
    assert messages_of(answer) == ["Le réseau 203.0.113.0/24 n’attend plus."]
    assert "<td>0</td> <td>aucune</td>" in text_of(manager.post(reverse(PAGE), seen))


def test_the_network_of_who_looks_is_shown_unasked(client):
    page = text_of(client_of("manager").get(reverse(PAGE), REMOTE_ADDR="198.51.100.7"))
    assert '<th scope="row">198.51.100.0/24</th>' in page


@pytest.mark.parametrize("how", [{}, {"see": "1"}])
def test_an_address_that_is_none_is_told(how):
    answer = client_of("manager").post(reverse(PAGE), {"address": "nulle part"} | how)
    assert "Tapez une adresse IP, comme 203.0.113.20." in text_of(answer)


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
