"""One's own account: where a second factor is required nothing else opens before it is chosen."""

import json
import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models.functions import Now
from django.urls import reverse

from candidates.sign_in.second_factor import reset_second_factor
from tests import factories
from tests.second_factors import code_of, give_code
from tests.staff import client_of, head_of, member, messages_of, text_of
from tests.test_staff_rights import routes

pytestmark = pytest.mark.django_db

OWN, LOGIN, AGAIN = "/gestion/compte/", "/gestion/login/", "/gestion/compte/identite/"
PASSWORD = "le bon mot de passe"
NOT_KEYS = ["", "null", "5", "[]", "{}", '"a"', "not json", '{"id": "a", "response": {}}']
NOT_KEYS += [
    json.dumps({"id": "YQ", "rawId": "YQ", "type": "public-key", "response": response})
    for response in ({"userHandle": "MQ"}, {"userHandle": 5}, {"clientDataJSON": "%"}, [])
]


def with_password(role):
    user = member(role)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def manager():
    return with_password("manager")


@pytest.fixture
def signed_in(client, manager):
    """A browser of the manager, who has just signed in."""
    client.post(LOGIN, {"login": "manager", "password": PASSWORD})
    return client


@pytest.mark.parametrize("role", ["manager", "school head", "superuser"])
def test_without_the_second_factor_that_is_required_each_address_leads_to_choosing_it(
    role, settings
):
    settings.STAFF_MFA = True
    head_of(factories.school())
    client = client_of(role)
    choosing = {f"{OWN}application/", f"{OWN}cles/ajouter/"}
    open_before = {LOGIN, "/gestion/logout/", OWN, AGAIN, *choosing}
    asked = {f"/gestion/{re.sub('<.*?>', '1', route)}" for route in routes()} | {"/gestion/x/"}
    assert len(asked) > 100
    for address in sorted(asked - open_before):
        for answer in (client.get(address), client.post(address)):
            assert (answer.status_code, answer.get("Location")) == (302, OWN), address
    page = text_of(client.get(OWN))
    assert "Le service demande un second facteur" in page
    assert "Se déconnecter" in page
    assert client.post("/gestion/logout/").url == LOGIN


def test_with_it_all_opens_and_where_none_is_required_too(settings, manager):
    assert client_of("manager").get("/gestion/").status_code == 200
    settings.STAFF_MFA = True
    give_code(manager)
    assert client_of("manager").get("/gestion/").status_code == 200


def test_recovery_codes_alone_are_no_second_factor(settings, manager):
    settings.STAFF_MFA = True
    RecoveryCodes.activate(manager)
    assert client_of("manager").get("/gestion/").url == OWN


def test_the_head_of_a_school_signs_in_here_and_is_led_to_its_pupils(client, settings):
    head_of(factories.school())
    with_password("school head")
    typed = {"login": "school head", "password": PASSWORD, "next": "/gestion/"}
    assert client.post(LOGIN, typed).url == reverse("results:school")
    assert client.get(f"{LOGIN}?next=/gestion/").url == reverse("results:school")
    assert "Retour à la première page" in text_of(client.get(OWN))
    assert client.get("/gestion/").url.startswith(LOGIN)


def test_choosing_is_for_who_has_just_shown_who_they_are(signed_in, manager):
    choose = reverse("mfa_activate_totp")
    assert signed_in.get(choose).status_code == 200
    for page in (choose, reverse("mfa_add_webauthn"), reverse("account_change_password")):
        assert unquote(client_of("manager").get(page).url) == f"{AGAIN}?next={page}"


def test_codes_are_registered_shown_once_and_removed(signed_in, manager):
    choose = reverse("mfa_activate_totp")
    page = text_of(signed_in.get(choose))
    secret = re.search(r"secret\">(\w{32})<", page)[1]
    assert "data:image/svg+xml;base64," in page
    assert "Ce code est faux" in text_of(signed_in.post(choose, {"code": code_of()}))
    shown = signed_in.post(choose, {"code": code_of(secret)}, follow=True)
    assert len(re.findall(r"<code>\d{8}</code>", text_of(shown))) == 10
    assert not re.findall(r"\d{8}", text_of(signed_in.get(shown.request["PATH_INFO"]))[500:])
    answer = signed_in.post(reverse("mfa_deactivate_totp"), follow=True)
    assert messages_of(answer) == ["L’application de codes est retirée."]
    assert not Authenticator.objects.filter(user=manager).exists()


@pytest.mark.parametrize("sent", NOT_KEYS)
def test_what_is_no_passkey_is_refused_in_words(signed_in, client, sent):
    answer = signed_in.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": sent})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    signed_in.post("/gestion/logout/")
    challenge = signed_in.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    assert challenge.json()["request_options"]["publicKey"]["userVerification"] == "required"
    answer = signed_in.post(reverse("mfa_login_webauthn"), {"credential": sent}, follow=True)
    assert answer.request["PATH_INFO"] == LOGIN
    assert len(messages_of(answer)) == 1


def test_a_session_that_anybody_may_begin_is_short_and_what_is_over_goes(client, manager):
    client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    assert client.session.get_expiry_age() == 300
    Session.objects.update(expire_date=Now() - timedelta(seconds=1))
    client.post(LOGIN, {"login": "manager", "password": PASSWORD})
    assert client.session.get_expiry_age() == 8 * 3600
    assert Session.objects.count() == 1


def test_a_reset_forgets_all_and_signs_out_everywhere(manager):
    give_code(manager)
    theirs, also_theirs, mine = client_of("manager"), client_of("manager"), client_of("operator")
    reset_second_factor(manager, by=member("administrator"))
    assert not Authenticator.objects.filter(user=manager).exists()
    assert [one.get("/gestion/").status_code for one in (theirs, also_theirs, mine)] == [
        302,
        302,
        200,
    ]
    entry = LogEntry.objects.get(object_id=manager.pk)
    assert (entry.user.username, entry.get_change_message()) == (
        "administrator",
        "Second facteur remis à zéro.",
    )
    assert theirs.post(LOGIN, {"login": "manager", "password": PASSWORD}).url == "/gestion/"


def test_nobody_sees_the_second_factor_of_another(manager, client):
    give_code(member("operator"))
    key = Authenticator.objects.create(
        user=member("operator"), type="webauthn", data={"name": "clé", "credential": {}}
    )
    client.post(LOGIN, {"login": "manager", "password": PASSWORD})
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.post(reverse(name, args=[key.pk])).status_code == 404
    assert client.get(reverse("mfa_deactivate_totp")).status_code == 404
