"""Reuse the response headers of an identical request; only the body differs.

The headers of a page depend on how it is asked for: host, scheme, language, encoding. Django works
them out for the first who asks in one way, through every middleware; for a minute the server puts
the same headers around the bodies of others.
"""

import time
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpResponse

from results_portal.caches import BoundedCache
from results_portal.serving.cache_key import KEY_HEADERS, is_too_long
from results_portal.serving.registry import Cookies, Environ, Headers, Reply, ResponseBody
from results_portal.web.compression import packed

HEADER_SECONDS = 60.0  # for which headers are reused
_MOST = 10_000
_OF_THE_BODY = {"Content-Length", "Retry-After"}


class ResponseHeaders(NamedTuple):
    """Headers around one kind of answer, and the encoding that they declare."""

    headers: Headers
    encoding: str | None

    def around(self, body: ResponseBody) -> Reply:
        """Return the answer with this body, compressed where the headers say so."""
        content = packed(body.page) if self.encoding else body.page
        cookies = [("Set-Cookie", cookie) for cookie in body.cookies]
        own = [("Content-Length", str(len(content)))]
        if body.retry_after is not None:
            own.append(("Retry-After", str(body.retry_after)))
        return Reply(body.status, [*self.headers, *own, *cookies], content)


class KnownHeaders(NamedTuple):
    """Headers of the answers to one request, by kind, until the oldest of them is a minute old."""

    until: float
    language: str
    by_kind: dict[int, ResponseHeaders]

    def around(self, body: ResponseBody) -> Reply | None:
        """Return the answer with this body, if the headers of its kind are known."""
        headers = self.by_kind.get(_kind(body.status))
        return headers.around(body) if headers else None


class HeaderCache:
    """Response headers by request."""

    def __init__(self) -> None:
        self._known: BoundedCache[Any, KnownHeaders] = BoundedCache(_MOST)

    def known(self, environ: Environ, cookies: Cookies) -> KnownHeaders | None:
        """Return the headers of answers to this request."""
        return self._valid(_key(environ, cookies))

    def keep(self, environ: Environ, cookies: Cookies, response: HttpResponse) -> None:
        """Reuse the headers of this response of Django."""
        key = _key(environ, cookies)
        if is_too_long(map(str, key)) or response.streaming:
            return
        headers = ResponseHeaders(
            [(name, value) for name, value in response.items() if name not in _OF_THE_BODY],
            response.get("Content-Encoding"),
        )
        kind, language = _kind(response.status_code), response["Content-Language"]
        known = self._valid(key)
        if known and known.language == language:
            self._known[key] = known._replace(by_kind={**known.by_kind, kind: headers})
        else:
            until = time.monotonic() + HEADER_SECONDS
            self._known[key] = KnownHeaders(until, language, {kind: headers})

    def _valid(self, key: tuple[Any, ...]) -> KnownHeaders | None:
        found = self._known.get(key)
        return found if found and time.monotonic() < found.until else None


def _key(environ: Environ, cookies: Cookies) -> tuple[Any, ...]:
    # Whether a form's answer is compressed depends on there being an identified candidate.
    identified = settings.IDENTIFICATION_COOKIE in cookies
    language = cookies.get(settings.LANGUAGE_COOKIE_NAME)
    return environ["REQUEST_METHOD"], *map(environ.get, KEY_HEADERS), language, identified


def _kind(status: int) -> int:
    """Return the status that has the same headers: a page is a page, whatever it refuses."""
    return 200 if status == 429 else status
