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
import time
from asyncio import AbstractEventLoop, Event
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope

from results_portal.serving.cache_key import LINE
from results_portal.serving.header_cache import Answer, Envelope, Environ, Headers, Question
from results_portal.serving.micro_cache import ASKED_BY, Asker, Page
from results_portal.serving.query_batch import Together, blocking

THREADS = 4
_TURN = 0.001  # seconds after which a thread at work lets the loop go on
_SHORT_FORM = 1 << 14  # bytes, above which it is not one
_MOST = 50 << 20  # bytes of a request, before anybody judges it
_MOST_BY_STAFF = 2 << 30  # they send the files of a whole session
_IN_MEMORY = 1 << 20  # bytes of a request, above which they lie in a file
_WHOLE = 1 << 20  # bytes of an answer, above which it is sent in pieces
_BODILESS = {"GET", "HEAD"}
_HEADERS = [key.removeprefix("HTTP_").lower().replace("_", "-") for key in ASKED_BY[len(LINE) :]]
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
    def is_shared(self, asker: Asker) -> bool: ...
    def asks(self, environ: Environ) -> tuple[Envelope, Question] | None: ...
    def anew(self, environ: Environ, start_response: Any) -> Any: ...
    def __call__(self, environ: Environ, start_response: Any) -> Any: ...


class _Reply(NamedTuple):
    status: int
    headers: Headers
    body: bytes


class Server:
    """An RSGI application around the WSGI application of the portal, for one worker."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._threads = ThreadPoolExecutor(THREADS, "django")
        self._together: dict[str, Together] = {}
        self._being_made: dict[Asker, Event] = {}
        self._renewed: dict[int, Page] = {}
        self._alone: set[str] = set()

    def __rsgi_init__(self, _loop: Any) -> None:
        sys.setswitchinterval(_TURN)

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        # Browsers and proxies put one cookie into several headers under HTTP/2.
        plain = scope.method == "GET" and scope.http_version.startswith("1")
        asker = asker_of(scope) if plain else None
        try:
            page = self._at_once(asker, protocol) if asker else None
            if page is None:
                await self._answer(asker, environ_of(scope), protocol)
            elif self._is_due(page):
                await self._renew(environ_of(scope))
        except ProtocolClosed:
            pass  # the visitor has gone

    def _at_once(self, asker: Asker, protocol: HTTPProtocol) -> Page | None:
        """Answer by the page that is kept, and return it, if there is one."""
        page = self._site.kept(asker)
        if page is not None:
            protocol.response_bytes(int(page.status[:3]), page.headers, page.body)
        return page

    def _is_due(self, page: Page) -> bool:
        """Whether the page is to be made anew, and nobody was told so before: tried once."""
        now = time.monotonic()
        if now < page.renew_from or id(page) in self._renewed:
            return False
        self._renewed = {key: one for key, one in self._renewed.items() if now < one.until}
        self._renewed[id(page)] = page
        return True

    async def _renew(self, environ: Environ) -> None:
        """Have a page made anew, as one of those asks for it who got it just now."""
        environ["wsgi.input"] = io.BytesIO()
        job = partial(self._anew, environ)
        await asyncio.get_running_loop().run_in_executor(self._threads, job)

    async def _answer(self, asker: Asker | None, environ: Environ, protocol: HTTPProtocol) -> None:
        if _is_short(environ):
            await self._answer_here(environ, protocol)
        elif asker and self._site.is_shared(asker):
            await self._answer_as_others(asker, environ, protocol)
        else:
            await self._answer_in_a_thread(environ, protocol)

    async def _answer_here(self, environ: Environ, protocol: HTTPProtocol) -> None:
        bodiless = environ["REQUEST_METHOD"] in _BODILESS
        environ["wsgi.input"] = io.BytesIO(b"" if bodiless else await protocol())
        answer = await self._together_with_others(environ)
        if answer is not None:
            _send(_Reply(int(answer.status[:3]), answer.headers, answer.body), environ, protocol)
            return
        with blocking():
            reply = _whole(*self._django(environ), environ)
        _send(reply, environ, protocol)

    async def _answer_as_others(
        self, asker: Asker, environ: Environ, protocol: HTTPProtocol
    ) -> None:
        """Whoever comes while the page that they share is made anew waits for that one."""
        making = self._being_made.get(asker)
        if making is not None:
            await making.wait()
            if self._at_once(asker, protocol) is None:
                await self._answer_in_a_thread(environ, protocol)
            return
        making = self._being_made[asker] = Event()
        try:
            await self._answer_in_a_thread(environ, protocol)
        finally:
            del self._being_made[asker]
            making.set()

    async def _together_with_others(self, environ: Environ) -> Answer | None:
        with blocking():
            asks = self._site.asks(environ)
        if not asks:
            return None
        envelope, question = asks
        if question.alone in self._alone:
            return None
        if question.alone:
            self._alone.add(question.alone)
        try:
            return await self._asked_together(envelope, question)
        finally:
            self._alone.discard(question.alone or "")

    async def _asked_together(self, envelope: Envelope, question: Question) -> Answer | None:
        together = self._together.get(question.alias)
        if together is None:
            together = self._together[question.alias] = Together(question.alias)
        rows = await together.ask(question.sql, question.values)
        if rows is None:
            return None
        with blocking():
            return envelope.around(question, rows)

    async def _answer_in_a_thread(self, environ: Environ, protocol: HTTPProtocol) -> None:
        loop = asyncio.get_running_loop()
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as body:
            if environ["REQUEST_METHOD"] not in _BODILESS:
                most = _MOST_BY_STAFF if _is_by_staff(environ) else _MOST
                async for part in protocol:
                    if body.tell() + len(part) > most:
                        protocol.response_empty(413, [("Connection", "close")])
                        return
                    body.write(part)
                body.seek(0)
            environ["wsgi.input"] = body
            job = partial(self._in_this_thread, environ, protocol, loop)
            reply = await loop.run_in_executor(self._threads, job)
        if reply is not None:
            _send(reply, environ, protocol)

    def _in_this_thread(
        self, environ: Environ, protocol: HTTPProtocol, loop: AbstractEventLoop
    ) -> _Reply | None:
        """The answer; None when it has been sent, bit by bit: it may have read the database
        meanwhile, through the connection of the thread that it began in."""
        status, headers, chunks = self._django(environ)
        if environ["REQUEST_METHOD"] == "HEAD" or not _is_long(chunks, headers):
            return _whole(status, headers, chunks, environ)
        try:
            _send_in_pieces(status, headers, chunks, protocol, loop)
        finally:
            chunks.close()
        return None

    def _django(self, environ: Environ) -> tuple[int, Headers, Any]:
        said: list[Any] = []
        chunks = self._site(environ, lambda status, headers, *_: said.extend((status, headers)))
        return int(said[0][:3]), said[1], chunks

    def _anew(self, environ: Environ) -> None:
        _whole(200, [], self._site.anew(environ, lambda *_said: None), environ)


def _whole(status: int, headers: Headers, chunks: Any, environ: Environ) -> _Reply:
    try:
        body = b"" if environ["REQUEST_METHOD"] == "HEAD" else b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    return _Reply(status, headers, body)


def _send(reply: _Reply, environ: Environ, protocol: HTTPProtocol) -> None:
    if environ["REQUEST_METHOD"] == "HEAD":
        protocol.response_empty(reply.status, reply.headers)
    else:
        protocol.response_bytes(*reply)


def _send_in_pieces(
    status: int, headers: Headers, chunks: Any, protocol: HTTPProtocol, loop: AbstractEventLoop
) -> None:
    """From a thread beside the loop, which waits for each piece to leave."""

    async def begin() -> Any:
        return protocol.response_stream(status, headers)

    async def send(piece: bytes) -> None:
        await transport.send_bytes(piece)

    transport = asyncio.run_coroutine_threadsafe(begin(), loop).result()
    for piece in chunks:
        asyncio.run_coroutine_threadsafe(send(piece), loop).result()


def asker_of(scope: Scope) -> Asker:
    """What a request says of all that `moment.ASKED_BY` names, as `environ_of` would tell it.

    The same for fewer: this is all that is read of who reloads the wait. Who sends a header twice
    asks by the first one.
    """
    line = _path(scope), scope.query_string, scope.scheme
    return *line, *map(scope.headers.get, _HEADERS)


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


def _is_by_staff(environ: Environ) -> bool:
    return bool(environ["PATH_INFO"].startswith(settings.STAFF_PREFIX))


def _is_long(chunks: Any, headers: Headers) -> bool:
    length = dict(headers).get("Content-Length", "")
    small = length.isdecimal() and int(length) <= _WHOLE
    return getattr(chunks, "streaming", False) and not small
