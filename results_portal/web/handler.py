"""Django's request handler, and the preparation of a worker before its first request."""

import gc
import logging
import os
from threading import Thread
from typing import Any

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.http import parse_header_parameters

from results_portal.signals import worker_started
from results_portal.uploads.body_size import MOST, is_too_long, most_bytes
from results_portal.web.private_page import CACHE_CONTROL

# Their length, if they say one, is that of a body that is not sent.
BODILESS_STATUSES = {204, 304}

# Granian drops a header with letters that are not ASCII, and says "" in its place.
UNREADABLE_COOKIES = "portal.unreadable_cookies"

logger = logging.getLogger(__name__)


def set_up() -> None:
    """Set Django up for a server. Raises ImproperlyConfigured without `DATABASE_URL`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "results_portal.settings")
    if not settings.DATABASE_URL:
        raise ImproperlyConfigured("DATABASE_URL must be set for a server (see .env.example).")
    django.setup(set_prefix=False)


class Request(WSGIRequest):
    """A request read as UTF-8, whatever encoding it claims.

    Python knows names of encodings that are not encodings of text, such as "hex": Django would fail
    while it makes the request, where no page of ours can answer.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        found = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        self.content_type, self.content_params = found


class Portal(WSGIHandler):
    """The portal, as plain Django."""

    request_class = Request

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        environ[UNREADABLE_COOKIES] = environ.get("HTTP_COOKIE") == ""
        if is_too_long(environ, MOST) and is_too_long(environ, most_bytes(environ["PATH_INFO"])):
            response = too_long()
            start_response("413 Content Too Large", list(response.items()))
            return [response.content]
        return super().__call__(environ, start_response)

    def most_bytes(self, path: str) -> int:
        """Return how many bytes the body of a request for a path may have."""
        return most_bytes(path)

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        response = super().get_response(request)
        if request.method != "HEAD":
            mend_length(response)
        return response


def too_long() -> HttpResponse:
    """Return the 413 page, in both languages; it closes the connection, whose body is unread."""
    headers = {
        "Cache-Control": CACHE_CONTROL,
        "Connection": "close",
        "Content-Language": "fr, en",
    }
    return HttpResponse(render_to_string("413.html"), status=413, headers=headers)


def mend_length(response: HttpResponseBase) -> None:
    """Give a response the length of its body, and log an error where it said another one.

    A client takes what comes after that length for the next answer. A streamed response that is too
    long is cut by the server, and one that is too short closes the connection.
    """
    if not isinstance(response, HttpResponse) or response.status_code in BODILESS_STATUSES:
        return
    said, length = response.get("Content-Length"), str(len(response.content))
    if said is not None and said != length:
        logger.error(
            "A response of status %s said %s bytes and has %s.", response.status_code, said, length
        )
        response["Content-Length"] = length


def prepare_worker() -> None:
    """Prepare in a thread what takes long the first time, so that no visitor waits for it."""
    gc.freeze()
    if getattr(settings, "PREPARE_WORKERS", True):
        Thread(target=_prepare, daemon=True).start()


def _prepare() -> None:
    """Warm up, then freeze every object.

    Python's garbage collector would stop all visitors of this process for 0.2 s now and then.
    """
    worker_started.send_robust(None)
    gc.collect()
    gc.freeze()
