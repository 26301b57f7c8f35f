"""Django's handler of requests, and what a worker prepares before the first of them."""

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
    """Set Django up for a server, which needs a database that it was told of."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "results_portal.settings")
    if not settings.DATABASE_URL:
        raise ImproperlyConfigured("DATABASE_URL must be set for a server (see .env.example).")
    django.setup(set_prefix=False)


class Request(WSGIRequest):
    """A request read as UTF-8, whatever encoding it claims.

    Python knows more names of encodings than those that a text may be in, such as "hex": Django
    would fail while it makes the request, where no page of ours can answer.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        found = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        self.content_type, self.content_params = found


class Portal(WSGIHandler):
    """The portal, as plain Django."""

    request_class = Request


def prepare_worker() -> None:
    """Make what takes long for the first time in a thread, so that no visitor waits for it."""
    gc.freeze()
    if getattr(settings, "PREPARE_WORKERS", True):
        Thread(target=_prepare, daemon=True).start()


def _prepare() -> None:
    """All that is there at the end stays: Python need not look through it in its search for
    cycles, which would stop every visitor of this process for 0.2 s now and then."""
    worker_started.send_robust(None)
    gc.collect()
    gc.freeze()
