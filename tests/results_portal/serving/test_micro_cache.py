"""Until the hour strikes, reloading a page costs the portal next to nothing."""

import math
import time
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone

from results_portal.serving import micro_cache
from results_portal.serving.cache_key import KEY_HEADERS
from results_portal.serving.registry import Share


@pytest.fixture
def pages():
    return micro_cache.SharedPages()


def key(cookie=None, **changes):
    asked = {"PATH_INFO": "/", "QUERY_STRING": "", "wsgi.url_scheme": "http"} | changes
    return *map(asked.get, KEY_HEADERS), cookie


def response(body="page", **headers):
    return HttpResponse(body, headers={"Content-Language": "fr", **headers})


def later(monkeypatch, seconds):
    instant = time.monotonic() + seconds
    monkeypatch.setattr(micro_cache.time, "monotonic", lambda: instant)


def test_who_reloads_within_a_second_gets_the_copy(pages):
    pages.keep(key("candidat=1"), response(), Share("page"))
    assert pages.fresh(key("candidat=1")).body == b"page"


def test_after_a_second_there_is_a_last_copy_but_no_fresh_one(pages, monkeypatch):
    pages.keep(key(), response(), Share("page"))
    later(monkeypatch, micro_cache.CACHE_SECONDS)
    assert pages.fresh(key()) is None
    assert pages.last(key()).body == b"page"


def test_no_copy_is_shown_past_the_hour_that_it_announces(pages, monkeypatch):
    hour = timezone.now() + timedelta(seconds=0.5)
    pages.keep(key(), response(), Share("page", hour))
    assert pages.fresh(key())
    later(monkeypatch, 0.5)
    assert pages.fresh(key()) is None
    assert pages.last(key()) is None


@pytest.mark.parametrize(("seconds", "is_renewed_ahead"), [(0.5, False), (5.0, True), (None, True)])
def test_a_page_is_renewed_ahead_of_its_second_unless_its_hour_is_nearer(
    pages, seconds, is_renewed_ahead
):
    hour = seconds and timezone.now() + timedelta(seconds=seconds)
    pages.keep(key(), response(), Share("page", hour))
    page = pages.fresh(key())
    assert (page.renew_from < page.fresh_until) == is_renewed_ahead
    assert math.isinf(page.valid_until) == (seconds is None)


def test_a_renewed_page_takes_the_place_of_the_copy_for_all(pages):
    for number in (1, 2):
        pages.keep(key(f"candidat={number}"), response("old"), Share("page"))
    pages.keep(key("candidat=1"), response("new"), Share("page"))
    assert pages.fresh(key("candidat=2")).body == b"new"


def test_who_has_not_asked_before_is_led_nowhere(pages):
    pages.keep(key("candidat=1"), response(), Share("page"))
    assert pages.fresh(key("candidat=2")) is None
    assert pages.last(key("candidat=2")) is None


def test_django_says_again_where_one_is_led_after_a_while_for_an_identification_ends(
    pages, monkeypatch
):
    monkeypatch.setattr(micro_cache, "CACHE_SECONDS", 1000.0)
    pages.keep(key(), response(), Share("page"))
    later(monkeypatch, micro_cache.LEAD_SECONDS)
    assert pages.fresh(key()) is None


@pytest.mark.parametrize(
    "other",
    [
        {"cookie": "django_language=en"},
        {"HTTP_ACCEPT_ENCODING": "gzip"},
        {"HTTP_ACCEPT_LANGUAGE": "en"},
        {"HTTP_HOST": "elsewhere.test"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_IF_NONE_MATCH": '"tag"'},
        {"wsgi.url_scheme": "https"},
        {"QUERY_STRING": "page=2"},
        {"PATH_INFO": "/elsewhere"},
    ],
    ids=str,
)
def test_what_is_asked_in_another_way_is_another_page(pages, other):
    pages.keep(key(), response(), Share("page"))
    assert pages.fresh(key(**other)) is None


def test_two_languages_do_not_meet_under_one_name(pages):
    for language in ("fr", "en"):
        answer = response(language, **{"Content-Language": language})
        pages.keep(key(f"django_language={language}"), answer, Share("page"))
    assert pages.fresh(key("django_language=fr")).body == b"fr"
    assert pages.fresh(key("django_language=en")).body == b"en"


def test_nothing_is_kept_for_who_sends_far_more_than_browsers_do(pages):
    long = key("candidat=" + "1" * 2000)
    pages.keep(long, response(), Share("page"))
    assert pages.fresh(long) is None


def test_a_page_that_sets_a_cookie_or_fails_is_never_kept(pages):
    with_cookie = response()
    with_cookie.set_cookie("name", "value")
    failed = response()
    failed.status_code = 500
    for answer in (with_cookie, failed):
        pages.keep(key(), answer, Share("page"))
        assert pages.fresh(key()) is None


def test_a_copy_that_is_not_trusted_for_long_does_not_come_back_in_an_outage(pages):
    pages.keep(key(), response(), Share("names", trusted_seconds=10))
    now = time.monotonic()
    assert pages.last(key(), now + 9)
    assert pages.last(key(), now + 11) is None
    pages.keep(key(), response(), Share("home"))
    assert pages.last(key(), now + 500)


def test_what_nobody_asks_for_is_forgotten(pages, monkeypatch):
    pages.keep(key(), response(), Share("page"))
    pages.forget_old()
    assert pages.last(key())
    later(monkeypatch, micro_cache.KEPT_SECONDS + 1)
    pages.forget_old()
    assert pages.last(key()) is None


def test_one_of_many_visitors_renews_the_page_that_they_share(pages, monkeypatch):
    visitors = [key(f"candidat={number}") for number in range(100)]
    for visitor in visitors:
        pages.keep(visitor, response(), Share("page"))
    assert not any(map(pages.claim_renewal, visitors))
    later(monkeypatch, micro_cache.CACHE_SECONDS - micro_cache.REFRESH_AHEAD)
    assert [pages.claim_renewal(visitor) for visitor in visitors].count(True) == 1
    pages.keep(visitors[0], response(), Share("page"))
    later(monkeypatch, micro_cache.CACHE_SECONDS - micro_cache.REFRESH_AHEAD)
    assert [pages.claim_renewal(visitor) for visitor in visitors].count(True) == 1
