"""Short forms read before Django is called, under the checks of its CSRF middleware."""

import io
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

_TYPE = "application/x-www-form-urlencoded"
_MAX_BYTES = 4096


class _CsrfCheck(CsrfViewMiddleware):
    """The check of the CSRF middleware alone: Django answers and logs what it refuses."""

    def _reject(self, request: Any, reason: str) -> Any:
        return reason


def _no_view(_request: HttpRequest) -> HttpResponse:
    """Stand for the view, which the middleware needs and is never called."""
    return HttpResponse()


_csrf_check = _CsrfCheck(_no_view)


def checked_form(environ: dict[str, Any]) -> WSGIRequest | None:
    """Return the request of a short form that passes the CSRF check, or None: Django decides.

    The body can be read again afterwards.
    """
    length = environ.get("CONTENT_LENGTH", "")
    if environ.get("CONTENT_TYPE") != _TYPE or environ["QUERY_STRING"]:
        return None
    if not (length.isdecimal() and 0 < int(length) <= _MAX_BYTES):
        return None
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    request = WSGIRequest({**environ, "wsgi.input": io.BytesIO(body)})
    _csrf_check.process_request(request)
    refused = _csrf_check.process_view(request, _no_view, (), {})
    return request if refused is None else None
