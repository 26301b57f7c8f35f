"""Middleware of pages that say who is identified."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

from candidates.identification import cookie
from results_portal.web.private_page import CACHE_CONTROL


class VisitorMiddleware:
    """Middleware that lets nobody store a page of a visitor who is identified.

    Pages of others tell caches that the cookie makes a difference.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["Cookie"])
            if cookie.identified(request):
                response.headers["Cache-Control"] = CACHE_CONTROL
        return response
