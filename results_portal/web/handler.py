"""Django's request handler, and the preparation of a worker before its first request."""

import gc
import os
from threading import Thread
from typing import Any

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

from results_portal.signals import worker_started


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
