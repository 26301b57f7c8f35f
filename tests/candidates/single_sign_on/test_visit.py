"""Sign-in by a provider: its pages, the second factor, and signing out."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from results_portal.web.middleware import CONTENT_SECURITY_POLICY
from tests.openid_provider import START, way_back
from tests.second_factors import code_of, give_code
from tests.staff import messages_of, text_of

pytestmark = pytest.mark.django_db

LOGIN, LOGOUT, HOME = "/gestion/login/", "/gestion/logout/", "/gestion/"
LEAVE, LEFT = f"{START}deconnexion/", f"{START}deconnecte/"
LEVEL = "https://proconnect.gouv.fr/assurance/consistency-checked-2fa"


def test_nothing_of_it_is_there_unless_a_provider_is_named(client):
    assert client.get(START).status_code == client.post(START).status_code == 404
    assert client.get(f"{START}retour/?code=x&state=y").status_code == 404
    assert "ProConnect" not in text_of(client.get(LOGIN))


def test_the_start_page_alone_lets_a_form_lead_to_the_provider(client, provider, settings):
    settings.OIDC_NAME = "Mon académie"
    origin = provider.issuer.removesuffix("/api/v2")
    page = client.get(START)
    wider = CONTENT_SECURITY_POLICY.replace("'self'; base-uri", f"'self' {origin}; base-uri")
    assert page["Content-Security-Policy"] == wider != CONTENT_SECURITY_POLICY
    assert "Continuer avec Mon académie" in text_of(page)
    for other in (LOGIN, f"{START}retour/", "/gestion/compte/mot-de-passe/"):
        assert client.get(other)["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "Se connecter avec Mon académie" in text_of(client.get(LOGIN))
    assert provider.asked == []


def test_the_second_factor_is_asked_as_after_a_password(come, manager, client):
    give_code(manager)
    code = come().url
    assert client.get(HOME).status_code == 302
    assert client.post(code, {"code": code_of()}).url == HOME
    assert client.post(LOGOUT).url == LEAVE


def test_the_second_factor_of_the_provider_is_enough_where_its_level_is_named(
    come, manager, client, provider, settings
):
    give_code(manager)
    settings.OIDC_ACR = ["eidas2", LEVEL]
    provider.acr = LEVEL
    assert come().url == HOME
    (asked,) = [sent for path, sent in provider.asked if path == "/authorize"]
    assert asked["claims"] == (
        f'{{"id_token": {{"acr": {{"essential": true, "values": ["eidas2", "{LEVEL}"]}}}}}}'
    )


def test_where_a_second_factor_is_required_that_of_the_provider_counts(
    come, manager, client, provider, settings
):
    settings.STAFF_MFA = True
    come()
    assert client.get(HOME).url == "/gestion/compte/"
    client.post(LOGOUT)
    settings.OIDC_ACR = [provider.acr] = [LEVEL]
    come()
    assert client.get(HOME).status_code == 200


@pytest.mark.parametrize(("named", "level"), [([], LEVEL), (["eidas2"], "eidas1"), ([""], None)])
def test_a_level_that_is_not_named_leaves_the_second_factor_to_the_portal(
    come, manager, client, provider, settings, named, level
):
    give_code(manager)
    settings.OIDC_ACR, provider.acr = named, level
    assert come().url != HOME
    assert client.get(HOME).status_code == 302


def test_a_password_inherits_nothing_of_who_came_by_the_provider(
    come, manager, client, provider, settings
):
    manager.set_password("le bon mot de passe")
    manager.save()
    settings.OIDC_ACR = [provider.acr] = [LEVEL]
    come()
    client.post(LOGOUT)
    give_code(manager)
    answer = client.post(LOGIN, {"login": "manager", "password": "le bon mot de passe"})
    assert answer.url != HOME
    client.post(answer.url, {"code": code_of()})
    assert client.post(LOGOUT).url == LOGIN


def test_who_signs_out_may_sign_out_at_the_provider_too(come, manager, client, provider):
    come()
    assert client.post(LOGOUT).url == LEAVE
    assert client.get(HOME).status_code == 302
    page = client.get(LEAVE)
    assert "no-store" in page["Cache-Control"]
    assert "Se déconnecter aussi de ProConnect" in text_of(page)
    address = page.context["address"]
    asked = parse_qs(urlsplit(address).query)
    assert len(asked["state"][0]) >= 32
    assert asked["post_logout_redirect_uri"] == [f"http://testserver{LEFT}"]
    back = requests.get(address, allow_redirects=False, timeout=5).headers["Location"]
    forged = client.get(f"{LEFT}?state=of-another", follow=True)
    assert messages_of(forged) == []
    told = client.get(f"{LEFT}?{urlsplit(back).query}", follow=True)
    assert messages_of(told) == ["Vous êtes déconnecté, ici et chez ProConnect."]
    assert client.get(LEAVE).url == LOGIN


def test_a_provider_without_sign_out_is_left_by_signing_out_here(
    manager, client, provider, monkeypatch
):
    published = provider.discovery()
    del published["end_session_endpoint"]
    monkeypatch.setattr(provider, "discovery", lambda: published)
    assert client.get(way_back(client)).url == HOME
    assert client.post(LOGOUT).url == LOGIN
    assert client.get(LEAVE).url == LOGIN
