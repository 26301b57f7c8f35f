"""Answers to one visitor each, whose status and headers are those of the answer before.

What an answer says is the view's; the headers around it depend on how it is asked for: host,
scheme, language, encoding. Django works them out for the first who asks in one way, through every
middleware; for a minute, who asks in the same way gets their own answer in that envelope, without
the middleware that would come to the same. Whatever is unusual is Django's to answer.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.http import HttpResponse, parse_cookie
from django.utils import translation

from results_portal.caches import BoundedCache
from results_portal.postgresql.base import Rows, Values
from results_portal.serving.cache_key import READ, is_too_long
from results_portal.web.compression import packed

KNOWN = 60.0  # seconds for which an envelope serves
_MOST = 10_000
_REFILL = "_refill"
_WHOLE = {200, 302}
_DONE = "results_portal.asked"  # in the environment of a request

Environ = dict[str, Any]
Headers = list[tuple[str, str]]


class Filling(NamedTuple):
    """What goes into an envelope: a page, and the cookies that it sets, as `Set-Cookie` says."""

    page: bytes
    cookies: Sequence[str] = ()


class Question(NamedTuple):
    """What to ask of the database `alias` for one visitor, and what its rows make of the answer.

    `filling` gives None when the view would answer something else. Of those with the same `alone`
    one is asked at a time, the others are Django's: what they do is counted, one after the other.
    """

    alias: str
    sql: str
    values: Values
    filling: Callable[[Rows], Filling | None]
    alone: str | None = None


class Answer(NamedTuple):
    status: str
    headers: Headers
    body: bytes


Refill = Callable[[Environ, dict[str, str]], Question | None]


def reusable(response: HttpResponse, refill: Refill) -> HttpResponse:
    """Let others have `response` with their own filling; returns it.

    `refill` gets a request and its cookies, and says what to ask for the same view to answer it in
    the language that is active; None when the view would answer something else.
    """
    setattr(response, _REFILL, refill)
    return response


class Envelope(NamedTuple):
    until: float
    status: str
    headers: Headers
    language: str
    compressed: bool
    refill: Refill

    def question(self, environ: Environ, cookies: dict[str, str]) -> Question | None:
        """What to ask, or None where Django is to answer."""
        try:
            with translation.override(self.language):
                return self.refill(environ, cookies)
        except Exception:  # noqa: BLE001  Django meets it again, and says so as ever
            return None

    def around(self, question: Question, rows: Rows) -> Answer | None:
        """The answer that these rows make, or None where Django is to give it."""
        try:
            with translation.override(self.language):
                filling = question.filling(rows)
        except Exception:  # noqa: BLE001  Django meets it again, and says so as ever
            return None
        if filling is None:
            return None
        body = packed(filling.page) if self.compressed else filling.page
        own = [("Set-Cookie", cookie) for cookie in filling.cookies]
        headers = [*self.headers, ("Content-Length", str(len(body))), *own]
        return Answer(self.status, headers, body)


class Envelopes(WSGIHandler):
    """Django's WSGI application, which keeps the envelopes of its answers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._envelopes: BoundedCache[tuple[Any, ...], Envelope] = BoundedCache(_MOST)
        self._asked: set[tuple[str, str]] = set()

    def __call__(self, environ: Environ, start_response: Any) -> Any:
        envelope, question = self.asks(environ) or (None, None)
        if envelope and question:
            own = _answered(envelope, question)
            if own is not None:
                start_response(own.status, own.headers)
                return [own.body]
        answer: Any = super().__call__(environ, start_response)
        if hasattr(answer, _REFILL) and answer.status_code in _WHOLE:
            self._keep_envelope(environ, answer)
        return answer

    def asks(self, environ: Environ) -> tuple[Envelope, Question] | None:
        """The envelope that would serve this request, and what to ask for it; once a request."""
        if (environ["REQUEST_METHOD"], environ["PATH_INFO"]) not in self._asked or _DONE in environ:
            return None
        environ[_DONE] = True
        cookies = parse_cookie(environ.get("HTTP_COOKIE", ""))
        envelope = self._envelopes.get(_way(environ, cookies))
        if envelope is None or time.monotonic() >= envelope.until:
            return None
        question = envelope.question(environ, cookies)
        return question and (envelope, question)

    def _keep_envelope(self, environ: Environ, answer: Any) -> None:
        way = _way(environ, parse_cookie(environ.get("HTTP_COOKIE", "")))
        if is_too_long(way):
            return
        self._asked.add((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        self._envelopes[way] = Envelope(
            time.monotonic() + KNOWN,
            f"{answer.status_code} {answer.reason_phrase}",
            [(name, value) for name, value in answer.items() if name != "Content-Length"],
            answer["Content-Language"],
            answer.has_header("Content-Encoding"),
            getattr(answer, _REFILL),
        )


def _way(environ: Environ, cookies: dict[str, str]) -> tuple[Any, ...]:
    method = environ["REQUEST_METHOD"]
    return method, *map(environ.get, READ), cookies.get(settings.LANGUAGE_COOKIE_NAME)


def _answered(envelope: Envelope, question: Question) -> Answer | None:
    try:
        connection: Any = connections[question.alias]
        rows = connection.ask(question.sql, question.values)
    except Exception:  # noqa: BLE001  Django meets it again, and says so as ever
        return None
    return envelope.around(question, rows)
