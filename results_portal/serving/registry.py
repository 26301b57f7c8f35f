"""Registry of the pages that the server may answer in front of Django.

Each app registers its pages when it is ready; nothing else connects a page to the server. A visit
begins with a function of the request that returns the next `Step`: a query for this visitor, whose
rows lead to the next step, until there is an answer, or None: then Django answers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponseBase

from results_portal.postgresql.base import Rows, Values

Environ = dict[str, Any]
Cookies = dict[str, str]
Headers = list[tuple[str, str]]


class Reply(NamedTuple):
    """A whole answer, ready to be sent."""

    status: int
    headers: Headers
    body: bytes


class ResponseBody(NamedTuple):
    """An answer to one visitor: its page, the cookies that it sets (`Set-Cookie`), its status.

    `retry_after`: seconds after which a visitor who is refused (429) may come back.
    """

    page: bytes
    cookies: Sequence[str] = ()
    status: int = 200
    retry_after: int | None = None


class Query(NamedTuple):
    """A query for one visitor, and the step that its rows lead to.

    `sql` is that of a registered `BatchedQuery`. Of visits with the same `serialize_by` one is
    answered at a time; Django answers the others meanwhile. A query that writes is put only where
    the headers of an answer of the status `needs` are known: Django would write again.
    """

    sql: str
    values: Values
    answer: Callable[[Rows], Step]
    serialize_by: str | None = None
    needs: int | None = None


Step = Query | ResponseBody | None
Start = Callable[[Environ, Cookies], Step]


class BatchedQuery(NamedTuple):
    """A query of many visitors at once: its SQL for one, and for arrays of their values.

    Without `batch_sql` the batch is made of `sql`: see `query_batch.batched`.
    """

    sql: str
    batch_sql: str | None = None


class Share(NamedTuple):
    """Permission to share a response with all who are led to the same `key` in the same language.

    `until` is the hour that the page announces; no copy is served after it. While the database is
    away the last copy is served if it was made within `trusted_seconds` before the database was
    last seen: names that were withdrawn long ago must not come back.
    """

    key: Hashable
    until: datetime | None = None
    trusted_seconds: float = math.inf


Observer = Callable[[HttpRequest, HttpResponseBase], Share | None]


class Registry:
    """Pages that the server knows, by the name of their view."""

    def __init__(self) -> None:
        self.starts: dict[tuple[str, str], Start] = {}
        self.observers: dict[str, Observer] = {}
        self.probe = "SELECT 1"  # query of `database_watch`
        self._queries: list[Callable[[], BatchedQuery]] = []

    def answer(
        self, view: str, method: str, start: Start, *, queries: Sequence[Callable[[], BatchedQuery]]
    ) -> None:
        """Let `start` begin the visits of a view without arguments, by `method`.

        `queries` return every query of its steps; they are called when the server starts.
        """
        self.starts[view, method] = start
        self._queries += queries

    def observe(self, view: str, observer: Observer) -> None:
        """Pass each of Django's answers of a view to `observer`, which may share it."""
        self.observers[view] = observer

    def queries(self) -> list[BatchedQuery]:
        """Return every query that a step may send."""
        return [query() for query in self._queries]


registry = Registry()
