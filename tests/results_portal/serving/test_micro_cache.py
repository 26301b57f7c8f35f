"""Repeated requests for a shared page cost the portal next to nothing."""

import time

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from results_portal.serving import micro_cache

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wsgi")]


class Site(micro_cache.MicroCache):
    """Portal that counts how often its page is rendered."""

    made = 0
    key = "the same for all"
    seconds = micro_cache.CACHE_SECONDS

    def get_response(self, request):
        self.made += 1
        response = HttpResponse(f"{self.made} {request.COOKIES.get('django_language')}")
        if request.path == "/private":
            return response
        response["Content-Language"] = request.COOKIES.get("django_language", "fr")
        return micro_cache.cacheable(response, self.key, seconds=self.seconds)


@pytest.fixture
def site():
    return Site()


def ask(site, path="/", method="GET", **headers):
    said = []
    environ = RequestFactory()._base_environ(
        PATH_INFO=path, REQUEST_METHOD=method, **{"HTTP_COOKIE": "", **headers}
    )
    body = b"".join(site(environ, lambda status, headers: said.extend((status, headers))))
    return said[0], dict(said[1]), body


def test_a_request_repeated_within_a_second_gets_the_cached_page(site):
    first = ask(site, HTTP_COOKIE="candidat=1")
    assert [ask(site, HTTP_COOKIE="candidat=1") for _visit in range(5)] == [first] * 5
    assert site.made == 1


def test_an_expired_page_is_rendered_again_once_for_all(site, monkeypatch):
    ask(site, HTTP_COOKIE="candidat=1")
    ask(site, HTTP_COOKIE="candidat=2")
    later = time.monotonic() + micro_cache.CACHE_SECONDS
    monkeypatch.setattr(micro_cache.time, "monotonic", lambda: later)
    assert ask(site, HTTP_COOKIE="candidat=1")[2] == b"3 None"
    assert ask(site, HTTP_COOKIE="candidat=2")[2] == b"3 None"


def test_nothing_is_cached_for_a_request_far_longer_than_those_of_browsers(site):
    for _visit in range(2):
        ask(site, HTTP_COOKIE="candidat=" + "1" * 2000)
    assert site.made == 2
    assert not site._requests


def test_nothing_is_cached_beyond_the_opening(site):
    site.seconds = 0
    ask(site)
    assert ask(site)[2] == b"2 None"


@pytest.mark.parametrize(
    ("seconds", "is_refreshed_ahead"), [(0.5, False), (1.0, True), (60.0, True)]
)
def test_a_page_may_be_refreshed_before_it_expires_unless_a_release_opens_then(
    site, seconds, is_refreshed_ahead
):
    site.seconds = seconds
    ask(site)
    (request_key,) = site._requests
    page = site.cached(request_key)
    assert (page.refresh_from < page.expires_at) == is_refreshed_ahead


def test_a_refreshed_page_takes_the_place_of_the_cached_one(site):
    ask(site)
    (request_key,) = site._requests
    environ = RequestFactory()._base_environ(PATH_INFO="/", HTTP_COOKIE="")
    site.refresh(environ, lambda *_said: None)
    assert site.cached(request_key).body == b"2 None"
    assert ask(site)[2] == b"2 None"


def test_a_request_not_met_before_is_answered_by_django(site):
    ask(site, HTTP_COOKIE="candidat=1")
    assert ask(site, HTTP_COOKIE="candidat=2")[2] == b"2 None"


def test_django_answers_again_after_a_while_for_an_identification_ends(site, monkeypatch):
    monkeypatch.setattr(micro_cache, "CACHE_SECONDS", 1000.0)
    site.seconds = 1000.0
    ask(site)
    later = time.monotonic() + micro_cache.REQUEST_SECONDS
    monkeypatch.setattr(micro_cache.time, "monotonic", lambda: later)
    assert ask(site)[2] == b"2 None"


@pytest.mark.parametrize(
    "other",
    [
        {"HTTP_COOKIE": "django_language=en"},
        {"HTTP_ACCEPT_ENCODING": "gzip"},
        {"HTTP_ACCEPT_LANGUAGE": "en"},
        {"HTTP_HOST": "elsewhere.test"},
        {"wsgi.url_scheme": "https"},
        {"QUERY_STRING": "page=2"},
        {"path": "/elsewhere"},
        {"method": "POST"},
        {"method": "HEAD"},
    ],
    ids=str,
)
def test_a_request_with_another_key_gets_another_page(site, other):
    ask(site)
    ask(site, **other)
    assert site.made == 2


def test_two_languages_do_not_meet_under_one_key(site):
    french, english = (f"django_language={code}" for code in ("fr", "en"))
    ask(site, HTTP_COOKIE=french)
    ask(site, HTTP_COOKIE=english)
    assert ask(site, HTTP_COOKIE=french)[2] == b"1 fr"
    assert ask(site, HTTP_COOKIE=english)[2] == b"2 en"


def test_a_page_that_is_not_shared_is_never_cached(site):
    ask(site, "/private")
    assert ask(site, "/private")[2] == b"2 None"


def test_a_page_that_sets_a_cookie_is_never_cached(site, monkeypatch):
    def with_cookie(request):
        response = Site.get_response(site, request)
        response.set_cookie("name", "value")
        return response

    monkeypatch.setattr(site, "get_response", with_cookie)
    ask(site)
    assert ask(site)[2] == b"2 None"
