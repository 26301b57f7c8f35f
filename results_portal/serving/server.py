"""RSGI server of the rush: one event loop for each worker, and threads for Django.

The loop runs no Django and waits for nothing without a limit. It answers shared pages from memory
and puts the queries of result pages and identifications to PostgreSQL in batches; everything else
goes to threads. While the database is away it serves shared pages from their last copy, and asks
everybody else to come back.
"""

import asyncio
import io
import logging
import sys
import tempfile
import time
from asyncio import AbstractEventLoop, Event
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.conf import settings
from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope

from results_portal.routers import PUBLIC
from results_portal.serving.cache_key import CacheKey
from results_portal.serving.database_watch import DatabaseWatch
from results_portal.serving.environ import cache_key_of, environ_of, path_of
from results_portal.serving.micro_cache import PageKey
from results_portal.serving.portal import RememberingPortal, cache_key, reply_of
from results_portal.serving.query_batch import Failure, QueryBatcher
from results_portal.serving.registry import Environ, Headers, Reply, registry
from results_portal.serving.threads import GIVEN_UP, ThreadJob, Threads
from results_portal.uploads.body_size import MOST, is_too_long
from results_portal.web.handler import BODILESS_STATUSES, too_long
from results_portal.web.private_page import CACHE_CONTROL
from results_portal.web.unavailable import unavailable

_SWITCH_SECONDS = 0.001  # after which a thread at work lets the loop go on
_SWEEP_SECONDS = 0.25  # between two looks at who waits too long
_BODY_SECONDS = 10.0  # for a short form to arrive
_FORM_SECONDS, _FILES_SECONDS = 20.0, 120.0  # for a whole body to arrive: with files, more
_MAKING_SECONDS = 5.0  # for the page that many share
_SHORT_FORM = 1 << 12  # bytes, above which it is not one
_MOST_AT_ONCE = 256 << 20  # bytes of the requests that a worker is receiving
_IN_MEMORY = 1 << 16  # bytes of a request, above which they lie in a file
_WHOLE = 1 << 20  # bytes of an answer, above which it is sent in pieces
_BODILESS = {"GET", "HEAD"}
_ALIVE = Reply(200, [("Content-Type", "text/plain"), ("Cache-Control", CACHE_CONTROL)], b"ok\n")


logger = logging.getLogger(__name__)


class Server:
    """An RSGI application around the portal, for one worker."""

    def __init__(self, portal: RememberingPortal) -> None:
        self._portal = portal
        self._threads = Threads()
        self._queries = QueryBatcher(PUBLIC, registry.queries())
        self._watch = DatabaseWatch(PUBLIC, registry.probe, self._turn_everybody_away)
        self._being_made: dict[PageKey, Event] = {}
        self._serialized: set[str] = set()
        self._tasks: list[asyncio.Future[Any]] = []
        self._being_received = 0  # bytes

    def __rsgi_init__(self, loop: AbstractEventLoop) -> None:
        sys.setswitchinterval(_SWITCH_SECONDS)
        loop.call_soon(self._begin, loop)

    def __rsgi_del__(self, loop: AbstractEventLoop) -> None:
        for task in self._tasks:
            task.cancel()

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        path = path_of(scope)
        query = scope.query_string and self._portal.known_query(path, scope.query_string)
        # Under HTTP/2 a cookie may come in several headers.
        plain = scope.method == "GET" and scope.http_version.startswith("1")
        key = cache_key_of(scope, path, query) if plain else None
        try:
            page = self._portal.pages.fresh(key) if key else None
            if key and page:
                protocol.response_bytes(page.status, page.headers, page.body)
                due = time.monotonic() >= page.renew_from
                if due and self._portal.pages.claim_renewal(key):
                    await self._renew(key, environ_of(scope, path, query))
            elif path == "/healthz" and scope.method in _BODILESS:
                _send(_ALIVE, scope.method, protocol)
            else:
                await self._answer(key, environ_of(scope, path, query), protocol)
        except ProtocolClosed:
            pass  # the visitor has gone
        except TimeoutError:
            protocol.response_empty(408, [("Connection", "close")])

    def _begin(self, loop: AbstractEventLoop) -> None:
        self._queries.open()
        self._tasks = [loop.create_task(self._watch.run()), loop.create_task(self._sweep())]

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            try:
                self._look_around()
            except Exception:
                logger.exception("the sweep goes on")

    def _look_around(self) -> None:
        self._queries.open()
        self._queries.give_up_late()
        self._portal.pages.forget_old()
        if self._watch.away:
            self._turn_everybody_away()
        else:
            self._threads.give_up_late()

    def _turn_everybody_away(self) -> None:
        self._queries.give_up()
        self._threads.give_up_all()

    async def _answer(self, key: CacheKey | None, environ: Environ, protocol: HTTPProtocol) -> None:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if self._watch.away and not path.startswith((settings.STAFF_PREFIX, settings.STATIC_URL)):
            _send(self._last_or_come_back(key), method, protocol)
            return
        registered = (method, path) in self._portal.starts
        if registered and (method == "GET" or await self._has_short_body(environ, protocol)):
            reply = await self._visit(environ)
            if reply is not None:
                _send(reply, method, protocol)
                return
        if key and self._portal.is_observed(path):
            await self._answer_as_others(cache_key(environ), environ, protocol)
        else:
            await self._answer_in_a_thread(environ, protocol)

    def _last_or_come_back(self, key: CacheKey | None) -> Reply:
        return self._last(key) or self._come_back()

    def _last(self, key: CacheKey | None) -> Reply | None:
        """Return the last copy of a shared page; to who is identified, that of everybody."""
        if key is None:
            return None
        copies = (
            self._portal.pages.last(one, self._watch.answered_at)
            for one in (key, (*key[:-1], None))
        )
        return next((reply_of(page) for page in copies if page), None)

    def _come_back(self) -> Reply:
        """Return the 503 page, with a random time to come back, and count it."""
        self._watch.turned_away()
        response = unavailable()
        return Reply(503, list(response.items()), response.content)

    async def _has_short_body(self, environ: Environ, protocol: HTTPProtocol) -> bool:
        """Whether there is a short form; it is read into the environment."""
        length = environ.get("CONTENT_LENGTH", "")
        if not length.isdecimal() or int(length) > _SHORT_FORM:
            return False
        async with asyncio.timeout(_BODY_SECONDS):
            environ["wsgi.input"] = io.BytesIO(await protocol())
        return True

    async def _visit(self, environ: Environ) -> Reply | None:
        """Run the steps of a visit and return its answer; None where Django must give it."""
        visit = self._portal.visit(environ)
        serialized = None
        try:
            query = next(visit)
            while True:
                if query.serialize_by and serialized is None:
                    if query.serialize_by in self._serialized:
                        return None
                    self._serialized.add(serialized := query.serialize_by)
                rows = await self._queries.fetch(query.sql, query.values)
                if rows is Failure.UNAVAILABLE:
                    return self._come_back()
                if rows is Failure.FAILED:
                    return None
                query = visit.send(rows)
        except StopIteration as end:
            reply: Reply | None = end.value
            return reply
        finally:
            if serialized is not None:
                self._serialized.discard(serialized)

    async def _answer_as_others(
        self, key: CacheKey, environ: Environ, protocol: HTTPProtocol
    ) -> None:
        """Render a shared page once; concurrent requests for it get the same response."""
        page_key = self._portal.pages.page_key(key)
        making = self._being_made.get(page_key)
        if making is None:
            with self._making(page_key):
                await self._answer_in_a_thread(environ, protocol, key)
            return
        try:
            async with asyncio.timeout(_MAKING_SECONDS):
                await making.wait()
        except TimeoutError:
            _send(self._last_or_come_back(key), "GET", protocol)
            return
        page = self._portal.pages.fresh(key)
        if page is not None:
            _send(reply_of(page), "GET", protocol)
        else:
            await self._answer_in_a_thread(environ, protocol, key)

    async def _renew(self, key: CacheKey, environ: Environ) -> None:
        """Renew a page in one thread, once, for a client that has just got the old copy."""
        page_key = self._portal.pages.page_key(key)
        if page_key in self._being_made:
            return
        environ["wsgi.input"] = io.BytesIO()
        with self._making(page_key):
            await self._threads.run(environ["PATH_INFO"], partial(self._make_again, environ))

    @contextmanager
    def _making(self, key: PageKey) -> Iterator[None]:
        making = self._being_made[key] = Event()
        try:
            yield
        finally:
            del self._being_made[key]
            making.set()

    async def _answer_in_a_thread(
        self, environ: Environ, protocol: HTTPProtocol, key: CacheKey | None = None
    ) -> None:
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as body:
            if "wsgi.input" not in environ:
                refusal = await self._receive(environ, body, protocol)
                if refusal:
                    _send(refusal, environ["REQUEST_METHOD"], protocol)
                    return
                environ["wsgi.input"] = body
            work = partial(self._in_this_thread, environ, protocol, asyncio.get_running_loop())
            path, upload = environ["PATH_INFO"], self._may_hold_files(environ)
            reply = await self._threads.run(path, work, upload=upload)
        if reply is GIVEN_UP:
            reply = self._come_back()
        if reply is None:
            return  # sent in pieces
        if reply.status == 503:
            reply = self._last(key) or reply
        _send(reply, environ["REQUEST_METHOD"], protocol)

    def _may_hold_files(self, environ: Environ) -> bool:
        posts = environ["REQUEST_METHOD"] not in _BODILESS
        return posts and self._portal.most_bytes(environ["PATH_INFO"]) > MOST

    async def _receive(self, environ: Environ, body: Any, protocol: HTTPProtocol) -> Reply | None:
        """Receive the body into a file; return the answer to one that is too long."""
        if environ["REQUEST_METHOD"] in _BODILESS:
            return None
        most = self._portal.most_bytes(environ["PATH_INFO"])
        if is_too_long(environ, most):
            return _too_long()
        try:
            async with asyncio.timeout(_FORM_SECONDS if most <= MOST else _FILES_SECONDS):
                async for part in protocol:
                    if body.tell() + len(part) > most:
                        return _too_long()
                    if self._being_received + len(part) > _MOST_AT_ONCE:
                        return self._come_back()
                    self._being_received += len(part)
                    body.write(part)
        finally:
            self._being_received -= body.tell()
        body.seek(0)
        return None

    def _in_this_thread(
        self, environ: Environ, protocol: HTTPProtocol, loop: AbstractEventLoop, job: ThreadJob
    ) -> Reply | None:
        """Return Django's answer; None when this thread sent it in pieces.

        Its pieces may read the database meanwhile, through the connection of this thread.
        """
        status, headers, chunks = self._django(environ)
        if environ["REQUEST_METHOD"] == "HEAD" or not _is_long(chunks, headers):
            return _whole(status, headers, chunks, environ["REQUEST_METHOD"])
        try:
            _send_in_pieces(status, headers, chunks, protocol, loop, job)
        finally:
            chunks.close()
        return None

    def _make_again(self, environ: Environ, _job: ThreadJob) -> None:
        status, headers, chunks = self._django(environ)
        _whole(status, headers, chunks, "HEAD")

    def _django(self, environ: Environ) -> tuple[int, Headers, Any]:
        said: list[Any] = []

        def start_response(status: str, headers: Headers, *_error: Any) -> Any:
            said.extend((status, headers))

        chunks = self._portal(environ, start_response)
        return int(said[0][:3]), said[1], chunks


def _too_long() -> Reply:
    response = too_long()
    return Reply(413, list(response.items()), response.content)


def _send(reply: Reply, method: str, protocol: HTTPProtocol) -> None:
    if method == "HEAD":
        protocol.response_empty(reply.status, reply.headers)
    else:
        protocol.response_bytes(*_with_right_length(reply))


def _with_right_length(reply: Reply) -> Reply:
    """Return the reply with the length of its body; log an error where it says another one.

    A client takes what comes after that length for the next answer.
    """
    length = str(len(reply.body))
    for name, said in reply.headers:
        if name.lower() == "content-length" and said != length:
            break
    else:
        return reply
    if reply.status in BODILESS_STATUSES:
        return reply
    logger.error("A reply of status %s said %s bytes and has %s.", reply.status, said, length)
    others = [header for header in reply.headers if header[0].lower() != "content-length"]
    return reply._replace(headers=[*others, ("Content-Length", length)])


def _whole(status: int, headers: Headers, chunks: Any, method: str) -> Reply:
    try:
        body = b"" if method == "HEAD" else b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    return Reply(status, headers, body)


def _send_in_pieces(
    status: int,
    headers: Headers,
    chunks: Any,
    protocol: HTTPProtocol,
    loop: AbstractEventLoop,
    job: ThreadJob,
) -> None:
    """Send an answer from a thread, which waits until each piece has left."""

    async def begin() -> Any:
        if job.answer.done():  # given up meanwhile
            return None
        job.streaming = True
        return protocol.response_stream(status, headers)

    async def send(piece: bytes) -> None:
        await transport.send_bytes(piece)

    transport = asyncio.run_coroutine_threadsafe(begin(), loop).result()
    if transport is None:
        return
    for piece in chunks:
        asyncio.run_coroutine_threadsafe(send(piece), loop).result()


def _is_long(chunks: Any, headers: Headers) -> bool:
    length = dict(headers).get("Content-Length", "")
    small = length.isdecimal() and int(length) <= _WHOLE
    return getattr(chunks, "streaming", False) and not small
