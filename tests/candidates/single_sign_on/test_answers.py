"""Sign-in by a provider: an answer that proves nothing signs nobody in, and is told plainly."""

import time

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from tests.openid_provider import (
    EC,
    OTHER_RSA,
    START,
    sign,
    signed_with_the_public_key,
    unsigned,
    way_back,
)
from tests.staff import text_of

pytestmark = pytest.mark.django_db

AWAY = "ProConnect ne répond pas, ou pas comme il le doit."
UNFINISHED = "La connexion avec ProConnect n’a pas abouti."


def is_out(client):
    return client.get("/gestion/").status_code == 302 and not SocialAccount.objects.exists()


def test_both_kinds_of_signature_are_read(come, manager, provider):
    provider.key = EC
    assert come().url == "/gestion/"


FORGERS = {
    "another key": lambda claims, _key: sign(claims, OTHER_RSA),
    "no signature": unsigned,
    "an unknown key": lambda claims, _key: sign(claims, EC),
    "the public key as a secret": signed_with_the_public_key,
    "words": lambda claims, key: f"{sign(claims, key)[:-9]}AAAAAAAAA",
    "no token": lambda _claims, _key: "erreur",
}


@pytest.mark.parametrize("which", ["id_token", "userinfo"])
@pytest.mark.parametrize("forger", FORGERS)
def test_a_token_that_the_provider_has_not_signed_is_not_believed(
    come, manager, client, provider, which, forger
):
    marked = {"id_token": "nonce", "userinfo": "email"}[which]

    def forge(claims, key):
        return FORGERS[forger](claims, key) if marked in claims else sign(claims, key)

    provider.sign = forge
    answer = come()
    assert answer.status_code == 503
    assert AWAY in text_of(answer)
    assert is_out(client)


@pytest.mark.parametrize(
    ("which", "change"),
    [
        ("id_token", {"aud": "another portal"}),
        ("id_token", {"aud": ["portail", "another"], "azp": "another"}),
        ("id_token", {"iss": "https://another.example"}),
        ("id_token", {"exp": time.time() - 60}),
        ("id_token", {"exp": None}),
        ("id_token", {"nonce": "of another sign-in, as long as it has to be"}),
        ("id_token", {"nonce": None}),
        ("id_token", {"sub": "somebody else"}),
        ("userinfo", {"sub": "somebody else"}),
        ("userinfo", {"sub": None}),
        ("userinfo", {"aud": "another portal"}),
        ("userinfo", {"aud": None}),
        ("userinfo", {"iss": "https://another.example"}),
        ("userinfo", {"iss": None}),
        ("userinfo", {"exp": time.time() - 60}),
    ],
)
def test_a_token_for_another_from_another_or_too_old_is_not_believed(
    come, manager, client, provider, which, change
):
    def changed(claims):
        return {name: value for name, value in (claims | change).items() if value is not None}

    provider.answers[which] = changed
    assert come().status_code == 503
    assert is_out(client)


def answering(status=200, kind="application/json", body="{}", **headers):
    return lambda _answer: (status, {"Content-Type": kind} | headers, body)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/token", answering(500, body="")),
        ("/token", answering(kind="text/html", body="<h1>Maintenance</h1>")),
        ("/token", answering(body='{"access_token": "x"}')),
        ("/token", answering(body="[1]")),
        ("/token", lambda _answer: (200, {}, "3")),
        ("/jwks", answering(body="[]")),
        ("/jwks", answering(body='{"keys": []}')),
        ("/jwks", answering(503)),
        ("/userinfo", answering(body='{"sub": "agent-1", "email": "gestion@service.example"}')),
        ("/userinfo", lambda answer: (200, {"Content-Type": "text/plain"}, answer[2])),
        ("/userinfo", answering(401)),
        ("/userinfo", answering(302, Location="https://elsewhere.invalid/")),
    ],
)
def test_a_provider_that_answers_something_else_is_told_of(
    come, manager, client, provider, caplog, path, answer
):
    provider.answers[path] = answer
    answer = come()
    assert answer.status_code == 503
    assert AWAY in text_of(answer)
    assert is_out(client)
    (line,) = [r.getMessage() for r in caplog.records if r.name.startswith("candidates.single")]
    assert line.startswith("the provider of sign-in is not believed:")
    assert "agent-1" not in line


def test_what_is_asked_of_the_provider_is_sent_nowhere_else(come, manager, client, provider):
    elsewhere = f"{provider.issuer}/userinfo?"
    provider.answers["/userinfo"] = lambda answer: (
        answer if provider.asked[-1][1] else (307, {"Location": f"{elsewhere}again=1"}, "")
    )
    assert come().status_code == 503
    assert is_out(client)


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://another.example"},
        {"authorization_endpoint": "https://another.example/authorize"},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"token_endpoint_auth_methods_supported": 3},
    ],
)
def test_what_the_provider_publishes_is_checked_before_anybody_is_led_there(
    client, provider, monkeypatch, change
):
    published = provider.discovery() | change
    monkeypatch.setattr(provider, "discovery", lambda: published)
    assert client.post(START).status_code == 503


def test_https_is_asked_of_every_address_of_the_provider(client, provider, settings):
    settings.HTTPS = True
    assert client.post(START).status_code == 503


def test_a_provider_that_is_away_or_silent_leaves_the_password(client, provider, settings):
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 0.1

    def late(answer):
        time.sleep(0.3)
        return answer

    provider.answers["/.well-known/openid-configuration"] = late
    assert client.post(START).status_code == 503
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    answer = client.post(START)
    assert (answer.status_code, AWAY in text_of(answer)) == (503, True)
    assert 'href="/gestion/login/"' in text_of(answer)
    assert 'type="password"' in text_of(client.get("/gestion/login/"))


def test_the_way_back_serves_once_and_only_the_browser_that_went(manager, client, provider):
    back = way_back(client)
    stranger = Client().get(back)
    assert (stranger.status_code, UNFINISHED in text_of(stranger)) == (400, True)
    assert client.get(back).url == "/gestion/"
    client.logout()
    assert client.get(back).status_code == 400
    assert client.get("/gestion/").status_code == 302


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=x", "?error=x"])
def test_a_way_back_that_leads_from_nowhere_is_told_of(client, provider, query):
    answer = client.get(f"{START}retour/{query}")
    assert (answer.status_code, UNFINISHED in text_of(answer)) == (400, True)
    assert provider.asked == []


def test_who_gives_up_at_the_provider_is_told_so(client, provider):
    state = dict(pair.split("=") for pair in client.post(START).url.split("?")[1].split("&"))
    answer = client.get(f"{START}retour/?error=access_denied&state={state['state']}")
    assert (answer.status_code, UNFINISHED in text_of(answer)) == (400, True)
