"""The minute of the release as visitors meet it: the portal behind its own server, many at once."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from candidates.identification import throttle
from results.jury.deliberation import deliberate
from results.publication import release
from results_portal.serving import micro_cache
from tests import databases, factories
from tests.granian import ask, portal
from tests.results.fast_path.rush import cookies_of, guess, identified, sent

pytestmark = pytest.mark.long

MINE = "/resultats/mon-resultat/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@pytest.fixture
def many_candidates(transactional_db):
    """Thirteen candidates after the jury."""
    first = factories.entry(marks=factories.ADMITTED)
    others = [
        factories.entry(session=first.session, marks=marks)
        for marks in [factories.ADMITTED, factories.REFUSED] * 6
    ]
    deliberate(first.session)
    return [first, *others]


@pytest.fixture
def port(many_candidates):
    with portal("on") as port:
        yield port


def test_each_of_many_sees_their_own_result_from_the_hour_and_not_before(many_candidates, port):
    hour = timezone.now() + timedelta(hours=1)
    release.schedule(many_candidates[0].session, at=hour)
    with ThreadPoolExecutor(16) as visitors:
        cookies = list(visitors.map(lambda entry: identified(port, entry), many_candidates))
        assert None not in cookies
        assert identified(port, many_candidates[0], code="A" * 12) is None

        def seen(cookie):
            return ask(port, MINE, headers=[("Cookie", cookie)])[2].decode()

        before = list(visitors.map(seen, cookies * 3))
        assert all("pas encore ouverts" in page for page in before)
        release.Release.objects.update(opens_at=timezone.now())
        for _visit in range(3):
            visitors.submit(ask, port, "/gestion/")
        time.sleep(micro_cache.CACHE_SECONDS)  # for which the wait may be repeated
        pages = list(visitors.map(seen, cookies * 5))
    for entry, page in zip(many_candidates * 5, pages, strict=True):
        assert [other.number for other in many_candidates if other.number in page] == [entry.number]


@pytest.mark.slow
def test_concurrent_guesses_meet_the_throttle_one_by_one(many_candidates, port):
    assert identified(port, many_candidates[0])
    before = identified(port, many_candidates[1])
    assert before
    with ThreadPoolExecutor(40) as guessers:
        found = list(
            guessers.map(lambda code: guess(port, many_candidates[0], code), ["A" * 12] * 40)
        )
        allowed = throttle.PERSON_FROM_BLOCK.failures
        assert sorted(found) == [200] * allowed + [429] * (40 - allowed)
        assert guess(port, many_candidates[0], "A" * 12) == 429
        assert guess(port, many_candidates[0], factories.CODE) == 302
    head = ask(port, MINE, "HEAD", headers=[("Cookie", before)])
    assert head[0] == 200
    assert head[2] == b""


@pytest.mark.slow
def test_a_visitor_is_answered_when_the_database_comes_back(many_candidates, port):
    release.schedule(many_candidates[0].session)
    cookie = identified(port, many_candidates[0])
    asked = [("Cookie", cookie)]
    assert ask(port, MINE, headers=asked)[0] == ask(port, MINE, headers=asked)[0] == 200
    with databases.owner() as owner:
        owner.execute(
            # Waits for the end of each, for up to 20 s.
            "SELECT count(pg_terminate_backend(pid, 20000)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)",
            [connection.connection.info.backend_pid],
        )
    answers = [ask(port, MINE, headers=asked) for _visit in range(5)]
    assert [status for status, _headers, _page in answers[2:]] == [200] * 3
    assert many_candidates[0].number in answers[-1][2].decode()


@pytest.mark.slow
def test_a_browser_that_says_not_where_from_is_given_a_token_and_keeps_what_it_typed(
    many_candidates, port
):
    entry = many_candidates[0]
    status, headers, page = sent(port, entry, factories.CODE, headers=[])
    assert status == 200
    assert f'value="{entry.number}"' in page.decode()
    token = TOKEN.search(page.decode())[1]
    proof = [("Cookie", cookies_of(headers)[0])]
    status, *_rest = sent(port, entry, factories.CODE, proof, csrfmiddlewaretoken=token)
    assert status == 302
    status, *_rest = sent(port, entry, factories.CODE, proof, csrfmiddlewaretoken="a" * 64)
    assert status == 200
    elsewhere = [("Origin", "https://elsewhere.example"), *proof]
    status, *_rest = sent(port, entry, factories.CODE, elsewhere, csrfmiddlewaretoken=token)
    assert status == 403


@pytest.mark.slow
def test_a_cookie_in_two_headers_leads_nobody_else_to_the_page_of_its_sender(many_candidates, port):
    release.schedule(many_candidates[0].session, at=timezone.now() + timedelta(hours=1))
    cookie, language = identified(port, many_candidates[0]), ("Cookie", "django_language=fr")
    for _visit in range(2):
        assert ask(port, MINE, headers=[("Cookie", cookie)])[0] == 200
        assert ask(port, MINE, headers=[language, ("Cookie", cookie)])[0] == 200
    assert ask(port, MINE, headers=[language])[0] == 302
