"""The WSGI application that a server runs."""

import gc
import os
from threading import Thread
from typing import Any

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIRequest
from django.utils.http import parse_header_parameters

from results_portal.serving.header_cache import Envelopes
from results_portal.serving.micro_cache import Moments
from results_portal.signals import worker_started

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


class Portal(Moments, Envelopes):
    request_class = Request


application = Portal()


def _prepare() -> None:
    """Make what takes long for the first time, so that nobody who asks for it waits.

    All that is there when it is done stays: Python need not go through it in its search for
    cycles, which would stop every visitor of this process for 0.2 s now and then.
    """
    worker_started.send_robust(None)
    gc.collect()
    gc.freeze()


gc.freeze()
if getattr(settings, "PREPARE_WORKERS", True):
    Thread(target=_prepare, daemon=True).start()
