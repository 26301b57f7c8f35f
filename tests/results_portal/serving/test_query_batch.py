"""Queries of one event loop are sent in batches, and each gets its own rows."""

import asyncio

import pytest
import uvloop
from django.db import connections

from results_portal.serving import query_batch
from results_portal.serving.header_cache import BodyQuery, CachedHeaders, ResponseBody
from results_portal.serving.query_batch import QueryBatcher
from results_portal.serving.server import Server

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60  # seconds
SQUARE = "SELECT %s::bigint * 2, %s::text, 1.50::numeric, '2026-07-02 10:00+00'::timestamptz"


def run(visits):
    """Run a coroutine in an event loop as the portal's, for up to `PATIENCE`."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(asyncio.wait_for(visits, PATIENCE))


def answers(*questions, alias="default"):
    """Return the rows of queries sent in the same turn of the loop."""

    async def come():
        batcher = QueryBatcher(alias)
        try:
            return await asyncio.gather(*(batcher.fetch(*question) for question in questions))
        finally:
            batcher.close()

    return run(come())


def one_by_one(*questions):
    with connections["default"].cursor() as cursor:
        return [cursor.execute(*question) and cursor.fetchall() for question in questions]


def test_each_query_gets_the_rows_that_a_cursor_gives():
    questions = [(SQUARE, (number, f"É'\\\"{{}},{number}")) for number in range(200)]
    questions += [("SELECT length(%s::bytea), '100%%'", (bytes(range(n)),)) for n in range(1, 256)]
    questions += [("SELECT 1 WHERE 1 = %s::int", (number,)) for number in range(3)]
    assert answers(*questions) == one_by_one(*questions)


def test_so_many_queries_are_sent_in_one_batch(monkeypatch):
    sent = []
    plainly = QueryBatcher._flush
    monkeypatch.setattr(
        QueryBatcher,
        "_flush",
        lambda self, loop: sent.append(len(self._in_flight)) or plainly(self, loop),
    )
    answers(*[(SQUARE, (number, "")) for number in range(3 * query_batch.MAX_BATCH)])
    assert sent == [query_batch.MAX_BATCH] * 3


def test_queries_that_arrive_meanwhile_are_sent_next():
    async def come():
        batcher = QueryBatcher("default")
        rows = []

        async def visit(number):
            for step in range(10):
                rows.append(((number, step), await batcher.fetch(SQUARE, (number, str(step)))))

        await asyncio.gather(*(visit(number) for number in range(20)))
        batcher.close()
        return rows

    for (number, step), ((double, text, *_rest),) in run(come()):
        assert (double, text) == (2 * number, str(step))


def test_a_query_that_fails_is_left_to_django_and_others_go_on():
    async def come():
        batcher = QueryBatcher("default")
        failed = await asyncio.gather(
            *(batcher.fetch("SELECT 1 / %s::bigint", (number,)) for number in (0, 1))
        )
        unknown = await batcher.fetch("SELECT nothing FROM nowhere WHERE 1 = %s::int", (1,))
        unreadable = await batcher.fetch("SELECT 'infinity'::timestamptz, %s::int", (1,))
        assert unreadable is None
        batcher._not_before = 0.0
        no_array = await batcher.fetch("SELECT %s::inet", ("127.0.0.1",))
        nothing_to_tell_apart = await batcher.fetch("SELECT 1", ())
        batcher._not_before = 0.0
        good = await batcher.fetch(SQUARE, (4, ""))
        batcher.close()
        return failed, unknown, no_array, nothing_to_tell_apart, good[0][0]

    assert run(come()) == ([None, None], None, None, None, 8)


def test_a_lost_connection_is_found_out_and_another_one_takes_its_place():
    async def come():
        batcher = QueryBatcher("default")
        await batcher.fetch(SQUARE, (1, ""))
        with query_batch.blocking(), connections["default"].cursor() as cursor:
            pid = batcher._connection.info.backend_pid
            cursor.execute("SELECT pg_terminate_backend(%s, 20000)", [pid])  # ms, waits for it
        lost = await batcher.fetch(SQUARE, (2, ""))
        at_once = await batcher.fetch(SQUARE, (2, ""))
        batcher._not_before = 0.0
        found = await batcher.fetch(SQUARE, (3, ""))
        batcher.close()
        return lost, at_once, found[0][0]

    assert run(come()) == (None, None, 6)


def test_a_cancelled_request_leaves_the_others_of_its_batch():
    async def come():
        batcher = QueryBatcher("default")
        leaving, staying = (batcher.fetch(SQUARE, (number, "")) for number in (1, 2))
        leaving.cancel()
        rows = await staying
        batcher.close()
        return rows[0][0]

    assert run(come()) == 4


def test_queries_run_with_the_rights_of_their_alias():
    question = "SELECT current_user::text, %s::int", (1,)
    assert answers(question, alias="public") == [[("portal_public", 1)]]


class Attempts:
    """Site where every request is an attempt for the candidate that its path names."""

    def __init__(self):
        self.headers = CachedHeaders(float("inf"), "200 OK", [], "fr", False, lambda *_args: None)

    def find_query(self, environ):
        def body(rows):
            return ResponseBody(str(rows[0][0]).encode())

        who = environ["PATH_INFO"]
        return self.headers, BodyQuery("default", SQUARE, (7, who), body, serialize_by=who)


def test_attempts_for_one_candidate_are_serialized():
    async def come():
        server = Server(Attempts())
        paths = ["/léa/", "/tom/", "/léa/", "/léa/"]
        attempts = [server._fetch({"PATH_INFO": path}) for path in paths]
        at_once = await asyncio.gather(*attempts)
        later = await server._fetch({"PATH_INFO": "/léa/"})
        server._batchers["default"].close()
        return [answer and answer.body for answer in (*at_once, later)]

    assert run(come()) == [b"14", b"14", None, None, b"14"]
