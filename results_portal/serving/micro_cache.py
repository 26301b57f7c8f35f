"""Micro-cache: one response shared by all identical requests for a second, before Django is called.

Before a release opens, everybody reloads the same waiting page, and afterwards the same list. A
view marks such a response (`cacheable`). In its last `REFRESH_AHEAD` seconds the server may have
it rendered again while others still get the former one (`CachedResponse.refresh_from`). Once it
has expired, Django answers.
"""

import math
import time
from collections.abc import Hashable
from typing import Any, NamedTuple

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse

from results_portal.caches import BoundedCache
from results_portal.serving.cache_key import ADDRESS, KEY_HEADERS, CacheKey, is_too_long

CACHE_SECONDS = 1.0
REFRESH_AHEAD = 0.3  # seconds before a response expires, from which it may be rendered again
# Seconds for which a request leads to a response without Django: an identification may end.
REQUEST_SECONDS = 60.0
_UNKNOWN = None, 0.0
_MAX_RESPONSES, _MAX_REQUESTS = 1000, 100_000
_KEY, _TIMES = "_micro_cache_key", "_micro_cache_times"  # attributes of a response
# The cookie of an identified candidate leads to the response: its bytes are compared.
REQUEST_KEY = (*KEY_HEADERS, "HTTP_COOKIE")

Environ = dict[str, Any]


def cacheable(
    response: HttpResponse, key: Hashable, *, seconds: float = CACHE_SECONDS
) -> HttpResponse:
    """Allow `response` to serve every request that leads to the same `key` and language.

    For `CACHE_SECONDS`, or for `seconds` when they are fewer. `key` holds everything that the page
    depends on; nothing in it is of one visitor only. Returns `response`.
    """
    now = time.monotonic()
    # One that expires when a release opens is not refreshed before: it would be the same page.
    refresh_from = now + CACHE_SECONDS - REFRESH_AHEAD if seconds >= CACHE_SECONDS else math.inf
    setattr(response, _KEY, key)
    setattr(response, _TIMES, (now + min(seconds, CACHE_SECONDS), refresh_from))
    return response


class CachedResponse(NamedTuple):
    expires_at: float
    status: str
    headers: list[tuple[str, str]]
    body: bytes
    refresh_from: float = math.inf


class MicroCache(WSGIHandler):
    """WSGI application of Django behind a cache of shared responses.

    It keeps which response each request led to, and each response once: a candidate who reloads
    costs two look-ups. A request that was not met before goes to Django, which checks who sends
    it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._requests: BoundedCache[CacheKey, tuple[Hashable, float]] = BoundedCache(_MAX_REQUESTS)
        self._responses: BoundedCache[Hashable, CachedResponse] = BoundedCache(_MAX_RESPONSES)

    def __call__(self, environ: Environ, start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] != "GET":
            return super().__call__(environ, start_response)
        cached = self.cached(tuple(map(environ.get, REQUEST_KEY)))
        if cached is not None:
            start_response(cached.status, cached.headers)
            return [cached.body]
        return self.refresh(environ, start_response)

    def refresh(self, environ: Environ, start_response: Any) -> Any:
        """Have Django answer a GET, whatever is cached for it, and cache the response."""
        request_key = tuple(map(environ.get, REQUEST_KEY))
        response = super().__call__(environ, start_response)
        if hasattr(response, _KEY):
            self._cache(request_key, response)
        else:
            self._requests.discard(request_key)
        return response

    def cached(self, request_key: CacheKey) -> CachedResponse | None:
        """Return the response cached for a GET with these values of `REQUEST_KEY`, or None."""
        key, until = self._requests.get(request_key) or _UNKNOWN
        response = self._responses.get(key)
        if response and time.monotonic() < min(response.expires_at, until):
            return response
        return None

    def is_shared(self, request_key: CacheKey) -> bool:
        """Whether such a GET has led to a shared response, perhaps one that has expired."""
        return time.monotonic() < (self._requests.get(request_key) or _UNKNOWN)[1]

    def _cache(self, request_key: CacheKey, response: Any) -> None:
        if is_too_long(request_key):
            return
        if response.status_code not in {200, 304} or response.streaming or response.cookies:
            return
        language, encoding = map(response.get, ("Content-Language", "Content-Encoding"))
        key = (request_key[: len(ADDRESS)], language, encoding, getattr(response, _KEY))
        status = f"{response.status_code} {response.reason_phrase}"
        expires_at, refresh_from = getattr(response, _TIMES)
        self._responses[key] = CachedResponse(
            expires_at, status, list(response.items()), response.content, refresh_from
        )
        self._requests[request_key] = key, time.monotonic() + REQUEST_SECONDS
