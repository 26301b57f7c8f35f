"""How Granian runs the portal: one thread for what all visitors come for, others for what takes
long.

In the rush a worker spends its time on result pages and identifications. They are answered in an
event loop, whose questions go to PostgreSQL many at a time; threads that took turns for Python and
for the database would need half as much again. Django answers the other short pages in that thread
too, and all that may take long in threads of their own, as under any other server: the staff at
work stop no visitor.
"""

import asyncio
import io
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope

from results_portal.envelope import Answer, Envelope, Environ, Headers, Question
from results_portal.moment import ASKED_BY, Asker, Page
from results_portal.postgresql.together import Together, blocking

THREADS = 4
_TURN = 0.001  # seconds after which a thread at work lets the loop go on
_SHORT_FORM = 1 << 14  # bytes, above which it is not one
_IN_MEMORY = 1 << 20  # bytes of a request, above which they lie in a file
_WHOLE = 1 << 20  # bytes of an answer, above which it is sent in pieces
_BODILESS = {"GET", "HEAD"}
_ASKED_BY = [
    (key, key.removeprefix("HTTP_").lower().replace("_", "-") if key.startswith("HTTP_") else None)
    for key in ASKED_BY
]
_ALWAYS = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


class Site(Protocol):
    """The WSGI application of the portal, as it is served here."""

    def kept(self, asker: Asker) -> Page | None: ...
    def asks(self, environ: Environ) -> tuple[Envelope, Question] | None: ...
    def __call__(self, environ: Environ, start_response: Any) -> Any: ...


class _Reply(NamedTuple):
    status: int
    headers: Headers
    body: bytes
    pieces: Any = None  # of a body sent bit by bit


class Server:
    """An RSGI application around the WSGI application of the portal, for one worker."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._threads = ThreadPoolExecutor(THREADS, "django")
        self._together: dict[str, Together] = {}

    def __rsgi_init__(self, _loop: Any) -> None:
        sys.setswitchinterval(_TURN)

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        page = self._site.kept(asker_of(scope)) if scope.method == "GET" else None
        if page is not None:
            protocol.response_bytes(int(page.status[:3]), page.headers, page.body)
            return
        environ = environ_of(scope)
        with suppress(ProtocolClosed):  # a visitor who has gone
            await self._reply(await self._answer(environ, protocol), environ, protocol)

    async def _answer(self, environ: Environ, protocol: HTTPProtocol) -> _Reply:
        if not _is_short(environ):
            return await self._in_a_thread(environ, protocol)
        bodiless = environ["REQUEST_METHOD"] in _BODILESS
        environ["wsgi.input"] = io.BytesIO(b"" if bodiless else await protocol())
        answer = await self._together_with_others(environ)
        if answer is not None:
            return _Reply(int(answer.status[:3]), answer.headers, answer.body)
        with blocking():
            return self._django(environ)

    async def _together_with_others(self, environ: Environ) -> Answer | None:
        with blocking():
            asks = self._site.asks(environ)
        if not asks:
            return None
        envelope, question = asks
        together = self._together.get(question.alias)
        if together is None:
            together = self._together[question.alias] = Together(question.alias)
        rows = await together.ask(question.sql, question.values)
        if rows is None:
            return None
        with blocking():
            return envelope.around(question, rows)

    async def _in_a_thread(self, environ: Environ, protocol: HTTPProtocol) -> _Reply:
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as body:
            if environ["REQUEST_METHOD"] not in _BODILESS:
                async for part in protocol:
                    body.write(part)
                body.seek(0)
            environ["wsgi.input"] = body
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._django, environ)

    def _django(self, environ: Environ) -> _Reply:
        said: list[Any] = []
        answer = self._site(environ, lambda status, headers, *_: said.extend((status, headers)))
        status, headers = int(said[0][:3]), said[1]
        if getattr(answer, "streaming", False) and not _is_small(headers):
            return _Reply(status, headers, b"", answer)
        try:
            return _Reply(status, headers, b"".join(answer))
        finally:
            if hasattr(answer, "close"):
                answer.close()

    async def _reply(self, reply: _Reply, environ: Environ, protocol: HTTPProtocol) -> None:
        if environ["REQUEST_METHOD"] == "HEAD":
            protocol.response_empty(reply.status, reply.headers)
            if reply.pieces is not None:
                reply.pieces.close()
        elif reply.pieces is not None:
            await self._send_pieces(reply, protocol)
        else:
            protocol.response_bytes(reply.status, reply.headers, reply.body)

    async def _send_pieces(self, reply: _Reply, protocol: HTTPProtocol) -> None:
        loop, pieces = asyncio.get_running_loop(), iter(reply.pieces)
        try:
            transport = protocol.response_stream(reply.status, reply.headers)
            while (piece := await loop.run_in_executor(self._threads, _next, pieces)) is not None:
                await transport.send_bytes(piece)
        finally:
            await loop.run_in_executor(self._threads, reply.pieces.close)


def asker_of(scope: Scope) -> Asker:
    """What a request says of all that `moment.ASKED_BY` names, as `environ_of` would tell it.

    The same for fewer: this is all that is read of who reloads the wait. Who sends a header twice
    asks by the first one.
    """
    own = {
        "PATH_INFO": _path(scope),
        "QUERY_STRING": scope.query_string,
        "wsgi.url_scheme": scope.scheme,
    }
    header = scope.headers.get
    return tuple([own.get(key) if name is None else header(name) for key, name in _ASKED_BY])


def _path(scope: Scope) -> str:
    path = scope.path
    return path if path.isascii() else path.encode().decode("latin-1")


def environ_of(scope: Scope) -> Environ:
    """The request as WSGI tells it, but for its body."""
    name, _colon, port = scope.server.rpartition(":")
    environ: Environ = {
        **_ALWAYS,
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
        key = _key(header)
        if key in environ:
            environ[key] += ("; " if key == "HTTP_COOKIE" else ",") + value
        elif key:
            environ[key] = value
    if scope.authority:
        environ.setdefault("HTTP_HOST", scope.authority)
    return environ


@lru_cache(maxsize=1000)
def _key(header: str) -> str:
    """What WSGI calls a header; empty where a name could be taken for another one's."""
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
        length.isdecimal() and int(length) <= _SHORT_FORM
    )


def _is_small(headers: Headers) -> bool:
    length = dict(headers).get("Content-Length", "")
    return length.isdecimal() and int(length) <= _WHOLE


def _next(pieces: Iterator[bytes]) -> bytes | None:
    return next(pieces, None)
