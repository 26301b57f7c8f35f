"""All that the answers kept in front of Django depend on in a request, but its cookies.

Whoever adds a middleware or a view that reads something else for such an answer names it here.
"""

from collections.abc import Iterable

LINE = ("PATH_INFO", "QUERY_STRING", "wsgi.url_scheme")  # the rest are headers
ADDRESS = (*LINE, "HTTP_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_IF_NONE_MATCH")
LONGEST = 1000  # characters of all that, above which nothing is kept for who asks so
READ = (*ADDRESS, "HTTP_ACCEPT_ENCODING", "HTTP_ACCEPT_LANGUAGE")


def is_too_long(asked: Iterable[str | None]) -> bool:
    """Whether these parts of a request are more than is kept of anybody."""
    return sum(map(len, filter(None, asked))) > LONGEST
