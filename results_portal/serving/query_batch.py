"""Batch concurrent queries of one event loop into one round trip to PostgreSQL.

While one batch is under way, the queries that arrive are collected and sent as the next one.
Nothing waits for a batch to fill, and the larger it is, the less each query costs: in the rush
PostgreSQL and this process wake each other once for twenty requests. Each query is sent after its
request arrived, so the database's clock decides what is open for it.
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

MAX_BATCH = 64  # queries
_RETRY_AFTER = 1.0  # seconds after a failure before the database is queried again
_ARRAYS = {17: "bytea[]", 20: "bigint[]", 21: "smallint[]", 23: "integer[]", 25: "text[]"}


class _PendingQuery(NamedTuple):
    values: Values
    rows: "Future[Rows | None]"


class QueryBatcher:
    """A connection of its own to the database `alias`, for one event loop.

    Each query returns at most one row, or rows whose order does not matter.
    """

    def __init__(self, alias: str) -> None:
        self._alias = alias
        self._connection: Any = None
        self._socket = -1
        self._prepared: dict[str, bytes] = {}
        self._waiting: dict[str, list[_PendingQuery]] = {}
        self._in_flight: list[_PendingQuery] = []
        self._busy = self._sent = False
        self._not_before = 0.0

    def fetch(self, sql: str, values: Values) -> "Future[Rows | None]":
        """Return the rows of the query `sql`, one of a few, for `values`, one for each `%s`.

        None when it failed: the caller then runs it in the ordinary way, which raises the error.
        """
        loop = asyncio.get_running_loop()
        query = _PendingQuery(values, loop.create_future())
        if not self._busy:
            self._busy = True
            loop.call_soon(self._send, loop)  # with those of the same turn of the loop
        self._waiting.setdefault(sql, []).append(query)
        return query.rows

    def close(self) -> None:
        if self._connection is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._connection.close()
        self._connection, self._prepared = None, {}

    @property
    def _libpq(self) -> Any:
        return self._connection.pgconn

    def _send(self, loop: AbstractEventLoop) -> None:
        """Send the query that waits longest, and all those with the same SQL."""
        self._sent = False
        if not self._waiting:
            self._busy = False
            return
        sql = next(iter(self._waiting))
        collected = self._waiting.pop(sql)
        self._in_flight = collected[:MAX_BATCH]
        if len(collected) > MAX_BATCH:
            self._waiting[sql] = collected[MAX_BATCH:]
        try:
            statement = self._statement(sql, loop)
            arrays = [_array(column) for column in zip(*self._values(), strict=True)]
            self._libpq.send_query_prepared(statement, arrays)
            self._sent = True
            self._flush(loop)
        except Exception:  # noqa: BLE001  the callers run their queries in the ordinary way
            self._fail(loop)

    def _values(self) -> list[Values]:
        return [query.values for query in self._in_flight]

    def _flush(self, loop: AbstractEventLoop) -> None:
        if self._libpq.flush():
            loop.add_writer(self._socket, self._continue_flush, loop)

    def _continue_flush(self, loop: AbstractEventLoop) -> None:
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
                    if self._sent:  # otherwise it was a notice of the server
                        self._send(loop)
                    return
                self._receive(result)
        except Exception:  # noqa: BLE001  as above
            self._fail(loop)

    def _receive(self, result: Any) -> None:
        queries = self._in_flight
        found: list[Rows | None] = [None] * len(queries)
        if result.status == ExecStatus.TUPLES_OK:
            lists: list[Rows] = [[] for _query in queries]
            transformer = Transformer(self._connection)
            transformer.set_pgresult(result)
            for place, *row in transformer.load_rows(0, result.ntuples, tuple):
                lists[place - 1].append(tuple(row))
            found = [*lists]
        self._in_flight = []
        _resolve(queries, found)

    def _fail(self, loop: AbstractEventLoop) -> None:
        """Leave all queries to the ordinary way, and open another connection for the next one."""
        queries = self._in_flight + [one for many in self._waiting.values() for one in many]
        self._in_flight, self._waiting = [], {}
        self._busy = self._sent = False
        self._not_before = time.monotonic() + _RETRY_AFTER
        if self._connection is not None:
            loop.remove_writer(self._socket)
            self.close()
        _resolve(queries, [None] * len(queries))

    def _statement(self, sql: str, loop: AbstractEventLoop) -> bytes:
        """Return the prepared batch of `sql`. Blocks the loop the first time."""
        if self._connection is None:
            self._connect(loop)
        prepared = self._prepared.get(sql)
        if prepared is None:
            libpq, number = self._libpq, len(self._prepared)
            libpq.nonblocking = 0
            one, many = b"one_%d" % number, b"many_%d" % number
            _check(libpq.prepare(one, numbered(sql)))
            described = libpq.describe_prepared(one)
            types = tuple(described.param_type(place) for place in range(described.nparams))
            _check(libpq.prepare(many, numbered(batch_sql(sql, types))))
            libpq.nonblocking = 1
            prepared = self._prepared[sql] = many
        return prepared

    def _connect(self, loop: AbstractEventLoop) -> None:
        if time.monotonic() < self._not_before:
            raise _NotBatchable
        wrapper = connections.create_connection(self._alias)
        with blocking():
            wrapper.connect()
        self._connection = wrapper.connection
        self._socket = self._libpq.socket  # a lost connection no longer has its number
        loop.add_reader(self._socket, self._read, loop)


class _NotBatchable(Exception):
    """Raised when a query cannot be sent in a batch."""


class blocking:  # noqa: N801  used as a statement, like contextlib.suppress
    """Context manager for code that blocks the event loop on purpose, such as a query by Django.

    Django refuses to run in a thread with a running loop, and keeps connections for each task.
    """

    def __enter__(self) -> None:
        self._loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)

    def __exit__(self, *_failure: Any) -> None:
        asyncio._set_running_loop(self._loop)


def _resolve(queries: Sequence[_PendingQuery], found: Sequence[Rows | None]) -> None:
    for query, rows in zip(queries, found, strict=True):
        if not query.rows.done():
            query.rows.set_result(rows)


def _check(result: Any) -> None:
    if result.status != ExecStatus.COMMAND_OK:
        raise _NotBatchable(result.error_message)


@lru_cache(maxsize=64)
def batch_sql(sql: str, types: tuple[int, ...]) -> str:
    """Return `sql` for arrays of values, with the place of its query before each row."""
    if not types or not _ARRAYS.keys() >= set(types):
        raise _NotBatchable
    names = [f"value_{number}" for number in range(len(types))]
    first, *others = sql.split("%s")
    one = first + "".join(f"batch.{name}{part}" for name, part in zip(names, others, strict=True))
    arrays = ", ".join(f"%s::{_ARRAYS[oid]}" for oid in types)
    return (
        f"SELECT batch.place, found.* FROM unnest({arrays}) WITH ORDINALITY"
        f" AS batch ({', '.join(names)}, place) CROSS JOIN LATERAL ({one}) AS found"
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
