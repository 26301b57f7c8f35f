"""Pages that no browser and no proxy may store."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

CACHE_CONTROL = "max-age=0, no-cache, no-store, must-revalidate, private"


def private_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """View decorator like Django's `never_cache`, which computes the same header each time."""

    @wraps(view)
    def never_stored(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = CACHE_CONTROL
        return response

    return never_stored
