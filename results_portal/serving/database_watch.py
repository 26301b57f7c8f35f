"""Watch of the database: each worker asks it twice a second, on a connection of its own.

No timeout of PostgreSQL fires when its server is frozen or gone. The watch finds out within a
second, for all who wait. Its query may read a table that every page needs: then a lock on that
table counts as well.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import connections

INTERVAL = 0.5  # seconds between two questions
PATIENCE = 1.0  # seconds without an answer, after which the database is away
_RETRY_SECONDS = 0.1
_GIVE_UP = 15.0  # seconds after which a connection that says nothing is left for another one
_LOG_EVERY = 1.0  # seconds

logger = logging.getLogger(__name__)


class DatabaseWatch:
    """Asks the database `alias` the query `probe`; calls `on_away` when it does not answer."""

    def __init__(self, alias: str, probe: str, on_away: Callable[[], None]) -> None:
        self._alias, self._probe, self._on_away = alias, probe, on_away
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self.away = False  # whether the database has not answered for a second
        self.answered_at = time.monotonic()
        self._logged_at = 0.0
        self._turned_away = 0

    def turned_away(self) -> None:
        """Count a visitor who was asked to come back, and log the count once a second."""
        self._turned_away += 1
        now = time.monotonic()
        if now - self._logged_at >= _LOG_EVERY:
            self._logged_at = now
            logger.error(
                "the database is away or too slow: %d asked to come back", self._turned_away
            )
            self._turned_away = 0

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            asking = asyncio.ensure_future(self._ask())
            done, _pending = await asyncio.wait({asking}, timeout=PATIENCE)
            if not done:
                self._set_away()
                done, _pending = await asyncio.wait({asking}, timeout=_GIVE_UP)
            if done and asking.exception() is None:
                self.answered_at = time.monotonic()
                self.away = False
                await asyncio.sleep(INTERVAL)
            else:
                # A connection that was closed says nothing of the database: another one does.
                if time.monotonic() - self.answered_at > PATIENCE:
                    self._set_away()
                await self._leave(asking)
                await asyncio.sleep(_RETRY_SECONDS)

    def _set_away(self) -> None:
        self.away = True
        self._on_away()

    async def _ask(self) -> None:
        if self._connection is None:
            self._connection = await _connect(self._alias)
        await self._connection.execute(self._probe)

    async def _leave(self, asking: "asyncio.Future[None]") -> None:
        """Drop the connection, once nothing waits on its socket any more."""
        asking.cancel()
        await asyncio.wait({asking})
        if not asking.cancelled():
            asking.exception()  # read, so that asyncio does not report it
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.pgconn.finish()


async def _connect(alias: str) -> psycopg.AsyncConnection[Any]:
    wrapper: Any = connections.create_connection(alias)
    parameters = wrapper.get_connection_params()
    for name in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(name, None)
    return await psycopg.AsyncConnection.connect(
        **parameters, autocommit=True, prepare_threshold=None
    )
