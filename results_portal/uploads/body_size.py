"""Bytes that a request may send, decided by its page before the body is read."""

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import Resolver404, resolve

MOST = 1 << 20  # of a page that takes no files
_MARK = "most_bytes"

View = Callable[..., Any]
Environ = Mapping[str, Any]


def takes_files(most: int) -> Callable[[View], View]:
    """View decorator: the body of a request for the page may have so many bytes."""

    def mark(view: View) -> View:
        setattr(view, _MARK, most)
        return view

    return mark


def most_bytes(path: str) -> int:
    """Return how many bytes the body of a request for a path may have."""
    try:
        view = resolve(path).func
    except Resolver404:
        return MOST
    return int(getattr(view, _MARK, MOST))


def is_too_long(environ: Environ, most: int) -> bool:
    """Whether a request says that its body is longer than that."""
    length = environ.get("CONTENT_LENGTH") or ""
    return length.isdecimal() and int(length) > most
