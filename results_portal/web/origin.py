"""Origin of a form, from the headers that browsers send."""

from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware


class FormOrigin(Enum):
    """Site of the page that sent a request."""

    OWN = "a page of this site"
    FOREIGN = "a page of another site"
    UNKNOWN = "nothing"


def origin_of(request: HttpRequest) -> FormOrigin:
    """Return where a request was sent from, by its headers `Sec-Fetch-Site` and `Origin`.

    No page can forge them. Browsers of before 2020 may send neither.
    """
    site, origin = map(request.META.get, ("HTTP_SEC_FETCH_SITE", "HTTP_ORIGIN"))
    if site not in {None, "same-origin", "none"}:
        return FormOrigin.FOREIGN
    if origin is not None and origin != f"{request.scheme}://{request.get_host()}":
        return FormOrigin.FOREIGN
    return FormOrigin.UNKNOWN if site is None and origin is None else FormOrigin.OWN


def from_this_site(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """View decorator: refuse what a page of another site sends.

    For requests that do no harm when the browser sends neither header.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if origin_of(request) is FormOrigin.FOREIGN:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def is_sent_by_us(request: HttpRequest) -> bool:
    """Whether a form was sent by a page of ours, for a view that is exempt from the CSRF check.

    A browser that sends neither header must send a CSRF token. Raises `PermissionDenied` for a page
    of another site.
    """
    origin = origin_of(request)
    if origin is FormOrigin.FOREIGN:
        raise PermissionDenied
    return origin is FormOrigin.OWN or _has_token(request)


class _TokenCheck(CsrfViewMiddleware):
    """Django's check, which returns its reason instead of a response."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def _no_view(_request: HttpRequest) -> HttpResponse:
    """Placeholder of the view that the middleware expects; never called."""
    return HttpResponse()


_token_check = _TokenCheck(_no_view)


def _has_token(request: HttpRequest) -> bool:
    _token_check.process_request(request)
    return _token_check.process_view(request, _no_view, (), {}) is None
