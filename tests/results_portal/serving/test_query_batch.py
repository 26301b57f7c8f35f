"""Visitors of one event loop ask PostgreSQL together, and each gets their own answer."""

import asyncio

import pytest
import uvloop
from django.db import connections

from results_portal.serving import query_batch as module
from results_portal.serving.header_cache import Envelope, Filling, Question
from results_portal.serving.query_batch import Together
from results_portal.serving.server import Server

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60  # seconds
SQUARE = "SELECT %s::bigint * 2, %s::text, 1.50::numeric, '2026-07-02 10:00+00'::timestamptz"


def run(visits):
    """To its end, which must come, in the loop of the portal."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(asyncio.wait_for(visits, PATIENCE))


def answers(*questions, alias="default"):
    """What so many visitors get who come in the same moment."""

    async def come():
        together = Together(alias)
        try:
            return await asyncio.gather(*(together.ask(*question) for question in questions))
        finally:
            together.close()

    return run(come())


def one_by_one(*questions):
    with connections["default"].cursor() as cursor:
        return [cursor.execute(*question) and cursor.fetchall() for question in questions]


def test_each_gets_the_answer_that_a_cursor_gives():
    questions = [(SQUARE, (number, f"É'\\\"{{}},{number}")) for number in range(200)]
    questions += [("SELECT length(%s::bytea), '100%%'", (bytes(range(n)),)) for n in range(1, 256)]
    questions += [("SELECT 1 WHERE 1 = %s::int", (number,)) for number in range(3)]
    assert answers(*questions) == one_by_one(*questions)


def test_so_many_are_put_as_one(monkeypatch):
    put = []
    plainly = Together._flush
    monkeypatch.setattr(
        Together,
        "_flush",
        lambda self, loop: put.append(len(self._on_its_way)) or plainly(self, loop),
    )
    answers(*[(SQUARE, (number, "")) for number in range(3 * module.MOST)])
    assert put == [module.MOST] * 3


def test_who_comes_meanwhile_is_asked_for_next():
    async def come():
        together = Together("default")
        rows = []

        async def visit(number):
            for step in range(10):
                rows.append(((number, step), await together.ask(SQUARE, (number, str(step)))))

        await asyncio.gather(*(visit(number) for number in range(20)))
        together.close()
        return rows

    for (number, step), ((double, text, *_rest),) in run(come()):
        assert (double, text) == (2 * number, str(step))


def test_a_question_that_fails_is_left_to_the_ordinary_way_and_others_go_on():
    async def come():
        together = Together("default")
        failed = await asyncio.gather(
            *(together.ask("SELECT 1 / %s::bigint", (number,)) for number in (0, 1))
        )
        unknown = await together.ask("SELECT nothing FROM nowhere WHERE 1 = %s::int", (1,))
        unreadable = await together.ask("SELECT 'infinity'::timestamptz, %s::int", (1,))
        assert unreadable is None
        together._not_before = 0.0
        no_array = await together.ask("SELECT %s::inet", ("127.0.0.1",))
        nothing_to_tell_apart = await together.ask("SELECT 1", ())
        together._not_before = 0.0
        good = await together.ask(SQUARE, (4, ""))
        together.close()
        return failed, unknown, no_array, nothing_to_tell_apart, good[0][0]

    assert run(come()) == ([None, None], None, None, None, 8)


def test_a_lost_connection_is_found_out_and_another_one_takes_its_place():
    async def come():
        together = Together("default")
        await together.ask(SQUARE, (1, ""))
        with module.blocking(), connections["default"].cursor() as cursor:
            pid = together._connection.info.backend_pid
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        lost = await together.ask(SQUARE, (2, ""))
        at_once = await together.ask(SQUARE, (2, ""))
        together._not_before = 0.0
        found = await together.ask(SQUARE, (3, ""))
        together.close()
        return lost, at_once, found[0][0]

    assert run(come()) == (None, None, 6)


def test_a_visitor_who_leaves_takes_nobody_along():
    async def come():
        together = Together("default")
        leaving, staying = (together.ask(SQUARE, (number, "")) for number in (1, 2))
        leaving.cancel()
        rows = await staying
        together.close()
        return rows[0][0]

    assert run(come()) == 4


def test_they_ask_with_the_rights_of_their_alias():
    question = "SELECT current_user::text, %s::int", (1,)
    assert answers(question, alias="public") == [[("portal_public", 1)]]


class Attempts:
    """A site where every request is an attempt for the candidate that its path names."""

    def __init__(self):
        self.envelope = Envelope(float("inf"), "200 OK", [], "fr", False, lambda *_asked: None)

    def asks(self, environ):
        def filling(rows):
            return Filling(str(rows[0][0]).encode())

        who = environ["PATH_INFO"]
        return self.envelope, Question("default", SQUARE, (7, who), filling, alone=who)


def test_of_attempts_for_one_candidate_one_is_asked_at_a_time():
    async def come():
        server = Server(Attempts())
        paths = ["/léa/", "/tom/", "/léa/", "/léa/"]
        attempts = [server._together_with_others({"PATH_INFO": path}) for path in paths]
        at_once = await asyncio.gather(*attempts)
        later = await server._together_with_others({"PATH_INFO": "/léa/"})
        server._together["default"].close()
        return [answer and answer.body for answer in (*at_once, later)]

    assert run(come()) == [b"14", b"14", None, None, b"14"]
