"""Security headers for every page, and the middleware that only staff pages need."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware as _AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware as _MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware as _SessionMiddleware
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from pghistory.middleware import HistoryMiddleware as _HistoryMiddleware

type_of_get_response = Callable[[HttpRequest], HttpResponse]

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
    """Let pages load what comes from this site and nothing else, no inline script or style.

    A view that sets one of these headers itself keeps its own.
    """

    headers = (
        ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
        ("Permissions-Policy", PERMISSIONS_POLICY),
    )

    def __init__(self, get_response: type_of_get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.headers:
            response.headers.setdefault(name, value)
        return response


class MethodNotAllowedMiddleware:
    """Refuse by a page, as for everything else, the way of asking that a page does not know.

    Django's own refusal is empty, which a browser shows as a failure of the site.
    """

    def __init__(self, get_response: type_of_get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            response.content = render_to_string("400.html", request=request)
        return response


class _NullCharacterMiddleware:
    """Refuse at the door an address with a null character, which PostgreSQL cannot compare.

    The filters of the admin would ask it to.
    """

    def __init__(self, get_response: type_of_get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "\0" in unquote(request.META.get("QUERY_STRING", "")):
            raise BadRequest("null character")
        return self.get_response(request)


def staff_only(middleware: type) -> Any:
    """`middleware`, for the paths under `settings.STAFF_PREFIX` alone.

    Candidates have no session, no Django user and no messages: their pages do not pay for them.
    The answer is a subclass, so that the checks of the admin recognise it.
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
