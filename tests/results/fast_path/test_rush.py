"""The portal with the engine of the rush: quicker than Django alone, and never otherwise."""

import io
from datetime import timedelta
from functools import cache
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connections
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from candidates import alarm
from candidates.identification import cookie as identification
from candidates.identification import throttle
from candidates.models import Entry, FailedIdentification
from results.jury.deliberation import deliberate
from results.publication import release
from results.result_page import consent
from results_portal.routers import PUBLIC
from results_portal.serving import header_cache, micro_cache
from results_portal.serving.portal import RememberingPortal, cache_key, reply_of
from results_portal.serving.query_batch import array
from results_portal.serving.registry import registry
from results_portal.web.handler import Portal
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wsgi")]

MINE, LOOKUP = "/resultats/mon-resultat/", "/resultats/"
OWN = "http://localhost"


@pytest.fixture
def portal():
    return RememberingPortal()


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
def cookie(entry, **changes):
    morsel = identification.remember(HttpResponse(), factories.visit(entry, **changes)).cookies
    return f"{settings.IDENTIFICATION_COOKIE}={morsel[settings.IDENTIFICATION_COOKIE].value}"


def ask(portal, entry=None, path=MINE, cookies="", **changes):
    """Return status, headers and body, as the server gives them: from memory, or from Django."""
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
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(b""),
        "wsgi.errors": io.StringIO(),
    }
    if carried := "; ".join(filter(None, (entry and cookie(entry), cookies))):
        environ["HTTP_COOKIE"] = carried
    environ |= changes
    reply = in_front(portal, environ) if isinstance(portal, RememberingPortal) else None
    if reply is not None:
        return reply.status, sorted(reply.headers), reply.body
    said = []
    answer = portal(environ, lambda status, headers: said.extend((status, headers)))
    return int(said[0][:3]), sorted(said[1]), b"".join(answer)


def in_front(portal, environ):
    """Do what the loop does, one visit at a time."""
    environ["QUERY_STRING"] = portal.known_query(environ["PATH_INFO"], environ["QUERY_STRING"])
    key = cache_key(environ)
    if environ["REQUEST_METHOD"] == "GET" and (page := portal.pages.fresh(key)):
        return reply_of(page)
    if (environ["REQUEST_METHOD"], environ["PATH_INFO"]) not in portal.starts:
        return None
    visit = portal.visit(environ)
    try:
        query = next(visit)
        while True:
            query = visit.send(rows_of(query))
    except StopIteration as end:
        return end.value


def rows_of(query):
    assert all(array([value]) for value in query.values), "no batch takes such a value"
    (batch_sql,) = [one.batch_sql for one in registry.queries() if one.sql == query.sql]
    if batch_sql is None:
        return connections[PUBLIC].fetch(query.sql, query.values)
    with connections[PUBLIC].cursor() as cursor:
        cursor.execute(batch_sql, [[value] for value in query.values])
        return [tuple(row) for _place, *row in cursor.fetchall()]


def identify(portal, entry, *, code=factories.CODE, **changes):
    """Send the form of the look-up page, as `entry` types it."""
    typed = {
        "number": entry.number,
        "birth_date": f"{entry.candidate.birth_date:%d/%m/%Y}",
        "access_code": code,
    }
    body = urlencode(typed).encode()
    form = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_ORIGIN": OWN,
        "wsgi.input": io.BytesIO(body),
    }
    return ask(portal, path=LOOKUP, **(form | changes))


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


@pytest.fixture
def asked_of_the_database(monkeypatch):
    """The queries in front of Django."""
    asked, answered = [], rows_of
    monkeypatch.setitem(globals(), "rows_of", lambda query: asked.append(query) or answered(query))
    return asked


@pytest.mark.parametrize("encoding", ["gzip", ""])
@pytest.mark.parametrize("language", ["", "en"])
@pytest.mark.parametrize("fast_path", ["prepared", "off"])
def test_a_result_page_is_to_the_byte_what_django_answers(
    portal, three_candidates, by_django, settings, encoding, language, fast_path
):
    release.schedule(three_candidates[0].session)
    asked = {"HTTP_ACCEPT_ENCODING": encoding, "HTTP_ACCEPT_LANGUAGE": language}
    settings.FAST_PATH = fast_path
    plain = [ask(Portal(), entry, **asked) for entry in three_candidates]
    settings.FAST_PATH = "on"
    [ask(portal, entry, **asked) for entry in three_candidates]
    by_django.clear()
    for _visit in range(2):
        assert [ask(portal, entry, **asked) for entry in three_candidates] == plain
    assert by_django == []
    assert len({page for _status, _headers, page in plain}) == len(three_candidates)


@pytest.mark.parametrize("language", ["", "en"])
def test_an_identification_is_to_the_byte_what_django_answers(
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
        assert status == 302
        cookies = dict(headers)["Set-Cookie"]
        found = SimpleCookie(cookies)[settings.IDENTIFICATION_COOKIE].value
        assert (
            identification.identified_by({settings.IDENTIFICATION_COOKIE: found}).entry_id
            == entry.pk
        )


@pytest.mark.parametrize("language", ["", "en"])
@pytest.mark.parametrize("encoding", ["gzip", ""])
def test_a_wrong_code_is_to_the_byte_what_django_answers(
    portal, three_candidates, by_django, time_machine, language, encoding
):
    time_machine.move_to("2026-07-02 10:00+02:00", tick=False)
    wrong = {"HTTP_ACCEPT_LANGUAGE": language, "HTTP_ACCEPT_ENCODING": encoding, "code": "A" * 12}
    plain = [identify(Portal(), entry, **wrong) for entry in three_candidates]
    FailedIdentification.objects.all().delete()
    by_django.clear()
    assert [identify(portal, entry, **wrong) for entry in three_candidates] == plain
    assert by_django == [LOOKUP]
    assert len({page for _status, _headers, page in plain}) == len(three_candidates)


def test_nobody_is_identified_without_all_that_django_asks_for(portal, three_candidates, by_django):
    right = identify(portal, three_candidates[0])[0]
    identify(portal, three_candidates[1], code="A" * 12)
    by_django.clear()
    wrong = [
        identify(portal, three_candidates[1], HTTP_ORIGIN="https://elsewhere.example"),
        identify(portal, three_candidates[1], HTTP_ORIGIN="null"),
        identify(portal, three_candidates[1], HTTP_SEC_FETCH_SITE="cross-site"),
        identify(portal, three_candidates[1], HTTP_HOST="elsewhere.example"),
        identify(portal, three_candidates[1], HTTP_ORIGIN=""),
        identify(portal, three_candidates[1], **{"wsgi.url_scheme": "https"}),
    ]
    assert right == 302
    assert [status for status, *_rest in wrong] == [403, 403, 403, 400, 403, 403]
    assert not any(settings.IDENTIFICATION_COOKIE in str(headers) for _, headers, _ in wrong)
    assert by_django == [LOOKUP] * len(wrong)


def test_many_failures_are_told_in_front_of_django_too(
    portal, three_candidates, by_django, settings, caplog, monkeypatch
):
    settings.FAILURES_ALARM = {alarm.IDENTIFICATION: 4}
    monkeypatch.setattr(alarm, "_said", {})
    for _failure in range(3):
        identify(portal, three_candidates[0], code="A" * 12)
    assert caplog.messages == []
    by_django.clear()
    for _failure in range(3):
        identify(portal, three_candidates[1], code="A" * 12)
    assert by_django == []
    assert caplog.messages == [
        "identification: 4 failures within the hour: somebody may be guessing"
    ]


def test_the_limit_on_guesses_holds_in_front_of_django(portal, three_candidates, by_django):
    assert identify(portal, three_candidates[1])[0] == 302
    wrong = {"code": "A" * 12}
    for _failure in range(throttle.PERSON_FROM_BLOCK.failures):
        status, headers, _page = identify(portal, three_candidates[0], **wrong)
        assert (status, dict(headers).get("Retry-After")) == (200, None)
    # Each failure counts once, for the person, the block and the hour.
    counts = FailedIdentification.objects.order_by("failures").values_list("failures", flat=True)
    assert list(counts) == [throttle.PERSON_FROM_BLOCK.failures] * 3
    for _refused in range(3):
        status, headers, _page = identify(portal, three_candidates[0], **wrong)
        assert (status, dict(headers)["Retry-After"]) == (429, "900")
    assert list(counts.all()) == [throttle.PERSON_FROM_BLOCK.failures] * 3
    for entry in three_candidates:
        assert identify(portal, entry)[0] == 302


def test_a_parameter_that_no_page_reads_changes_nothing_and_costs_nothing(
    portal, three_candidates, by_django
):
    release.schedule(three_candidates[0].session)
    Entry.objects.update(web_consent=True)
    session, speciality = three_candidates[0].session, three_candidates[0].speciality
    paths = ["/", LOOKUP, MINE, reverse("results:list", args=[session.code, speciality.code])]
    for path in paths:
        entry = three_candidates[0] if path == MINE else None
        asked = {"path": path, "HTTP_ACCEPT_ENCODING": ""}
        ask(portal, entry, **asked)
        first = ask(portal, entry, **asked)
        by_django.clear()
        for query in ("utm_source=lettre", "fbclid=abc&utm_medium=x", "%66bclid=1"):
            assert ask(portal, entry, QUERY_STRING=query, **asked) == first
        assert by_django == []
        plain = ask(Portal(), entry, QUERY_STRING="fbclid=abc", **asked)
        assert b"fbclid" not in plain[2]


def test_every_result_page_asks_whether_it_is_open(portal, three_candidates):
    release.schedule(three_candidates[0].session)
    ask(portal, three_candidates[0])
    ask(portal, three_candidates[1])
    release.withdraw(
        release.Release.objects.get(), by=None, message="Une vérification est en cours."
    )
    for entry in three_candidates[:2]:
        status, _headers, page = ask(portal, entry, HTTP_ACCEPT_ENCODING="")
        assert status == 200
        assert "Une vérification est en cours." in page.decode()


def test_nobody_gets_a_page_in_front_of_django_without_an_identification(portal, three_candidates):
    release.schedule(three_candidates[0].session)
    ask(portal, three_candidates[0])
    forged = cookie(three_candidates[0]).replace("=", f"={three_candidates[1].pk}", 1)
    for cookies in ("", forged):
        status, headers, page = ask(portal, cookies=cookies)
        assert status == 302
        assert ("Location", reverse("results:lookup")) in headers
        assert page == b""


@pytest.mark.parametrize("hours", [0, 1])
def test_a_copy_of_the_cookie_opens_nothing_once_its_owner_has_signed_out(
    portal, three_candidates, hours
):
    release.schedule(three_candidates[0].session, at=timezone.now() + timedelta(hours=hours))
    for entry in three_candidates[:2] * 2:
        assert ask(portal, entry)[0] == 200
    identification.end(factories.visit(three_candidates[0]))
    status, headers, page = ask(portal, three_candidates[0])
    assert (status, page) == (302, b"")
    assert dict(headers)["Location"] == f"{LOOKUP}?visite=fermee"
    assert ask(portal, three_candidates[1])[0] == 200


def test_whatever_goes_wrong_in_front_of_django_is_answered_by_django(
    portal, three_candidates, by_django
):
    release.schedule(three_candidates[0].session)
    ask(portal, three_candidates[0])
    expected = ask(portal, three_candidates[0])
    by_django.clear()
    portal.starts["GET", MINE] = lambda *_asked: 1 / 0
    assert ask(portal, three_candidates[0]) == expected
    assert by_django == [MINE]


@pytest.mark.parametrize("encoding", ["gzip", ""])
@pytest.mark.parametrize("language", ["", "en"])
@pytest.mark.parametrize("fast_path", ["prepared", "off"])
@pytest.mark.parametrize("minutes", [None, 10])
def test_the_page_of_who_waits_is_to_the_byte_what_django_answers(
    portal,
    three_candidates,
    by_django,
    settings,
    time_machine,
    encoding,
    language,
    fast_path,
    minutes,
):
    now = timezone.now()
    if minutes:
        release.schedule(three_candidates[0].session, at=now + timedelta(minutes=minutes))
    asked = {"HTTP_ACCEPT_ENCODING": encoding, "HTTP_ACCEPT_LANGUAGE": language}
    for seconds in (0, 1, 61):
        time_machine.move_to(now + timedelta(seconds=seconds), tick=False)
        settings.FAST_PATH = fast_path
        plain = [ask(Portal(), entry, **asked) for entry in three_candidates]
        settings.FAST_PATH = "on"
        if not seconds:
            ask(portal, three_candidates[0], **asked)
        by_django.clear()
        assert [ask(portal, entry, **asked) for entry in three_candidates] == plain
        assert by_django == []


def test_who_waits_sees_their_result_from_the_hour_on(
    portal, three_candidates, by_django, asked_of_the_database
):
    release.schedule(three_candidates[0].session, at=timezone.now() + timedelta(minutes=10))
    asked = {"HTTP_ACCEPT_ENCODING": ""}
    pages = [ask(portal, entry, **asked)[2].decode() for entry in three_candidates * 4]
    assert all("pas encore ouverts" in page for page in pages)
    assert by_django == [MINE]
    asked_once = len(asked_of_the_database)
    ask(portal, three_candidates[0], **asked)
    assert len(asked_of_the_database) == asked_once + 1  # who reloads the page costs one query
    release.Release.objects.update(opens_at=timezone.now())
    assert "13,00" in ask(portal, three_candidates[0], **asked)[2].decode()


def test_a_page_that_says_who_is_identified_is_seen_by_nobody_else(portal, three_candidates):
    Entry.objects.update(web_consent=True)
    release.schedule(three_candidates[0].session)
    session, speciality = three_candidates[0].session, three_candidates[0].speciality
    for path in ("/", LOOKUP, MINE, reverse("results:list", args=[session.code, speciality.code])):
        asked = {"path": path, "HTTP_ACCEPT_ENCODING": ""}
        for entry in three_candidates[:2]:
            cookies = cookie(entry, initials=f"X. {entry.number}.")
            status, headers, page = ask(portal, cookies=cookies, **asked)
            if path == LOOKUP:
                assert (status, dict(headers)["Location"]) == (302, MINE)
                continue
            assert f"X. {entry.number}." in page.decode()
            assert "private" in dict(headers)["Cache-Control"]
            assert "no-store" in dict(headers)["Cache-Control"]
            assert "ETag" not in dict(headers)
            for other in ({}, {"cookies": "candidat=nonsense"}, {"entry": three_candidates[2]}):
                assert f"X. {entry.number}." not in ask(portal, **other, **asked)[2].decode()


def test_a_form_that_fails_keeps_nothing_of_who_is_identified(portal, three_candidates, by_django):
    wrong = {"code": "A" * 12, "HTTP_ACCEPT_ENCODING": ""}
    mine = {"HTTP_COOKIE": cookie(three_candidates[0], initials="X. Y.")}
    for _failure in range(2):
        assert "X. Y." in identify(portal, three_candidates[1], **wrong, **mine)[2].decode()
        assert "X. Y." not in identify(portal, three_candidates[1], **wrong)[2].decode()
    assert by_django == [LOOKUP] * 3


def test_the_form_and_the_home_page_are_shared_and_set_no_cookie(portal, by_django):
    for path in ("/", LOOKUP):
        first = ask(portal, path=path)
        assert ask(portal, path=path) == first
        assert "Set-Cookie" not in dict(first[1])
        assert b"csrfmiddlewaretoken" not in ask(portal, path=path, HTTP_ACCEPT_ENCODING="")[2]
    assert by_django == ["/", "/", LOOKUP, LOOKUP]  # once for each encoding


def test_no_page_is_kept_beyond_the_hour_that_it_announces(portal, three_candidates):
    opens_at = timezone.now() + timedelta(milliseconds=500)
    release.schedule(three_candidates[0].session, at=timezone.now() + timedelta(seconds=60))
    release.Release.objects.update(opens_at=opens_at)
    for path in ("/", LOOKUP):
        ask(portal, path=path)
        environ = {"PATH_INFO": path, "QUERY_STRING": "", "wsgi.url_scheme": "http"}
        environ |= {"HTTP_HOST": "localhost", "HTTP_ACCEPT_ENCODING": "gzip"}
        key = cache_key(environ)
        page = portal.pages.last(key)
        left = (opens_at - timezone.now()).total_seconds()
        assert page.valid_until - micro_cache.time.monotonic() <= left + 0.01, path
        assert page.fresh_until <= page.valid_until, path


def test_headers_are_reused_for_a_minute(portal, three_candidates, by_django, monkeypatch):
    release.schedule(three_candidates[0].session)
    for _visit in range(3):
        ask(portal, three_candidates[0])
    assert by_django == [MINE]
    monkeypatch.setattr(header_cache.time, "monotonic", lambda: 1e12)
    ask(portal, three_candidates[0])
    assert by_django == [MINE] * 2


def test_a_list_is_shared_for_a_second_then_obeys_whoever_takes_a_consent_back(
    portal, three_candidates, by_django, monkeypatch
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
    assert had[0] == 304
    assert had[2] == b""
    assert [ask(portal, **asked), ask(portal, HTTP_IF_NONE_MATCH=tag, **asked)] == [first, had]
    assert by_django == [path] * 2
    consent.withdraw(factories.visit(three_candidates[0]))
    later = micro_cache.time.monotonic() + micro_cache.CACHE_SECONDS
    monkeypatch.setattr(micro_cache.time, "monotonic", lambda: later)
    status, _headers, page = ask(portal, HTTP_IF_NONE_MATCH=tag, **asked)
    assert status == 200
    assert page.decode().count("DUPONT") == first[2].decode().count("DUPONT") - 1


@pytest.mark.parametrize("path", ["/", LOOKUP, MINE])
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "HEAD"])
def test_an_answer_that_is_no_page_is_that_of_django(portal, path, method, three_candidates):
    asked = {"path": path, "REQUEST_METHOD": method, "HTTP_SEC_FETCH_SITE": "cross-site"}
    assert ask(portal, **asked)[0] == ask(Portal(), **asked)[0] in {200, 302, 403, 405}


def test_a_refusal_of_a_method_is_as_long_as_it_says(portal):
    status, headers, page = ask(
        Portal(), path="/resultats/quitter/", HTTP_ACCEPT_ENCODING="", REQUEST_METHOD="GET"
    )
    assert status == 405
    assert int(dict(headers)["Content-Length"]) == len(page) > 1000


def test_a_cookie_of_nobody_makes_no_difference_for_who_waits(portal, three_candidates, by_django):
    release.schedule(three_candidates[0].session, at=timezone.now() + timedelta(hours=1))
    assert ask(portal, cookies=f"{settings.IDENTIFICATION_COOKIE}=nonsense")[0] == 302
    ask(portal, three_candidates[0])
    by_django.clear()
    assert ask(portal, three_candidates[1])[0] == 200
    assert by_django == []


def test_guesses_over_the_limit_stay_in_front_of_django(portal, three_candidates, by_django):
    for _guess in range(throttle.PERSON_FROM_BLOCK.failures):
        identify(portal, three_candidates[0], code="A" * 12)
    by_django.clear()
    found = [identify(portal, three_candidates[0], code="A" * 12)[0] for _guess in range(3)]
    assert found == [429] * 3
    assert by_django == []


def test_over_the_limit_a_right_code_of_the_office_is_answered_as_a_wrong_one(
    portal, three_candidates, by_django
):
    one = three_candidates[0]
    Entry.objects.filter(pk=one.pk).update(office_code=b"chosen by the office")
    assert identify(portal, one)[0] == 302
    for _guess in range(throttle.PERSON_FROM_BLOCK.failures):
        identify(portal, one, code="A" * 12)
    by_django.clear()
    right = identify(portal, one)
    Entry.objects.filter(pk=one.pk).update(credential=bytes(32))
    wrong = identify(portal, one)
    assert right == wrong
    assert right[0] == 429
    assert by_django == []


def test_a_code_under_a_former_key_is_found_in_front_of_django(
    portal, three_candidates, by_django, settings
):
    right, wrong = identify(portal, three_candidates[0]), {"code": "A" * 12}
    identify(portal, three_candidates[0], **wrong)
    settings.ACCESS_CODE_KEY_OLD = settings.ACCESS_CODE_KEY or settings.SECRET_KEY
    settings.ACCESS_CODE_KEY = "the key that replaces it"
    by_django.clear()
    assert identify(portal, three_candidates[1])[0] == right[0] == 302
    assert identify(portal, three_candidates[1], **wrong)[0] == 200
    assert by_django == []


def test_a_refusal_by_django_leaves_no_hour_to_come_back_on_the_next_page(portal, three_candidates):
    one = three_candidates[0]
    guesses = throttle.identification_throttle(
        number=one.number, birth_date=one.candidate.birth_date, block="127.0.0.0/24"
    )
    for _guess in range(throttle.PERSON_FROM_BLOCK.failures):
        guesses.count_failure()
    assert identify(portal, three_candidates[0], code="A" * 12)[0] == 429
    for _page in range(2):
        status, headers, _body = identify(portal, three_candidates[1], code="A" * 12)
        assert (status, dict(headers).get("Retry-After")) == (200, None)
