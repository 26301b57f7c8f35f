"""Request headers that form the cache key, cookies apart.

A middleware or view that reads another header for a shared answer must name it here.
"""

from collections.abc import Iterable

LINE = ("PATH_INFO", "QUERY_STRING", "wsgi.url_scheme")  # the others are headers
ADDRESS = (*LINE, "HTTP_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_IF_NONE_MATCH")
KEY_HEADERS = (*ADDRESS, "HTTP_ACCEPT_ENCODING", "HTTP_ACCEPT_LANGUAGE")
LONGEST = 1000  # characters of a key, above which nothing is kept under it

CacheKey = tuple[str | None, ...]


def is_too_long(key: Iterable[str | None]) -> bool:
    """Whether the parts of a key are together longer than `LONGEST`."""
    return sum(map(len, filter(None, key))) > LONGEST
