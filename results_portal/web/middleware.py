"""Middleware: security headers for every page, and what only staff pages need."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from allauth.account import middleware as allauth_middleware
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware as _AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware as _MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware as _SessionMiddleware
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from pghistory.middleware import HistoryMiddleware as _HistoryMiddleware

from results_portal.web import refusal

GetResponse = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
)


class ContentSecurityPolicyMiddleware:
    """Middleware that lets pages load resources of this site alone, no inline script or style.

    A view that sets one of these headers keeps its own value.
    """

    headers = (
        ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", PERMISSIONS_POLICY),
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.headers:
            response.headers.setdefault(name, value)
        return response


class MethodNotAllowedMiddleware:
    """Middleware that gives responses with status 405 a page.

    Django's own has no content, which a browser shows as a failure of the site.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            response.content = refusal.not_allowed(request)
            response["Content-Length"] = str(len(response.content))
        return response


class _NullCharacterMiddleware:
    """Middleware that refuses a URL with a null character (400).

    The filters of the admin would pass it to PostgreSQL, which raises an error.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "\0" in unquote(request.META.get("QUERY_STRING", "")):
            raise BadRequest("null character")
        return self.get_response(request)


class _AccountMiddleware:
    """allauth's middleware as a class: it is a function there."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._account = allauth_middleware.AccountMiddleware(get_response)
        self.process_exception = self._account.process_exception

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._account(request)


def staff_only(middleware: type) -> Any:
    """Return a subclass of `middleware` for the paths under `settings.STAFF_PREFIX` alone.

    Candidates have no session, no Django user and no messages: their pages do not pay for them.
    The checks of the admin recognise a subclass.
    """

    class StaffOnly(middleware):
        async_capable = False

        def __call__(self, request: HttpRequest) -> HttpResponse:
            if request.path_info.startswith(settings.STAFF_PREFIX):
                return super().__call__(request)
            return self.get_response(request)

    StaffOnly.__name__ = StaffOnly.__qualname__ = middleware.__name__
    return StaffOnly


SessionMiddleware = staff_only(_SessionMiddleware)
AuthenticationMiddleware = staff_only(_AuthenticationMiddleware)
MessageMiddleware = staff_only(_MessageMiddleware)
HistoryMiddleware = staff_only(_HistoryMiddleware)
NullCharacterMiddleware = staff_only(_NullCharacterMiddleware)
AccountMiddleware = staff_only(_AccountMiddleware)
