"""The portal as its server runs it: quicker than Django alone, and never otherwise."""

import io
from datetime import timedelta
from functools import cache
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from candidates.identification import cookie as identification
from candidates.identification import throttle
from candidates.models import Entry, FailedIdentification
from results.jury.deliberation import deliberate
from results.publication import release
from results.result_page import consent
from results_portal import caches
from results_portal.serving import header_cache, micro_cache
from results_portal.wsgi import Portal
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wsgi")]

MINE, LOOKUP = "/resultats/mon-resultat/", "/resultats/"


@pytest.fixture
def portal():
    return Portal()


@pytest.fixture(autouse=True)
def _with_empty_caches():
    caches.clear_all()


@pytest.fixture
def three_candidates():
    """Two candidates of one situation, and one of another."""
    first = factories.entry(marks=factories.ADMITTED)
    others = [
        factories.entry(session=first.session, marks=marks)
        for marks in (factories.ADMITTED, factories.REFUSED)
    ]
    deliberate(first.session)
    return [first, *others]


@cache  # one cookie for each, whatever the second
def cookie(entry):
    morsel = identification.remember(HttpResponse(), entry.pk).cookies
    return f"{settings.IDENTIFICATION_COOKIE}={morsel[settings.IDENTIFICATION_COOKIE].value}"


def ask(portal, entry=None, path=MINE, cookies="", **changes):
    said = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT_ENCODING": "gzip",
        "HTTP_COOKIE": "; ".join(filter(None, (entry and cookie(entry), cookies))),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "https" if settings.SECURE_SSL_REDIRECT else "http",
        "wsgi.input": io.BytesIO(b""),
        "wsgi.errors": io.StringIO(),
    } | changes
    answer = portal(environ, lambda status, headers: said.extend((status, headers)))
    return said[0], sorted(said[1]), b"".join(answer)


def identify(portal, entry, *, secret="s" * 32, token="s" * 32, code=factories.CODE, **changes):
    """Send the form of the look-up page, as `entry` types it."""
    typed = {
        "csrfmiddlewaretoken": token,
        "number": entry.number,
        "birth_date": f"{entry.candidate.birth_date:%d/%m/%Y}",
        "access_code": code,
    }
    body = urlencode(typed).encode()
    form = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    return ask(portal, path=LOOKUP, cookies=f"csrftoken={secret}", **(form | changes))


@pytest.fixture
def by_django(monkeypatch):
    """The answers that Django itself made."""
    answers = []
    plainly = Portal.get_response

    def counted(self, request):
        answers.append(request.path)
        return plainly(self, request)

    monkeypatch.setattr(Portal, "get_response", counted)
    return answers


def expire_responses(portal):
    """Let a second go by."""
    for key, cached in list(portal._responses.items()):
        portal._responses[key] = cached._replace(expires_at=0.0)


@pytest.mark.parametrize("encoding", ["gzip", ""])
@pytest.mark.parametrize("language", ["", "en"])
def test_a_page_under_cached_headers_is_to_the_byte_what_django_answers(
    portal, three_candidates, by_django, encoding, language
):
    release.schedule(three_candidates[0].session)
    asked = {"HTTP_ACCEPT_ENCODING": encoding, "HTTP_ACCEPT_LANGUAGE": language}
    plain = [ask(Portal(), entry, **asked) for entry in three_candidates]
    by_django.clear()
    for _visit in range(2):
        assert [ask(portal, entry, **asked) for entry in three_candidates] == plain
    # The first who came, and none after: the others' frames were known.
    assert by_django == [MINE]
    assert len({page for _status, _headers, page in plain}) == len(three_candidates)


@pytest.mark.parametrize("language", ["", "en"])
def test_an_identification_under_cached_headers_is_to_the_byte_what_django_answers(
    portal, three_candidates, by_django, time_machine, language
):
    time_machine.move_to("2026-07-02 10:00+02:00", tick=False)
    asked = {"HTTP_ACCEPT_LANGUAGE": language}
    plain = [identify(Portal(), entry, **asked) for entry in three_candidates]
    by_django.clear()
    for _visit in range(2):
        assert [identify(portal, entry, **asked) for entry in three_candidates] == plain
    assert by_django == [LOOKUP]
    assert len({str(headers) for _status, headers, _page in plain}) == len(three_candidates)
    for (status, headers, _page), entry in zip(plain, three_candidates, strict=True):
        assert status.startswith("302")
        cookies = dict(headers)["Set-Cookie"]
        found = SimpleCookie(cookies)[settings.IDENTIFICATION_COOKIE].value
        assert identification.identified_by({settings.IDENTIFICATION_COOKIE: found}) == entry.pk


def test_nobody_is_identified_under_cached_headers_without_all_that_django_checks(
    portal, three_candidates, by_django
):
    right = identify(portal, three_candidates[0])[0]
    wrong = [
        identify(portal, three_candidates[1], code="A" * 12),
        identify(portal, three_candidates[1], token="t" * 32),
        identify(portal, three_candidates[1], secret=""),
        identify(portal, three_candidates[1], HTTP_ORIGIN="https://elsewhere.example"),
        identify(portal, three_candidates[1], HTTP_HOST="elsewhere.example"),
        identify(portal, three_candidates[1], **{"wsgi.url_scheme": "https", "HTTP_REFERER": ""}),
    ]
    assert right.startswith("302")
    assert [status[:3] for status, *_rest in wrong] == ["200", "403", "403", "403", "400", "403"]
    assert not any(settings.IDENTIFICATION_COOKIE in str(headers) for _, headers, _ in wrong)
    assert by_django == [LOOKUP] * (1 + len(wrong))


def test_the_throttle_holds_under_cached_headers(portal, three_candidates):
    assert identify(portal, three_candidates[1])[0].startswith("302")
    for _failure in range(throttle.PERSON_FROM_BLOCK.failures):
        assert identify(portal, three_candidates[0], code="A" * 12)[0].startswith("200")
    # Each failure counts once, for the person and for the block.
    counts = FailedIdentification.objects.order_by("failures").values_list("failures", flat=True)
    assert list(counts) == [throttle.PERSON_FROM_BLOCK.failures] * 2
    assert identify(portal, three_candidates[0])[0].startswith("429")
    assert identify(portal, three_candidates[1])[0].startswith("302")


def test_every_page_under_cached_headers_checks_that_it_is_open(portal, three_candidates):
    release.schedule(three_candidates[0].session)
    ask(portal, three_candidates[0])
    ask(portal, three_candidates[1])
    release.withdraw(
        release.Release.objects.get(), by=None, message="Une vérification est en cours."
    )
    for entry in three_candidates[:2]:
        status, _headers, page = ask(portal, entry, HTTP_ACCEPT_ENCODING="")
        assert status.startswith("200")
        assert "Une vérification est en cours." in page.decode()


def test_nobody_without_an_identification_gets_a_page_under_cached_headers(
    portal, three_candidates
):
    release.schedule(three_candidates[0].session)
    ask(portal, three_candidates[0])
    forged = cookie(three_candidates[0]).replace("=", f"={three_candidates[1].pk}", 1)
    for cookies in ("", forged):
        status, headers, page = ask(portal, cookies=cookies)
        assert status.startswith("302")
        assert ("Location", reverse("results:lookup")) in headers
        assert page == b""


def test_whatever_fails_under_cached_headers_is_answered_by_django(
    portal, three_candidates, by_django
):
    release.schedule(three_candidates[0].session)
    expected = ask(portal, three_candidates[0])
    ask(portal, three_candidates[0])
    by_django.clear()
    ((key, cached),) = portal._cached_headers.items()
    portal._cached_headers[key] = cached._replace(build_query=lambda *_args: 1 / 0)
    assert ask(portal, three_candidates[0]) == expected
    assert by_django == [MINE]


def test_the_waiting_page_is_sent_from_the_cache_until_the_opening_and_not_after(
    portal, three_candidates, by_django, time_machine
):
    hour = timezone.now() + timedelta(minutes=10)
    release.schedule(three_candidates[0].session, at=hour)
    for _visit in range(4):
        _status, _headers, page = ask(portal, three_candidates[0], HTTP_ACCEPT_ENCODING="")
        assert "pas encore ouverts" in page.decode()
    assert by_django == [MINE]
    assert ask(portal, three_candidates[2], HTTP_ACCEPT_ENCODING="")[2] != b""
    assert by_django == [MINE] * 2  # who they are is checked first
    release.Release.objects.update(opens_at=timezone.now())
    expire_responses(portal)
    assert "13,00" in ask(portal, three_candidates[0], HTTP_ACCEPT_ENCODING="")[2].decode()


def test_a_waiting_page_is_not_cached_beyond_the_opening(portal, three_candidates):
    release.schedule(three_candidates[0].session, at=timezone.now() + timedelta(seconds=60))
    ask(portal, three_candidates[0])
    (cached,) = portal._responses.values()
    release.Release.objects.update(opens_at=timezone.now() + timedelta(milliseconds=500))
    other = Portal()
    ask(other, three_candidates[0])
    (sooner,) = other._responses.values()
    assert sooner.expires_at - micro_cache.time.monotonic() <= 0.5
    assert cached.expires_at <= micro_cache.time.monotonic() + micro_cache.CACHE_SECONDS


def test_cached_headers_serve_for_a_minute(portal, three_candidates, by_django, monkeypatch):
    release.schedule(three_candidates[0].session)
    for _visit in range(3):
        ask(portal, three_candidates[0])
    assert by_django == [MINE]
    monkeypatch.setattr(header_cache.time, "monotonic", lambda: 1e12)
    ask(portal, three_candidates[0])
    assert by_django == [MINE] * 2


def test_a_list_is_cached_for_a_second_then_obeys_a_consent_taken_back(
    portal, three_candidates, by_django
):
    Entry.objects.update(web_consent=True)
    release.schedule(three_candidates[0].session)
    path = reverse(
        "results:list", args=[three_candidates[0].session.code, three_candidates[0].speciality.code]
    )
    asked = {"path": path, "HTTP_ACCEPT_ENCODING": ""}
    first = ask(portal, **asked)
    tag = dict(first[1])["ETag"]
    had = ask(portal, HTTP_IF_NONE_MATCH=tag, **asked)
    assert had[0].startswith("304")
    assert had[2] == b""
    assert [ask(portal, **asked), ask(portal, HTTP_IF_NONE_MATCH=tag, **asked)] == [first, had]
    assert by_django == [path] * 2
    consent.withdraw(three_candidates[0].pk)
    expire_responses(portal)
    status, _headers, page = ask(portal, HTTP_IF_NONE_MATCH=tag, **asked)
    assert status.startswith("200")
    assert page.decode().count("DUPONT") == first[2].decode().count("DUPONT") - 1
