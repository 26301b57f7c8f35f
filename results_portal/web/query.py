"""Query parameters that a page reads; all others are removed.

Newsletters and social networks add parameters of their own to the links that they carry
(`utm_source`, `fbclid`). For a page that names what it reads they are removed before the view: no
link repeats them, and no cache keeps a copy for each.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponseBase

_NAMES = "query_names"

View = Callable[..., Any]


def reads_query(*names: str) -> Callable[[View], View]:
    """View decorator: the page reads the query parameters of these names only."""

    def mark(view: View) -> View:
        setattr(view, _NAMES, frozenset(names))
        return view

    return mark


def names_read(view: View) -> frozenset[str] | None:
    """Return the names of the parameters that a view reads, None where it names none."""
    return getattr(view, _NAMES, None)


def known_query(query: str, names: frozenset[str]) -> str:
    """Return the part of a query string whose parameters have these names."""
    if not query:
        return query
    pairs = query.split("&")
    return "&".join(pair for pair in pairs if unquote_plus(pair.partition("=")[0]) in names)


class QueryMiddleware:
    """Middleware that removes the query parameters that the page does not read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, *_arguments: Any) -> None:
        query, names = request.META.get("QUERY_STRING", ""), names_read(view)
        if query and names is not None:
            request.META["QUERY_STRING"] = known_query(query, names)
            vars(request).pop("GET", None)  # Django reads it once
