"""Server of the portal under Granian: an event loop for what all want, threads for what is slow.

In the rush a worker spends its time on result pages and identifications. They are answered in an
event loop, whose queries go to PostgreSQL in batches; threads taking turns for Python and for the
database would need half as much processor time again. Django answers the other short pages in the
loop too, and all that may be slow in threads, as under any other server: the staff at work stop no
visitor.
"""

import asyncio
import io
import sys
import tempfile
import time
from asyncio import AbstractEventLoop, Event
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope

from results_portal.serving.cache_key import REQUEST_LINE, CacheKey
from results_portal.serving.header_cache import (
    BodyQuery,
    CachedHeaders,
    Environ,
    Headers,
    WSGIResponse,
)
from results_portal.serving.micro_cache import REQUEST_KEY, CachedResponse
from results_portal.serving.query_batch import QueryBatcher, blocking

THREADS = 4
_SWITCH_INTERVAL = 0.001  # seconds after which a busy thread lets the loop run
_MAX_SHORT_FORM = 1 << 14  # bytes
_MAX_BODY = 50 << 20  # bytes of a request, before Django judges it
_MAX_STAFF_BODY = 2 << 30  # bytes: the staff upload the files of a whole session
_MAX_IN_MEMORY = 1 << 20  # bytes of a request, above which it is written to a file
_MAX_AT_ONCE = 1 << 20  # bytes of a response, above which it is streamed
_BODILESS = {"GET", "HEAD"}
_HEADER_NAMES = [
    key.removeprefix("HTTP_").lower().replace("_", "-") for key in REQUEST_KEY[len(REQUEST_LINE) :]
]
_CONSTANT_ENVIRON = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


class Site(Protocol):
    """The WSGI application of the portal, with its two caches."""

    def cached(self, request_key: CacheKey) -> CachedResponse | None: ...
    def is_shared(self, request_key: CacheKey) -> bool: ...
    def find_query(self, environ: Environ) -> tuple[CachedHeaders, BodyQuery] | None: ...
    def refresh(self, environ: Environ, start_response: Any) -> Any: ...
    def __call__(self, environ: Environ, start_response: Any) -> Any: ...


class _Response(NamedTuple):
    status: int
    headers: Headers
    body: bytes


class Server:
    """An RSGI application around the WSGI application of the portal, for one worker."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._threads = ThreadPoolExecutor(THREADS, "django")
        self._batchers: dict[str, QueryBatcher] = {}
        self._rendering: dict[CacheKey, Event] = {}
        self._refreshed: set[tuple[float, bytes]] = set()  # when they expire, and their bodies
        self._serialized: set[str] = set()

    def __rsgi_init__(self, _loop: Any) -> None:
        sys.setswitchinterval(_SWITCH_INTERVAL)

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        # Under HTTP/2, browsers and proxies split the cookies into several headers.
        plain = scope.method == "GET" and scope.http_version.startswith("1")
        request_key = request_key_of(scope) if plain else None
        try:
            cached = self._send_cached(request_key, protocol) if request_key else None
            if cached is None:
                await self._respond(request_key, environ_of(scope), protocol)
            elif self._is_due(cached):
                await self._refresh(environ_of(scope))
        except ProtocolClosed:
            pass  # the client has disconnected

    def _send_cached(self, request_key: CacheKey, protocol: HTTPProtocol) -> CachedResponse | None:
        """Send the cached response, if there is one, and return it."""
        cached = self._site.cached(request_key)
        if cached is not None:
            protocol.response_bytes(int(cached.status[:3]), cached.headers, cached.body)
        return cached

    def _is_due(self, cached: CachedResponse) -> bool:
        """Return whether to refresh this response now: True once for each."""
        now = time.monotonic()
        if now < cached.refresh_from:
            return False
        key = cached.expires_at, cached.body
        if key in self._refreshed:
            return False
        self._refreshed = {one for one in self._refreshed if now < one[0]} | {key}
        return True

    async def _refresh(self, environ: Environ) -> None:
        """Render a cached page again, as for one of the clients that got it just now."""
        environ["wsgi.input"] = io.BytesIO()
        job = partial(self._render_again, environ)
        await asyncio.get_running_loop().run_in_executor(self._threads, job)

    async def _respond(
        self, request_key: CacheKey | None, environ: Environ, protocol: HTTPProtocol
    ) -> None:
        if _is_short(environ):
            await self._respond_here(environ, protocol)
        elif request_key and self._site.is_shared(request_key):
            await self._respond_once(request_key, environ, protocol)
        else:
            await self._respond_in_thread(environ, protocol)

    async def _respond_here(self, environ: Environ, protocol: HTTPProtocol) -> None:
        bodiless = environ["REQUEST_METHOD"] in _BODILESS
        environ["wsgi.input"] = io.BytesIO(b"" if bodiless else await protocol())
        found = await self._fetch(environ)
        if found is not None:
            _send(_Response(int(found.status[:3]), found.headers, found.body), environ, protocol)
            return
        with blocking():
            response = _complete(*self._call_django(environ), environ)
        _send(response, environ, protocol)

    async def _respond_once(
        self, request_key: CacheKey, environ: Environ, protocol: HTTPProtocol
    ) -> None:
        """Render a shared page for one request; identical ones wait for its response."""
        rendered = self._rendering.get(request_key)
        if rendered is not None:
            await rendered.wait()
            if self._send_cached(request_key, protocol) is None:
                await self._respond_in_thread(environ, protocol)
            return
        rendered = self._rendering[request_key] = Event()
        try:
            await self._respond_in_thread(environ, protocol)
        finally:
            del self._rendering[request_key]
            rendered.set()

    async def _fetch(self, environ: Environ) -> WSGIResponse | None:
        """Return the response that cached headers and one batched query make, if they can."""
        with blocking():
            found = self._site.find_query(environ)
        if not found:
            return None
        cached, query = found
        if query.serialize_by in self._serialized:
            return None
        if query.serialize_by:
            self._serialized.add(query.serialize_by)
        try:
            return await self._fetch_batched(cached, query)
        finally:
            self._serialized.discard(query.serialize_by or "")

    async def _fetch_batched(self, cached: CachedHeaders, query: BodyQuery) -> WSGIResponse | None:
        batcher = self._batchers.get(query.alias)
        if batcher is None:
            batcher = self._batchers[query.alias] = QueryBatcher(query.alias)
        rows = await batcher.fetch(query.sql, query.values)
        if rows is None:
            return None
        with blocking():
            return cached.response(query, rows)

    async def _respond_in_thread(self, environ: Environ, protocol: HTTPProtocol) -> None:
        loop = asyncio.get_running_loop()
        with tempfile.SpooledTemporaryFile(_MAX_IN_MEMORY) as body:
            if environ["REQUEST_METHOD"] not in _BODILESS:
                most = _MAX_STAFF_BODY if _is_by_staff(environ) else _MAX_BODY
                async for part in protocol:
                    if body.tell() + len(part) > most:
                        protocol.response_empty(413, [("Connection", "close")])
                        return
                    body.write(part)
                body.seek(0)
            environ["wsgi.input"] = body
            job = partial(self._in_this_thread, environ, protocol, loop)
            response = await loop.run_in_executor(self._threads, job)
        if response is not None:
            _send(response, environ, protocol)

    def _in_this_thread(
        self, environ: Environ, protocol: HTTPProtocol, loop: AbstractEventLoop
    ) -> _Response | None:
        """Return the response, or None once it is streamed.

        A streamed response reads the database as it goes, so it stays in the thread whose
        connection it began with.
        """
        status, headers, chunks = self._call_django(environ)
        if environ["REQUEST_METHOD"] == "HEAD" or not _is_long(chunks, headers):
            return _complete(status, headers, chunks, environ)
        try:
            _stream(status, headers, chunks, protocol, loop)
        finally:
            chunks.close()
        return None

    def _call_django(self, environ: Environ) -> tuple[int, Headers, Any]:
        said: list[Any] = []
        chunks = self._site(environ, lambda status, headers, *_: said.extend((status, headers)))
        return int(said[0][:3]), said[1], chunks

    def _render_again(self, environ: Environ) -> None:
        _complete(200, [], self._site.refresh(environ, lambda *_said: None), environ)


def _complete(status: int, headers: Headers, chunks: Any, environ: Environ) -> _Response:
    try:
        body = b"" if environ["REQUEST_METHOD"] == "HEAD" else b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    return _Response(status, headers, body)


def _send(response: _Response, environ: Environ, protocol: HTTPProtocol) -> None:
    if environ["REQUEST_METHOD"] == "HEAD":
        protocol.response_empty(response.status, response.headers)
    else:
        protocol.response_bytes(*response)


def _stream(
    status: int, headers: Headers, chunks: Any, protocol: HTTPProtocol, loop: AbstractEventLoop
) -> None:
    """Send `chunks` from a thread other than the loop's, waiting for each to leave."""

    async def begin() -> Any:
        return protocol.response_stream(status, headers)

    async def send(chunk: bytes) -> None:
        await transport.send_bytes(chunk)

    transport = asyncio.run_coroutine_threadsafe(begin(), loop).result()
    for chunk in chunks:
        asyncio.run_coroutine_threadsafe(send(chunk), loop).result()


def request_key_of(scope: Scope) -> CacheKey:
    """Return the values of `micro_cache.REQUEST_KEY`, as in `environ_of`, for less.

    Nothing else is read of a client that polls the waiting page. Of a header sent twice, the
    first one counts.
    """
    line = _path(scope), scope.query_string, scope.scheme
    return *line, *map(scope.headers.get, _HEADER_NAMES)


def _path(scope: Scope) -> str:
    path = scope.path
    return path if path.isascii() else path.encode().decode("latin-1")


def environ_of(scope: Scope) -> Environ:
    """Return the WSGI environment of the request, without its body."""
    name, _colon, port = scope.server.rpartition(":")
    environ: Environ = {
        **_CONSTANT_ENVIRON,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": _path(scope),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
    }
    for header, value in scope.headers.items():
        key = _environ_name(header)
        if key in environ:
            environ[key] += ("; " if key == "HTTP_COOKIE" else ",") + value
        elif key:
            environ[key] = value
    if scope.authority:
        environ.setdefault("HTTP_HOST", scope.authority)
    return environ


@lru_cache(maxsize=1000)
def _environ_name(header: str) -> str:
    """Return the WSGI name of a header, or "" for a name that could be mistaken for another."""
    if "_" in header:
        return ""
    key = header.upper().replace("-", "_")
    return key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"


def _is_short(environ: Environ) -> bool:
    path = environ["PATH_INFO"]
    if path not in settings.SHORT_PAGES and not path.startswith(settings.STATIC_URL):
        return False
    length = environ.get("CONTENT_LENGTH", "")
    return environ["REQUEST_METHOD"] in _BODILESS or (
        length.isdecimal() and int(length) <= _MAX_SHORT_FORM
    )


def _is_by_staff(environ: Environ) -> bool:
    return bool(environ["PATH_INFO"].startswith(settings.STAFF_PREFIX))


def _is_long(chunks: Any, headers: Headers) -> bool:
    length = dict(headers).get("Content-Length", "")
    small = length.isdecimal() and int(length) <= _MAX_AT_ONCE
    return getattr(chunks, "streaming", False) and not small
