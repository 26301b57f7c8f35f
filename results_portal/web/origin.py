"""The origin of a form, as the browser declares it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse


def from_this_site(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """View decorator that refuses forms sent by a page of another site (403).

    Browsers declare the origin in `Origin` and `Sec-Fetch-Site`, which no page can forge. Only for
    views that do no harm when a browser sends neither: all others take a CSRF token.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        own = f"{request.scheme}://{request.get_host()}"
        if site not in {"same-origin", "none"} or request.headers.get("Origin", own) != own:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
