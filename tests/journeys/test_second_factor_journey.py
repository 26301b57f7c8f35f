"""A member of the staff chooses a second factor, and enters with a code, then with a passkey."""

import re

import pytest

from tests.journeys.visit import PHONE
from tests.second_factors import code_of
from tests.staff import member

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "le bon mot de passe"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def visit(transactional_db, arrive, settings):
    """A manager with a password and no second factor, where one is required."""
    settings.STAFF_MFA = settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    user = member("manager")
    user.set_password(PASSWORD)
    user.save()
    return arrive(scripts=True)


def type_password(visit):
    visit.go("/gestion/login/")
    visit.page.get_by_label("Nom d’utilisateur").fill("manager")
    visit.page.get_by_label("Mot de passe").fill(PASSWORD)
    visit.press("Se connecter")


def type_code(visit, code):
    visit.page.get_by_label("Code").fill(code)
    visit.press("Continuer")


def sign_out(visit):
    visit.press("Déconnexion")
    assert visit.path == "/gestion/login/"


def choose_codes(visit):
    """Register an application; return the secret that it has been given."""
    visit.follow("Enregistrer une application")
    secret = visit.page.locator("code").inner_text()
    visit.page.get_by_label("Code").fill("000000")
    visit.press("Enregistrer l’application")
    assert "Ce code est faux" in visit.words
    assert visit.page.locator("code").inner_text() == secret
    visit.photograph("second factor, application")
    visit.page.get_by_label("Code").fill(code_of(secret))
    visit.press("Enregistrer l’application")
    return secret


def test_a_code_is_required_chosen_and_serves_once(visit):
    visit.go("/gestion/login/")
    visit.examine("staff sign in")
    type_password(visit)
    assert visit.path == "/gestion/compte/"
    assert "Le service demande un second facteur" in visit.words
    visit.examine("second factor, to choose")
    visit.go("/gestion/candidates/entry/")
    assert visit.path == "/gestion/compte/"

    visit.go("/gestion/compte/application/")
    visit.examine("second factor, application")
    visit.go("/gestion/compte/")
    secret = choose_codes(visit)
    assert visit.path == "/gestion/compte/codes-de-secours/"
    codes = re.findall(r"\b\d{8}\b", visit.words)
    assert len(codes) == 10
    visit.examine("second factor, recovery codes")
    with visit.page.expect_download() as download:
        visit.page.get_by_role("link", name="Télécharger les codes").click()
    assert download.value.path().read_text().split() == codes
    visit.go("/gestion/compte/codes-de-secours/")
    assert not set(codes) & set(visit.words.split())
    visit.follow("Retour à la première page")
    assert visit.path == "/gestion/"
    sign_out(visit)

    type_password(visit)
    visit.examine("second factor, code")
    used = code_of(secret)
    type_code(visit, used)
    assert visit.path == "/gestion/"
    sign_out(visit)
    type_password(visit)
    type_code(visit, used)
    assert "Ce code est faux, ou il a déjà servi." in visit.words
    visit.go("/gestion/")
    assert visit.path == "/gestion/compte/connexion/code/"
    type_code(visit, codes[0])
    assert visit.path == "/gestion/"
    visit.go("/gestion/compte/")
    assert "Il en reste 9." in visit.words
    visit.examine("own account")


def test_without_scripts_passkeys_say_what_they_need_and_passwords_do_without(visit, arrive):
    quiet = arrive(scripts=False)
    quiet.go("/gestion/login/")
    assert "Une clé d’accès a besoin de JavaScript" in quiet.words
    assert "Se connecter avec une clé d’accès" not in quiet.words
    type_password(quiet)
    choose_codes(quiet)
    assert quiet.path == "/gestion/compte/codes-de-secours/"


def test_a_passkey_is_chosen_and_signs_in_alone(visit):
    devices = visit.context.new_cdp_session(visit.page)
    devices.send("WebAuthn.enable")
    device = devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    verified = {"authenticatorId": device["authenticatorId"], "isUserVerified": True}

    type_password(visit)
    visit.follow("Enregistrer une clé d’accès")
    visit.page.set_viewport_size(PHONE)
    visit.examine("second factor, passkey")
    visit.page.get_by_label("Nom de la clé").fill("téléphone")
    visit.press("Enregistrer la clé d’accès")
    assert visit.path == "/gestion/compte/codes-de-secours/"
    visit.follow("J’ai gardé mes codes")
    visit.go("/gestion/compte/")
    assert "téléphone" in visit.words
    visit.examine("own account, passkey")
    sign_out(visit)

    visit.press("Se connecter avec une clé d’accès")
    assert visit.path == "/gestion/"
    sign_out(visit)

    type_password(visit)
    assert visit.path == "/gestion/compte/connexion/code/"
    visit.examine("second factor, passkey or code")
    devices.send("WebAuthn.setUserVerified", verified | {"isUserVerified": False})
    visit.page.get_by_role("button", name="Présenter une clé d’accès").click()
    visit.page.get_by_text("L’appareil n’a pas répondu").wait_for()
    devices.send("WebAuthn.setUserVerified", verified)
    visit.press("Présenter une clé d’accès")
    assert visit.path == "/gestion/"
