"""The questions of all visitors of one event loop, put to PostgreSQL as they come, many at a time.

While one answer is on its way, the questions that come gather; then they are put as one. Nobody
waits for others to come, and the more there are, the less each costs: in the rush PostgreSQL and
this process wake one another once for twenty visitors. Each question is put after its visitor came,
so the hour of the database's clock holds for them.
"""

import asyncio
import time
from asyncio import AbstractEventLoop, Future
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connections
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus

from results_portal.postgresql.base import Rows, Values, numbered

MOST = 64  # questions in one
_PATIENCE = 1.0  # seconds after a failure before the database is asked anew
_ARRAYS = {17: "bytea[]", 20: "bigint[]", 21: "smallint[]", 23: "integer[]", 25: "text[]"}


class _Asked(NamedTuple):
    values: Values
    rows: "Future[Rows | None]"


class Together:
    """A connection to the database `alias`, with the rights of that alias, for one event loop.

    Each question gives no more than one row, or its rows in no order.
    """

    def __init__(self, alias: str) -> None:
        self._alias = alias
        self._connection: Any = None
        self._socket = -1
        self._prepared: dict[str, bytes] = {}
        self._waiting: dict[str, list[_Asked]] = {}
        self._on_its_way: list[_Asked] = []
        self._busy = self._put_one = False
        self._not_before = 0.0

    def ask(self, sql: str, values: Values) -> "Future[Rows | None]":
        """The rows that the query `sql`, one of a few, gives for `values`, one for each `%s`.

        None when it failed: whoever asks then does so in the ordinary way, which says why.
        """
        loop = asyncio.get_running_loop()
        asked = _Asked(values, loop.create_future())
        if not self._busy:
            self._busy = True
            loop.call_soon(self._put, loop)  # with those who came in the same moment
        self._waiting.setdefault(sql, []).append(asked)
        return asked.rows

    def close(self) -> None:
        if self._connection is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._connection.close()
        self._connection, self._prepared = None, {}

    @property
    def _libpq(self) -> Any:
        return self._connection.pgconn

    def _put(self, loop: AbstractEventLoop) -> None:
        """Put the questions of whoever waits longest, and of those who ask the same."""
        self._put_one = False
        if not self._waiting:
            self._busy = False
            return
        sql = next(iter(self._waiting))
        gathered = self._waiting.pop(sql)
        self._on_its_way = gathered[:MOST]
        if len(gathered) > MOST:
            self._waiting[sql] = gathered[MOST:]
        try:
            statement = self._statement(sql, loop)
            arrays = [_array(column) for column in zip(*self._values(), strict=True)]
            self._libpq.send_query_prepared(statement, arrays)
            self._put_one = True
            self._flush(loop)
        except Exception:  # noqa: BLE001  whoever asks does so in the ordinary way, which says why
            self._fail(loop)

    def _values(self) -> list[Values]:
        return [asked.values for asked in self._on_its_way]

    def _flush(self, loop: AbstractEventLoop) -> None:
        if self._libpq.flush():
            loop.add_writer(self._socket, self._flush_on, loop)

    def _flush_on(self, loop: AbstractEventLoop) -> None:
        loop.remove_writer(self._socket)
        try:
            self._flush(loop)
        except Exception:  # noqa: BLE001  as above
            self._fail(loop)

    def _read(self, loop: AbstractEventLoop) -> None:
        try:
            self._libpq.consume_input()
            while not self._libpq.is_busy():
                result = self._libpq.get_result()
                if result is None:
                    if self._put_one:  # or else the server said something by itself
                        self._put(loop)
                    return
                self._answer(result)
        except Exception:  # noqa: BLE001  as above
            self._fail(loop)

    def _answer(self, result: Any) -> None:
        asked = self._on_its_way
        answers: list[Rows | None] = [None] * len(asked)
        if result.status == ExecStatus.TUPLES_OK:
            answers = [[] for _one in asked]
            transformer = Transformer(self._connection)
            transformer.set_pgresult(result)
            for place, *row in transformer.load_rows(0, result.ntuples, tuple):
                answers[place - 1].append(tuple(row))
        self._on_its_way = []
        _tell(asked, answers)

    def _fail(self, loop: AbstractEventLoop) -> None:
        """Leave all who wait to the ordinary way, and begin anew with another connection."""
        everybody = self._on_its_way + [one for many in self._waiting.values() for one in many]
        self._on_its_way, self._waiting = [], {}
        self._busy = self._put_one = False
        self._not_before = time.monotonic() + _PATIENCE
        if self._connection is not None:
            loop.remove_writer(self._socket)
            self.close()
        _tell(everybody, [None] * len(everybody))

    def _statement(self, sql: str, loop: AbstractEventLoop) -> bytes:
        """`sql` for many, prepared. The first time, all wait for it."""
        if self._connection is None:
            self._connect(loop)
        prepared = self._prepared.get(sql)
        if prepared is None:
            libpq, number = self._libpq, len(self._prepared)
            libpq.nonblocking = 0
            one, many = b"one_%d" % number, b"many_%d" % number
            _hold(libpq.prepare(one, numbered(sql)))
            described = libpq.describe_prepared(one)
            types = tuple(described.param_type(place) for place in range(described.nparams))
            _hold(libpq.prepare(many, numbered(for_many(sql, types))))
            libpq.nonblocking = 1
            prepared = self._prepared[sql] = many
        return prepared

    def _connect(self, loop: AbstractEventLoop) -> None:
        if time.monotonic() < self._not_before:
            raise _Unaskable
        wrapper = connections.create_connection(self._alias)
        with blocking():
            wrapper.connect()
        self._connection = wrapper.connection
        self._socket = self._libpq.socket  # which a lost connection does not tell
        loop.add_reader(self._socket, self._read, loop)


class _Unaskable(Exception):
    """Not a question for many."""


class blocking:  # noqa: N801  a way of writing, not a thing
    """`with blocking():` what waits for the database, in the thread of a loop and not through it.

    Django takes a running loop for a sign that somebody forgot that it waits, and keeps connections
    apart for each task.
    """

    def __enter__(self) -> None:
        self._loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)

    def __exit__(self, *_failure: Any) -> None:
        asyncio._set_running_loop(self._loop)


def _tell(asked: Sequence[_Asked], answers: Sequence[Rows | None]) -> None:
    for one, rows in zip(asked, answers, strict=True):
        if not one.rows.done():
            one.rows.set_result(rows)


def _hold(result: Any) -> None:
    if result.status != ExecStatus.COMMAND_OK:
        raise _Unaskable(result.error_message)


@lru_cache(maxsize=64)
def for_many(sql: str, types: tuple[int, ...]) -> str:
    """The query that answers `sql` for arrays of values, with the place of each answer first."""
    if not types or not _ARRAYS.keys() >= set(types):
        raise _Unaskable
    names = [f"value_{number}" for number in range(len(types))]
    first, *others = sql.split("%s")
    one = first + "".join(f"asked.{name}{part}" for name, part in zip(names, others, strict=True))
    arrays = ", ".join(f"%s::{_ARRAYS[oid]}" for oid in types)
    return (
        f"SELECT asked.place, answer.* FROM unnest({arrays}) WITH ORDINALITY"
        f" AS asked ({', '.join(names)}, place) CROSS JOIN LATERAL ({one}) AS answer"
    )


def _array(values: Sequence[int | str | bytes]) -> bytes:
    return b"{%s}" % b",".join([_ELEMENTS[type(value)](value) for value in values])


def _text(value: str) -> bytes:
    return b'"%s"' % value.replace("\\", "\\\\").replace('"', '\\"').encode()


_ELEMENTS: dict[type, Any] = {
    int: lambda value: b"%d" % value,
    bytes: lambda value: b'"\\\\x%s"' % value.hex().encode(),
    str: _text,
}
