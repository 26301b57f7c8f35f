"""WSGI application of the portal."""

import gc
import os
from threading import Thread
from typing import Any

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIRequest
from django.utils.http import parse_header_parameters

from results_portal.serving.header_cache import HeaderCache
from results_portal.serving.micro_cache import MicroCache
from results_portal.signals import worker_started

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "results_portal.settings")
if not settings.DATABASE_URL:
    raise ImproperlyConfigured("DATABASE_URL must be set for a server (see .env.example).")
django.setup(set_prefix=False)


class Request(WSGIRequest):
    """A request decoded as UTF-8, whatever encoding it declares.

    Python has codecs that decode no text, such as "hex": Django would fail while it builds the
    request, before any error page of ours can answer.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        parsed = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        self.content_type, self.content_params = parsed


class Portal(MicroCache, HeaderCache):
    """The WSGI application of Django behind its two caches, the micro-cache in front."""

    request_class = Request


application = Portal()


def _prepare() -> None:
    """Warm the worker up, so that no visitor waits for what is slow the first time.

    Everything allocated by then stays, so the garbage collector need not look at it: that would
    stop every visitor of this process for 0.2 s now and then.
    """
    worker_started.send_robust(None)
    gc.collect()
    gc.freeze()


gc.freeze()
if getattr(settings, "PREPARE_WORKERS", True):
    Thread(target=_prepare, daemon=True).start()
