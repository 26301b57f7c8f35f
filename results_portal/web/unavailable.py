"""Answers that ask to come back: the 503 page, which needs no database, and every 429."""

import random
import sys
from typing import TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

from results_portal.web.private_page import CACHE_CONTROL

SOONEST, LATEST = 2, 10  # seconds after which a visitor is asked to come back

_LANGUAGES = "fr, en"

Response = TypeVar("Response", bound=HttpResponse)


def unavailable() -> HttpResponse:
    """Return the 503 page, in both languages, with a random time to come back."""
    seconds = random.randint(SOONEST, LATEST)  # noqa: S311  no secret
    page = render_to_string("503.html", {"seconds": seconds})
    headers = {"Retry-After": str(seconds), "Cache-Control": CACHE_CONTROL}
    return HttpResponse(page, status=503, headers={**headers, "Content-Language": _LANGUAGES})


def come_back_in(response: Response, *, seconds: int) -> Response:
    """Make `response` a 429 that asks to come back after `seconds`; return it."""
    response.status_code = 429
    response.headers["Retry-After"] = str(seconds)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Handler of uncaught exceptions: 503 when the database is away or too slow, else 500."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return unavailable()
    if request.path.startswith(settings.STAFF_PREFIX):
        return defaults.server_error(request, "admin/500.html")
    return defaults.server_error(request)
