"""Queries of one event loop are sent in batches, and each gets its own rows."""

import asyncio

import psycopg
import pytest
import uvloop
from django.db import connection, connections

from results_portal.serving import query_batch
from results_portal.serving.query_batch import Failure, QueryBatcher
from results_portal.serving.registry import BatchedQuery
from tests.databases import owner, url

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

PATIENCE = 60  # seconds
SQUARE = "SELECT %s::bigint * 2, %s::text, 1.50::numeric, '2026-07-02 10:00+00'::timestamptz"
BYTES = "SELECT length(%s::bytea), '100%%'"
NONE = "SELECT 1 WHERE 1 = %s::int"
DIVIDED = "SELECT 1 / %s::bigint"
UNREADABLE = "SELECT 'infinity'::timestamptz, %s::int"
LOCKED = "SELECT count(*) FROM results_release WHERE id > %s::bigint"
SLOW = "SELECT pg_sleep(5)::text, %s::int"
ROLE = "SELECT current_user::text, %s::int"
PLANS = "SELECT sum(custom_plans)::bigint, sum(generic_plans) > 5 FROM pg_prepared_statements"
PLANS += " WHERE %s::int > 0"
NO_ARRAY = "SELECT %s::inet"
UNKNOWN = "SELECT nothing FROM nowhere WHERE 1 = %s::int"
WITHOUT_VALUES = "SELECT 1"
QUERIES = [SQUARE, BYTES, NONE, DIVIDED, UNREADABLE, LOCKED, SLOW, ROLE]


def run(visits):
    """Run to its end, which must come, in the loop of the portal."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(asyncio.wait_for(visits, PATIENCE))


async def opened(alias="default", queries=QUERIES):
    batcher = QueryBatcher(alias, [BatchedQuery(sql) for sql in queries])
    await reopened(batcher)
    return batcher


async def reopened(batcher):
    while batcher._connection is None:
        batcher.open()
        await asyncio.sleep(0.01)


def answers(*questions, alias="default"):
    """Return what so many visitors get who come in the same moment."""

    async def come():
        batcher = await opened(alias)
        try:
            return await asyncio.gather(*(batcher.fetch(*question) for question in questions))
        finally:
            await batcher.close()

    return run(come())


def one_by_one(*questions):
    with connections["default"].cursor() as cursor:
        return [cursor.execute(*question) and cursor.fetchall() for question in questions]


def test_each_gets_the_answer_that_a_cursor_gives():
    questions = [(SQUARE, (number, f"É'\\\"{{}},{number}")) for number in range(200)]
    questions += [(BYTES, (bytes(range(n)),)) for n in range(1, 256)]
    questions += [(NONE, (number,)) for number in range(3)]
    assert answers(*questions) == one_by_one(*questions)


def test_a_query_is_planned_once_however_many_come_together():
    async def come():
        batcher = await opened(queries=[SQUARE, PLANS])
        try:
            for together in range(1, 9):
                await asyncio.gather(*(batcher.fetch(SQUARE, (1, "")) for _one in range(together)))
            return await batcher.fetch(PLANS, (1,))
        finally:
            await batcher.close()

    assert run(come()) == [(0, True)]


def test_so_many_are_sent_as_one(monkeypatch):
    sent = []
    plainly = QueryBatcher._flush

    def counted(self, loop):
        sent.append(len(self._sent))
        plainly(self, loop)

    monkeypatch.setattr(QueryBatcher, "_flush", counted)
    answers(*[(SQUARE, (number, "")) for number in range(3 * query_batch.BATCH_SIZE)])
    assert sent == [query_batch.BATCH_SIZE] * 3


def test_who_comes_meanwhile_is_in_the_next_batch():
    async def come():
        batcher = await opened()
        rows = []

        async def visit(number):
            for step in range(10):
                rows.append(((number, step), await batcher.fetch(SQUARE, (number, str(step)))))

        await asyncio.gather(*(visit(number) for number in range(20)))
        await batcher.close()
        return rows

    for (number, step), ((double, text, *_rest),) in run(come()):
        assert (double, text) == (2 * number, str(step))


def test_a_query_that_fails_is_left_to_django_and_others_go_on():
    async def come():
        batcher = await opened()
        failed = await asyncio.gather(*(batcher.fetch(DIVIDED, (number,)) for number in (0, 1)))
        good = await batcher.fetch(SQUARE, (4, ""))
        unreadable = await batcher.fetch(UNREADABLE, (1,))
        await asyncio.sleep(query_batch._RETRY_SECONDS)
        await reopened(batcher)
        again = await batcher.fetch(SQUARE, (5, ""))
        await batcher.close()
        return failed, good[0][0], unreadable, again[0][0]

    assert run(come()) == ([Failure.FAILED] * 2, 8, Failure.FAILED, 10)


@pytest.mark.parametrize("sql", [NO_ARRAY, UNKNOWN, WITHOUT_VALUES])
def test_what_cannot_be_batched_is_left_to_django_and_keeps_nobody_else(sql, caplog):
    async def come():
        batcher = await opened(queries=[sql, SQUARE])
        odd = await batcher.fetch(sql, ("127.0.0.1",))
        good = await batcher.fetch(SQUARE, (4, ""))
        await batcher.close()
        return odd, good[0][0]

    assert run(come()) == (Failure.FAILED, 8)
    assert "not batched" in caplog.text


def test_a_lost_connection_is_found_out_and_another_one_takes_its_place():
    async def come():
        batcher = await opened()
        await batcher.fetch(SQUARE, (1, ""))
        pid = batcher._connection.info.backend_pid
        await asyncio.to_thread(terminate, pid)
        lost = await batcher.fetch(SQUARE, (2, ""))
        at_once = await batcher.fetch(SQUARE, (2, ""))
        await asyncio.sleep(query_batch._RETRY_SECONDS)
        await reopened(batcher)
        found = await batcher.fetch(SQUARE, (3, ""))
        await batcher.close()
        return lost, at_once, found[0][0]

    assert run(come()) == (Failure.FAILED, Failure.FAILED, 6)


def terminate(pid):
    with owner() as clerk:
        clerk.execute("SELECT pg_terminate_backend(%s)", [pid])


def test_a_visitor_who_leaves_takes_nobody_along():
    async def come():
        batcher = await opened()
        leaving, staying = (batcher.fetch(SQUARE, (number, "")) for number in (1, 2))
        leaving.cancel()
        rows = await staying
        await batcher.close()
        return rows[0][0]

    assert run(come()) == 4


def test_they_ask_with_the_rights_of_their_alias():
    assert answers((ROLE, (1,)), alias="public") == [[("portal_visitors", 1)]]


@pytest.mark.parametrize(("sql", "lock"), [(LOCKED, "results_release"), (SLOW, "")])
def test_a_lock_or_a_slow_query_asks_a_visitor_to_come_back(sql, lock, monkeypatch):
    limits = "-c lock_timeout=100 -c statement_timeout=300"
    monkeypatch.setitem(connections["default"].settings_dict["OPTIONS"], "options", limits)
    conninfo = url(connection.settings_dict["NAME"])

    async def come():
        batcher = await opened()
        with psycopg.connect(conninfo) as other:
            if lock:
                other.execute(f"LOCK TABLE {lock} IN ACCESS EXCLUSIVE MODE")
            told = await batcher.fetch(sql, (1,))
        await batcher.close()
        return told

    assert run(come()) is Failure.UNAVAILABLE


def test_whoever_waits_when_the_database_is_away_is_told_so_and_the_next_are_answered():
    async def come():
        batcher = await opened()
        waiting = [batcher.fetch(SLOW, (1,)), batcher.fetch(SQUARE, (1, ""))]
        await asyncio.sleep(0.05)
        batcher.give_up()
        told = await asyncio.gather(*waiting)
        await batcher.close()
        return told

    assert run(come()) == [Failure.UNAVAILABLE] * 2


def test_a_statement_is_named_by_its_sql():
    async def come():
        one, other = await opened(queries=[SQUARE, BYTES]), await opened(queries=[BYTES, SQUARE])
        names = one._prepared, other._prepared
        await one.close()
        await other.close()
        return names

    one, other = run(come())
    assert one == other
    assert len({*one.values()}) == 2


def test_a_connection_that_says_nothing_is_given_up_and_another_one_takes_its_place(monkeypatch):
    async def come():
        batcher = await opened()
        waiting = [batcher.fetch(SLOW, (1,)), batcher.fetch(SQUARE, (1, ""))]
        await asyncio.sleep(0.05)
        batcher.give_up_late()
        assert not any(one.done() for one in waiting)
        monkeypatch.setattr(query_batch, "BATCH_SECONDS", 0.0)
        batcher.give_up_late()
        told = await asyncio.gather(*waiting)
        await asyncio.sleep(query_batch._RETRY_SECONDS)
        await reopened(batcher)
        again = await batcher.fetch(SQUARE, (5, ""))
        await batcher.close()
        return told, again[0][0]

    assert run(come()) == ([Failure.UNAVAILABLE] * 2, 10)
