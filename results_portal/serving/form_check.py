"""A short form read in front of Django's handler, checked as its CSRF middleware checks it."""

import io
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

_TYPE = "application/x-www-form-urlencoded"
_MOST = 4096  # bytes


class _Check(CsrfViewMiddleware):
    """Says why instead of answering, and logs nothing: Django does both."""

    def _reject(self, request: Any, reason: str) -> Any:
        return reason


def _no_view(_request: HttpRequest) -> HttpResponse:
    """What stands behind the middleware: nothing, for it is only asked whether it would refuse."""
    return HttpResponse()


_check = _Check(_no_view)


def short_form(environ: dict[str, Any]) -> WSGIRequest | None:
    """The request of a short form sent by a page of ours, or None where Django is to judge.

    The body can be read again afterwards.
    """
    length = environ.get("CONTENT_LENGTH", "")
    if environ.get("CONTENT_TYPE") != _TYPE or environ["QUERY_STRING"]:
        return None
    if not (length.isdecimal() and 0 < int(length) <= _MOST):
        return None
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    request = WSGIRequest({**environ, "wsgi.input": io.BytesIO(body)})
    _check.process_request(request)
    return request if _check.process_view(request, _no_view, (), {}) is None else None
