"""Whether the database is there is found out within a second, and again when it is back."""

import asyncio

import pytest
import uvloop

from results_portal.serving import database_watch
from results_portal.serving.database_watch import DatabaseWatch

pytestmark = pytest.mark.django_db(transaction=True)


def run(visits):
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(asyncio.wait_for(visits, 60))


async def until(condition):
    while not condition():
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("error", [OSError(24, "too many open files"), ValueError("odd")])
def test_whatever_goes_wrong_the_watch_goes_on(monkeypatch, error):
    connect, failing = database_watch._connect, True

    async def odd(alias):
        if failing:
            raise error
        return await connect(alias)

    monkeypatch.setattr(database_watch, "_connect", odd)
    monkeypatch.setattr(database_watch, "PATIENCE", 0.1)

    async def watched():
        nonlocal failing
        turned_away = []
        watch = DatabaseWatch("default", "SELECT 1", lambda: turned_away.append(1))
        watching = asyncio.ensure_future(watch.run())
        await until(lambda: watch.away)
        failing = False
        await until(lambda: not watch.away)
        assert turned_away
        assert not watching.done()
        watching.cancel()
        await asyncio.wait({watching})
        await watch._connection.close()

    run(watched())


def test_how_many_are_turned_away_is_logged_once_a_second(caplog):
    watch = DatabaseWatch("default", "SELECT 1", lambda: None)
    for _visitor in range(100):
        watch.turned_away()
    assert len(caplog.records) == 1
