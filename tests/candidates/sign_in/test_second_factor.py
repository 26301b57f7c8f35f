"""Sign-in with a second factor: after the password a code, which serves once."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from candidates.identification.delay import FORGOTTEN_AFTER, FREE_MISSES
from candidates.models import FailedIdentification
from tests.second_factors import SECRET, code_of, give_code
from tests.staff import client_of, member, text_of

pytestmark = pytest.mark.django_db

LOGIN, CODE, HOME = "/gestion/login/", "/gestion/compte/connexion/code/", "/gestion/"
OVER = """
INSERT INTO candidates_staffcache
SELECT 'over ' || number, '', now() - interval '1 second' FROM generate_series(1, 1000) AS number
"""
PASSWORD = "le bon mot de passe"


@pytest.fixture
def manager():
    user = member("manager")
    user.set_password(PASSWORD)
    user.save()
    return user


def type_password(client):
    answer = client.post(LOGIN, {"login": "manager", "password": PASSWORD})
    assert answer.url == CODE
    return client


def type_code(client, code):
    return client.post(CODE, {"code": code})


def is_out(client):
    """Whether the first page of the office sends this browser to sign in."""
    answer = client.get(HOME)
    return answer.status_code == 302 and answer.url.startswith(LOGIN)


def test_the_password_alone_opens_nothing_where_there_is_a_second_factor(client, manager):
    give_code(manager)
    type_password(client)
    assert is_out(client)
    assert client.get(LOGIN).url == CODE
    assert type_code(client, code_of()).url == HOME
    assert client.get(HOME).status_code == 200


def test_who_has_typed_a_password_that_no_longer_holds_begins_again(client, manager):
    give_code(manager)
    type_password(client)
    manager.set_password("un autre mot de passe")
    manager.save()
    assert type_code(client, code_of()).url == LOGIN
    assert is_out(client)
    assert client.get(CODE).url == LOGIN


def test_a_code_serves_once_and_a_wrong_one_never(client, manager):
    give_code(manager)
    code = code_of()
    assert type_code(type_password(client), code).url == HOME
    other = type_password(Client())
    for typed in (code, code_of(steps=100), "", "abc"):
        assert type_code(other, typed).status_code == 200
    assert "Ce code est faux, ou il a déjà servi." in text_of(type_code(other, code))
    assert is_out(other)


def test_a_recovery_code_stands_in_once(client, manager):
    first, second, *_rest = give_code(manager)
    assert type_code(type_password(client), first).url == HOME
    other = type_password(Client())
    assert type_code(other, first).status_code == 200
    assert type_code(other, second).url == HOME


def test_wrong_codes_make_the_next_one_wait_from_wherever_they_come(client, manager):
    give_code(manager)
    for number in range(FREE_MISSES):
        stranger = type_password(Client(REMOTE_ADDR=f"198.51.{number}.1"))
        assert type_code(stranger, code_of(steps=100 + number)).status_code == 200
    FailedIdentification.objects.filter(failures__gt=0).update(until=Now() + FORGOTTEN_AFTER)
    answer = type_code(type_password(client), code_of())
    assert (answer.status_code, answer["Retry-After"]) == (429, "1")
    assert is_out(client)
    waits = reverse("admin:candidates_failedidentification_changelist")
    colleague = client_of("administrator")
    assert "<td>5</td>" in text_of(colleague.get(waits))
    colleague.post(waits, {"name": "manager"})
    assert type_code(client, code_of()).url == HOME


def test_giving_up_forgets_the_password_that_was_typed(client, manager):
    give_code(manager)
    type_password(client)
    assert client.post("/gestion/logout/").url == LOGIN
    assert client.get(LOGIN).status_code == 200
    assert client.get(CODE).url == LOGIN


def test_signing_in_leaves_no_session_of_before(client, manager, settings):
    give_code(manager)
    type_password(client)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    type_code(client, code_of())
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie.value != before
    assert not cookie["max-age"]  # it ends with the browser
    client.post("/gestion/logout/")
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie.value
    assert is_out(client)


def test_secrets_are_encrypted_and_outlive_a_change_of_the_key(client, manager, settings):
    give_code(manager)
    stored = Authenticator.objects.get(user=manager, type="totp").data["secret"]
    assert SECRET not in stored
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of fifty characters or more, as it should be"
    assert type_code(type_password(client), code_of()).url == HOME
    settings.SECRET_KEY_FALLBACKS = []  # what was opened once is now under the present key
    assert type_code(type_password(Client()), code_of(steps=1)).url == HOME


def test_a_secret_that_no_key_opens_is_told_and_opens_nothing(client, manager, settings):
    give_code(manager)
    settings.SECRET_KEY = "another key of fifty characters or more, as it should be"
    type_password(client)
    answer = client.post(CODE, {"code": code_of()}, follow=True)
    assert "Demandez à l’administrateur du service" in text_of(answer)
    assert is_out(client)


def test_a_new_password_is_asked_of_who_has_just_shown_who_they_are(client, manager):
    client.force_login(manager)
    page = client.get("/gestion/password_change/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/gestion/compte/identite/?next=")
    again = page.redirect_chain[-1][0]
    assert "Ce mot de passe est faux." in text_of(client.post(again, {"password": "un autre"}))
    address = client.post(again, {"password": PASSWORD}).url
    typed = {"password1": "un mot de passe neuf", "password2": "un autre, tout neuf"}
    assert "ne sont pas les mêmes" in text_of(client.post(address, typed))
    typed["password2"] = typed["password1"]
    assert client.post(address, typed).url == HOME
    manager.refresh_from_db()
    assert manager.check_password("un mot de passe neuf")


def test_what_is_over_leaves_the_table_of_the_cache_and_what_is_not_stays():
    cache.set("kept", 1, 60)
    with connection.cursor() as cursor:
        cursor.execute(OVER)
    assert cache.add("new", 1, 60)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM candidates_staffcache")
        assert cursor.fetchone() == (2,)
    assert not cache.add("kept", 2)
