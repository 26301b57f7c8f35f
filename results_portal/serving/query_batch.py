"""Batch concurrent queries into one round trip.

While one batch is on its way to PostgreSQL, further queries collect for the next; none waits for
others to come, and the more there are, the less each costs. Each query is sent after its visitor
came, so the database's clock decides for each visitor.

The connection is opened, and its statements prepared, in a thread; the event loop only writes to
the socket and reads from it. A statement is named by a digest of its SQL: another one cannot be
met under its name. It is planned once: PostgreSQL would plan every batch anew, since it takes the
arrays of one for shorter than those of all, and that costs four times what the answer does.
"""

import asyncio
import concurrent.futures
import logging
import math
import time
from asyncio import AbstractEventLoop, Future
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connections
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus

from results_portal.postgresql.base import Rows, Values, numbered, statement_name, timed_out
from results_portal.serving.registry import BatchedQuery

BATCH_SIZE = 64  # queries in one round trip
BATCH_SECONDS = 2.5  # for one to come back: more than `statement_timeout` allows it
_RETRY_SECONDS = 0.5  # after a failure, before the next connection is opened
_PLANNED_ONCE = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off"
_ARRAYS = {17: "bytea[]", 20: "bigint[]", 21: "smallint[]", 23: "integer[]", 25: "text[]"}


logger = logging.getLogger(__name__)

Opening = concurrent.futures.Future[tuple[Any, dict[str, bytes]]]


class Failure(Enum):
    """Reason why a query has no rows."""

    UNAVAILABLE = "the database is away or too slow: the visitor is asked to come back"
    FAILED = "something else: Django asks in the ordinary way, which says what"


class _Pending(NamedTuple):
    values: Values
    result: "Future[Rows | Failure]"


class QueryBatcher:
    """A connection to the database `alias`, with the rights of that alias, for one event loop.

    `queries` are all that may be sent. Each returns at most one row, or its rows in no order.
    """

    def __init__(self, alias: str, queries: Sequence[BatchedQuery]) -> None:
        self._alias, self._queries = alias, queries
        self._thread = ThreadPoolExecutor(1, "connect")
        self._opening = False
        self._connection: Any = None
        self._socket = -1
        self._prepared: dict[str, bytes] = {}
        self._waiting: dict[str, list[_Pending]] = {}
        self._sent: list[_Pending] = []
        self._busy = self._in_flight = False
        self._retry_at = self._sent_at = 0.0

    def fetch(self, sql: str, values: Values) -> "Future[Rows | Failure]":
        """Return the rows that `sql` gives for `values`, one for each `%s`, or a `Failure`."""
        loop = asyncio.get_running_loop()
        pending = _Pending(values, loop.create_future())
        if self._connection is None or sql not in self._prepared:
            self.open()
            pending.result.set_result(Failure.FAILED)
            return pending.result
        if not self._busy:
            self._busy, self._sent_at = True, time.monotonic()
            loop.call_soon(self._send, loop)  # with those that come in the same turn of the loop
        self._waiting.setdefault(sql, []).append(pending)
        return pending.result

    def open(self) -> None:
        """Open the connection in a thread, unless it is open or was tried a moment ago."""
        if self._connection is None and not self._opening and time.monotonic() >= self._retry_at:
            self._opening = True
            loop = asyncio.get_running_loop()
            self._thread.submit(self._open).add_done_callback(
                lambda opened: loop.call_soon_threadsafe(self._take, loop, opened)
            )

    def give_up(self) -> None:
        """Resolve all pending queries as unavailable; what is in flight may still arrive."""
        everybody = self._sent + [one for many in self._waiting.values() for one in many]
        self._waiting = {}
        _resolve(everybody, [Failure.UNAVAILABLE] * len(everybody))

    def give_up_late(self) -> None:
        """Give up a batch that has not come back in time, and its connection with it.

        The database may be well while one connection is dead: no timeout of PostgreSQL tells.
        """
        if self._busy and time.monotonic() - self._sent_at > BATCH_SECONDS:
            self.give_up()
            self._fail(asyncio.get_running_loop())

    async def close(self) -> None:
        """Close the connection for good; pending queries are left to Django."""
        self._retry_at = math.inf
        while self._opening:
            await asyncio.sleep(0.01)
        self._fail(asyncio.get_running_loop())
        self._retry_at = math.inf

    @property
    def _libpq(self) -> Any:
        return self._connection.pgconn

    def _open(self) -> tuple[Any, dict[str, bytes]]:
        """Open a connection and prepare its statements, in a thread that may wait."""
        wrapper = connections.create_connection(self._alias)
        wrapper.connect()
        connections[self._alias].close()  # opened by what asks for the types of a new connection
        connection: Any = wrapper.connection
        try:
            connection.execute(_PLANNED_ONCE)
            prepared = dict(_prepared(connection.pgconn, self._queries))
        except Exception:
            connection.close()
            raise
        connection.pgconn.nonblocking = 1
        return connection, prepared

    def _take(self, loop: AbstractEventLoop, opened: Opening) -> None:
        self._opening = False
        self._retry_at = time.monotonic() + _RETRY_SECONDS
        if opened.exception():
            return  # Django, asking in the ordinary way, says why
        self._connection, self._prepared = opened.result()
        self._socket = self._libpq.socket  # which a lost connection does not tell
        loop.add_reader(self._socket, self._read, loop)

    def _send(self, loop: AbstractEventLoop) -> None:
        """Send the query that has waited longest, with all of the same SQL."""
        self._in_flight = False
        if not self._waiting:
            self._busy = False
            return
        sql = next(iter(self._waiting))
        gathered = self._waiting.pop(sql)
        self._sent = gathered[:BATCH_SIZE]
        if len(gathered) > BATCH_SIZE:
            self._waiting[sql] = gathered[BATCH_SIZE:]
        try:
            columns = zip(*(pending.values for pending in self._sent), strict=True)
            arrays = [array(column) for column in columns]
            self._sent_at = time.monotonic()
            self._libpq.send_query_prepared(self._prepared[sql], arrays)
            self._in_flight = True
            self._flush(loop)
        except Exception:  # noqa: BLE001  Django, asking in the ordinary way, says why
            self._fail(loop)

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
                    if self._in_flight:  # otherwise the server said something unasked
                        self._send(loop)
                    return
                self._receive(result)
        except Exception:  # noqa: BLE001  as above
            self._fail(loop)

    def _receive(self, result: Any) -> None:
        sent = self._sent
        answers: list[Rows | Failure]
        if result.status != ExecStatus.TUPLES_OK:
            answers = [Failure.UNAVAILABLE if timed_out(result) else Failure.FAILED] * len(sent)
        else:
            rows: list[Rows] = [[] for _one in sent]
            transformer = Transformer(self._connection)
            transformer.set_pgresult(result)
            for place, *row in transformer.load_rows(0, result.ntuples, tuple):
                rows[place - 1].append(tuple(row))
            answers = [*rows]
        self._sent = []
        _resolve(sent, answers)

    def _fail(self, loop: AbstractEventLoop) -> None:
        """Leave all pending queries to Django, and drop the connection."""
        everybody = self._sent + [one for many in self._waiting.values() for one in many]
        self._sent, self._waiting = [], {}
        self._busy = self._in_flight = False
        self._retry_at = time.monotonic() + _RETRY_SECONDS
        if self._connection is not None:
            loop.remove_writer(self._socket)
            loop.remove_reader(self._socket)
            self._connection.close()
        self._connection, self._prepared = None, {}
        _resolve(everybody, [Failure.FAILED] * len(everybody))


def _resolve(pending: Sequence[_Pending], results: Sequence[Rows | Failure]) -> None:
    for one, result in zip(pending, results, strict=True):
        if not one.result.done():
            one.result.set_result(result)


def _prepared(libpq: Any, queries: Sequence[BatchedQuery]) -> Iterator[tuple[str, bytes]]:
    for query in queries:
        try:
            yield query.sql, _prepare(libpq, query)
        except NotBatchable as reason:
            logger.error("not batched: %s: %s", reason, query.sql)


def _prepare(libpq: Any, query: BatchedQuery) -> bytes:
    """Prepare the batched statement of `query`; return its name."""
    one = statement_name("one", query.sql)
    _check(libpq.prepare(one, numbered(query.sql)))
    if query.batch_sql is None:
        described = libpq.describe_prepared(one)
        types = tuple(described.param_type(place) for place in range(described.nparams))
        sql = batched(query.sql, types)
    else:
        sql = query.batch_sql
    many = statement_name("many", sql)
    _check(libpq.prepare(many, numbered(sql)))
    return many


def _check(result: Any) -> None:
    if timed_out(result):
        raise TimeoutError(result.error_message)  # it is tried again with the next connection
    if result.status != ExecStatus.COMMAND_OK:
        raise NotBatchable(result.error_message.decode(errors="replace").strip())


class NotBatchable(Exception):
    """Error of a query that cannot be batched."""


@lru_cache(maxsize=64)
def batched(sql: str, types: tuple[int, ...]) -> str:
    """Return the query that answers `sql` for arrays of values, the place of each answer first.

    Raises `NotBatchable` for a query without values, or with values of other types than these.
    """
    if not types or not _ARRAYS.keys() >= set(types):
        raise NotBatchable(f"types {types}")
    names = [f"value_{number}" for number in range(len(types))]
    first, *others = sql.split("%s")
    one = first + "".join(f"asked.{name}{part}" for name, part in zip(names, others, strict=True))
    arrays = ", ".join(f"%s::{_ARRAYS[oid]}" for oid in types)
    return (
        f"SELECT asked.place, answer.* FROM unnest({arrays}) WITH ORDINALITY"
        f" AS asked ({', '.join(names)}, place) CROSS JOIN LATERAL ({one}) AS answer"
    )


def array(values: Sequence[int | str | bytes]) -> bytes:
    """Return the array of one parameter's values in PostgreSQL's words; `KeyError` for others."""
    return b"{%s}" % b",".join([_ELEMENTS[type(value)](value) for value in values])


def _text(value: str) -> bytes:
    return b'"%s"' % value.replace("\\", "\\\\").replace('"', '\\"').encode()


_ELEMENTS: dict[type, Any] = {
    int: lambda value: b"%d" % value,
    bytes: lambda value: b'"\\\\x%s"' % value.hex().encode(),
    str: _text,
}
