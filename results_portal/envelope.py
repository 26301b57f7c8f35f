"""Pages of one visitor each, whose status and headers are those of the page before.

What a page says is the view's; the headers around it depend on how it is asked for: host, scheme,
language, encoding. Django works them out for the first who asks in one way, through every
middleware; for a minute, who asks in the same way gets their own page in that envelope, without
the middleware that would come to the same. Whatever is unusual is Django's to answer.
"""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse, parse_cookie
from django.utils import translation

from results_portal.asking import READ
from results_portal.compression import packed

KNOWN = 60.0  # seconds for which an envelope serves
_MOST = 10_000
_REFILL = "_refill"

Environ = dict[str, Any]
Refill = Callable[[dict[str, str]], str | None]


def reusable(response: HttpResponse, refill: Refill) -> HttpResponse:
    """Let others have `response` with their own page in it; returns it.

    `refill` gives the page of whoever holds these cookies, as the same view would answer them in
    the language that is active, or None when the view would not answer by such a page.
    """
    setattr(response, _REFILL, refill)
    return response


class _Envelope(NamedTuple):
    until: float
    status: str
    headers: list[tuple[str, str]]
    language: str
    compressed: bool
    refill: Refill


class Envelopes(WSGIHandler):
    """Django's WSGI application, which keeps the envelopes of its answers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._envelopes: dict[tuple[Any, ...], _Envelope] = {}
        self._paths: set[str] = set()

    def __call__(self, environ: Environ, start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] != "GET":
            return super().__call__(environ, start_response)
        if environ["PATH_INFO"] in self._paths:
            cookies = parse_cookie(environ.get("HTTP_COOKIE", ""))
            envelope = self._envelopes.get(_way(environ, cookies))
            if envelope and time.monotonic() < envelope.until:
                body = _refilled(envelope, cookies)
                if body is not None:
                    length = "Content-Length", str(len(body))
                    start_response(envelope.status, [*envelope.headers, length])
                    return [body]
        answer = super().__call__(environ, start_response)
        if hasattr(answer, _REFILL) and answer.status_code == 200 and not answer.cookies:
            self._keep_envelope(environ, answer)
        return answer

    def _keep_envelope(self, environ: Environ, answer: Any) -> None:
        if len(self._envelopes) >= _MOST:
            self._envelopes.clear()
        way = _way(environ, parse_cookie(environ.get("HTTP_COOKIE", "")))
        self._paths.add(environ["PATH_INFO"])
        self._envelopes[way] = _Envelope(
            time.monotonic() + KNOWN,
            f"{answer.status_code} {answer.reason_phrase}",
            [(name, value) for name, value in answer.items() if name != "Content-Length"],
            answer["Content-Language"],
            answer.has_header("Content-Encoding"),
            getattr(answer, _REFILL),
        )


def _way(environ: Environ, cookies: dict[str, str]) -> tuple[Any, ...]:
    return *map(environ.get, READ), cookies.get(settings.LANGUAGE_COOKIE_NAME)


def _refilled(envelope: _Envelope, cookies: dict[str, str]) -> bytes | None:
    try:
        with translation.override(envelope.language):
            page = envelope.refill(cookies)
    except Exception:  # noqa: BLE001  Django meets it again, and says so as ever
        return None
    if page is None:
        return None
    body = page.encode()
    return packed(body) if envelope.compressed else body
