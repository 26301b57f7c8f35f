"""Header cache: reuse the status and headers of an identical request; only the body differs.

Status and headers depend on host, scheme, language and encoding, the body on the visitor. Django
and its middleware answer the first of identical requests; for `HEADER_SECONDS` the next ones get
the same headers around a body made from the rows of one query. Whenever something is unusual,
Django answers.
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
from results_portal.serving.cache_key import KEY_HEADERS, CacheKey, is_too_long
from results_portal.web.compression import packed

HEADER_SECONDS = 60.0
_MAX_ENTRIES = 10_000
_BUILD_QUERY = "_build_query"  # attribute of a response
_CACHEABLE = {200, 302}
_TRIED = "results_portal.header_cache_tried"  # in the environment of a request

Environ = dict[str, Any]
Headers = list[tuple[str, str]]


class ResponseBody(NamedTuple):
    """The body of a response, and the values of its `Set-Cookie` headers."""

    content: bytes
    cookies: Sequence[str] = ()


class BodyQuery(NamedTuple):
    """The query on the database `alias` for the body of one response.

    `body` makes the body from its rows, or returns None when the view would answer something else.
    Queries with the same `serialize_by` never run at once: the others go to Django, whose writes
    are counted one after the other.
    """

    alias: str
    sql: str
    values: Values
    body: Callable[[Rows], ResponseBody | None]
    serialize_by: str | None = None


class WSGIResponse(NamedTuple):
    status: str
    headers: Headers
    body: bytes


BuildQuery = Callable[[Environ, dict[str, str]], BodyQuery | None]


def reuse_headers(response: HttpResponse, build_query: BuildQuery) -> HttpResponse:
    """Allow others to get the headers of `response` around a body of their own, and return it.

    `build_query` takes the environment and the cookies of an identical request and returns the
    query for its body in the active language, or None when the view would answer something else.
    """
    setattr(response, _BUILD_QUERY, build_query)
    return response


class CachedHeaders(NamedTuple):
    expires_at: float
    status: str
    headers: Headers
    language: str
    compressed: bool
    build_query: BuildQuery

    def query(self, environ: Environ, cookies: dict[str, str]) -> BodyQuery | None:
        """Return the query for the body of this request, or None: Django answers."""
        try:
            with translation.override(self.language):
                return self.build_query(environ, cookies)
        except Exception:  # noqa: BLE001  Django meets the error again and reports it
            return None

    def response(self, query: BodyQuery, rows: Rows) -> WSGIResponse | None:
        """Return the response that `rows` make, or None: Django answers."""
        try:
            with translation.override(self.language):
                body = query.body(rows)
        except Exception:  # noqa: BLE001  Django meets the error again and reports it
            return None
        if body is None:
            return None
        content = packed(body.content) if self.compressed else body.content
        cookies = [("Set-Cookie", cookie) for cookie in body.cookies]
        headers = [*self.headers, ("Content-Length", str(len(content))), *cookies]
        return WSGIResponse(self.status, headers, content)


class HeaderCache(WSGIHandler):
    """WSGI application of Django behind a cache of response headers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cached_headers: BoundedCache[CacheKey, CachedHeaders] = BoundedCache(_MAX_ENTRIES)
        self._cached_pages: set[tuple[str, str]] = set()  # method and path

    def __call__(self, environ: Environ, start_response: Any) -> Any:
        cached, query = self.find_query(environ) or (None, None)
        if cached and query:
            found = _fetched(cached, query)
            if found is not None:
                start_response(found.status, found.headers)
                return [found.body]
        response: Any = super().__call__(environ, start_response)
        if hasattr(response, _BUILD_QUERY) and response.status_code in _CACHEABLE:
            self._cache_headers(environ, response)
        return response

    def find_query(self, environ: Environ) -> tuple[CachedHeaders, BodyQuery] | None:
        """Return the headers cached for this request and the query for its body, if any.

        At most once a request: after a failure Django answers.
        """
        page = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if page not in self._cached_pages or _TRIED in environ:
            return None
        environ[_TRIED] = True
        cookies = parse_cookie(environ.get("HTTP_COOKIE", ""))
        cached = self._cached_headers.get(_key_of(environ, cookies))
        if cached is None or time.monotonic() >= cached.expires_at:
            return None
        query = cached.query(environ, cookies)
        return query and (cached, query)

    def _cache_headers(self, environ: Environ, response: Any) -> None:
        key = _key_of(environ, parse_cookie(environ.get("HTTP_COOKIE", "")))
        if is_too_long(key):
            return
        self._cached_pages.add((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        self._cached_headers[key] = CachedHeaders(
            time.monotonic() + HEADER_SECONDS,
            f"{response.status_code} {response.reason_phrase}",
            [(name, value) for name, value in response.items() if name != "Content-Length"],
            response["Content-Language"],
            response.has_header("Content-Encoding"),
            getattr(response, _BUILD_QUERY),
        )


def _key_of(environ: Environ, cookies: dict[str, str]) -> CacheKey:
    method = environ["REQUEST_METHOD"]
    return method, *map(environ.get, KEY_HEADERS), cookies.get(settings.LANGUAGE_COOKIE_NAME)


def _fetched(cached: CachedHeaders, query: BodyQuery) -> WSGIResponse | None:
    try:
        connection: Any = connections[query.alias]
        rows = connection.fetch(query.sql, query.values)
    except Exception:  # noqa: BLE001  Django meets the error again and reports it
        return None
    return cached.response(query, rows)
