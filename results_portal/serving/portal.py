"""Django's WSGI application, which caches its answers for the event loop."""

import logging
from collections.abc import Callable, Generator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, parse_cookie
from django.urls import resolve, reverse
from django.utils import translation

from results_portal.caches import BoundedCache
from results_portal.postgresql.base import Rows
from results_portal.serving.cache_key import KEY_HEADERS, CacheKey
from results_portal.serving.header_cache import HeaderCache
from results_portal.serving.micro_cache import Page, SharedPages
from results_portal.serving.registry import (
    Environ,
    Observer,
    Query,
    Reply,
    ResponseBody,
    Share,
    Start,
    Step,
    registry,
)
from results_portal.web.handler import Portal
from results_portal.web.query import known_query, names_read

_MOST_PATHS = 10_000

logger = logging.getLogger(__name__)


def cache_key(environ: Environ) -> CacheKey:
    """Return the key under which the answer to a GET is shared; the cookies are its last part."""
    return *map(environ.get, KEY_HEADERS), environ.get("HTTP_COOKIE")


class RememberingPortal(Portal):
    """Django's application, which fills the caches of the server as it answers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pages = SharedPages()
        self.headers = HeaderCache()
        self.starts: dict[tuple[str, str], Start] = {}
        self._names_read: BoundedCache[str, frozenset[str]] = BoundedCache(_MOST_PATHS)
        for (view, method), start in registry.starts.items():
            path = reverse(view)
            self.starts[method, path] = start
            self._learn(path, resolve(path).func)

    def known_query(self, path: str, query: str) -> str:
        """Return the part of a query string that the page of this path reads."""
        names = self._names_read.get(path)
        return query if names is None else known_query(query, names)

    def is_observed(self, path: str) -> bool:
        """Whether the page of this path may be shared by concurrent requests."""
        return self._names_read.get(path) is not None

    def visit(self, environ: Environ) -> Generator[Query, Rows, Reply | None]:
        """Yield the queries of a visit that is registered, and return its answer.

        None where Django must answer: nobody has asked in this way yet, or the case is unusual.
        """
        cookies = parse_cookie(environ.get("HTTP_COOKIE", ""))
        known = self.headers.known(environ, cookies)
        if known is None:
            return None
        language = known.language
        start = self.starts[environ["REQUEST_METHOD"], environ["PATH_INFO"]]
        step = _next(language, start, environ, cookies)
        while isinstance(step, Query):
            if step.needs and step.needs not in known.by_kind:
                return None
            step = _next(language, step.answer, (yield step))
        return known.around(step) if isinstance(step, ResponseBody) else None

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        response = super().get_response(request)
        self._remember(request, response)
        return response

    def _remember(self, request: HttpRequest, response: HttpResponseBase) -> None:
        match = request.resolver_match
        if match is None or not isinstance(response, HttpResponse):
            return
        if (request.method, request.path_info) in self.starts:
            self.headers.keep(request.META, request.COOKIES, response)
        if observer := registry.observers.get(match.view_name):
            self._learn(request.path_info, match.func)
            share = _share(observer, request, response)
            if settings.IDENTIFICATION_COOKIE in request.COOKIES:
                share = None  # a page that says who is identified
            if request.method == "GET":
                key = cache_key(request.META)
                if share:
                    self.pages.keep(key, response, share)
                else:
                    self.pages.forget(key)

    def _learn(self, path: str, view: Any) -> None:
        names = names_read(view)
        if names is not None:
            self._names_read[path] = names


def reply_of(page: Page) -> Reply:
    """Return a cached page as a reply."""
    return Reply(page.status, page.headers, page.body)


def _next(language: str, function: Callable[..., Step], *arguments: Any) -> Step:
    """Return the next step of a visit; None where it fails: Django repeats and reports it.

    The language stays: the loop runs steps only, and each of them sets its own.
    """
    translation.activate(language)
    try:
        return function(*arguments)
    except Exception:  # noqa: BLE001
        return None


def _share(observer: Observer, request: HttpRequest, response: HttpResponse) -> Share | None:
    try:
        return observer(request, response)
    except Exception:
        logger.exception("%s is shared with nobody", request.path_info)
        return None
