"""Request headers that form the cache key of a response sent without Django, cookies apart.

A middleware or view that reads another header for such a response adds it here.
"""

from collections.abc import Iterable

CacheKey = tuple[str | None, ...]

# As the WSGI environment names them.
REQUEST_LINE = ("PATH_INFO", "QUERY_STRING", "wsgi.url_scheme")
ADDRESS = (*REQUEST_LINE, "HTTP_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_IF_NONE_MATCH")
KEY_HEADERS = (*ADDRESS, "HTTP_ACCEPT_ENCODING", "HTTP_ACCEPT_LANGUAGE")
MAX_LENGTH = 1000  # characters of a key, above which nothing is cached


def is_too_long(key: Iterable[str | None]) -> bool:
    """Whether the parts of `key` exceed `MAX_LENGTH`: no client may fill the memory."""
    return sum(map(len, filter(None, key))) > MAX_LENGTH
