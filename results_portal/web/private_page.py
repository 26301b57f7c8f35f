"""Pages that no browser and no proxy may keep."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

CACHE_CONTROL = "max-age=0, no-cache, no-store, must-revalidate, private"


def private_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """View decorator: what Django's `never_cache` promises, without working it out each time."""

    @wraps(view)
    def kept_by_nobody(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = CACHE_CONTROL
        return response

    return kept_by_nobody
