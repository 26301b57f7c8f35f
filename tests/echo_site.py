"""A site that tells what it was asked, to be served in both ways: `wsgi` and `rsgi`."""

import hashlib
import json
import os
import threading
import time
from collections import Counter
from pathlib import Path

import environ
from django.conf import settings

if not settings.configured:
    settings.configure(
        DATABASES={
            "default": {},
            "public": environ.Env.db_url_config(os.environ["DATABASE_URL"])
            | {"ENGINE": "results_portal.postgresql"},
        },
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [Path(__file__).parents[1] / "templates"],
            }
        ],
        STATIC_URL="/static/",
        STAFF_PREFIX="/gestion/",
    )

import django
from django.http import HttpResponse

django.setup()

from results_portal.serving.micro_cache import SharedPages  # noqa: E402
from results_portal.serving.portal import cache_key  # noqa: E402
from results_portal.serving.registry import Share  # noqa: E402
from results_portal.serving.server import Server  # noqa: E402
from results_portal.uploads.body_size import MOST  # noqa: E402

PIECE, PIECES = b"x" * 65_536, 100
_TOLD = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "SCRIPT_NAME", "SERVER_NAME")
_TOLD += ("SERVER_PORT", "SERVER_PROTOCOL", "REMOTE_ADDR", "wsgi.url_scheme", "wsgi.version")


class _Pieces:
    """A long answer made bit by bit, as Django's streaming ones: all in one thread."""

    streaming = True

    def __init__(self):
        self._thread = threading.get_ident()

    def __iter__(self):
        for _piece in range(PIECES):
            assert threading.get_ident() == self._thread
            yield PIECE

    def close(self):
        pass


class Site:
    """One of its pages is shared by all and takes a third of a second to make."""

    SHARED, SHORT, FILES = "/shared/", "/short/", "/files/"

    def __init__(self):
        self.pages = SharedPages()
        self.starts = {("GET", self.SHORT): None, ("HEAD", self.SHORT): None}
        self.starts |= {("POST", self.SHORT): None}
        self.made = Counter()
        self.is_busy = False

    def most_bytes(self, path):
        return (50 << 20) if path == self.FILES else MOST

    def known_query(self, _path, query):
        return query

    def is_observed(self, path):
        return path == self.SHARED

    def visit(self, _environ):
        return None
        yield

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read()
        path = environ["PATH_INFO"]
        if path == "/slow/" or environ["QUERY_STRING"] == "slow":
            time.sleep(1.5)
        headers = [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
        if path == "/wrong-length/":
            headers.append(("Content-Length", "0"))
        start_response("200 OK", headers)
        if path == self.SHARED:
            assert not self.is_busy, "made by two at a time"
            self.is_busy = True
            self.made[path] += 1
            made = b"%d" % self.made[path]
            time.sleep(0.3)
            response = HttpResponse(made, headers={"Content-Language": "fr"})
            self.pages.keep(cache_key(environ), response, Share(path))
            self.is_busy = False
            return [made]
        if path == "/pieces/":
            return _Pieces()
        if path == "/wrong-length/":
            return [b"wrong"]
        told = {
            key: value
            for key, value in environ.items()
            if key in _TOLD or key.startswith(("HTTP_", "CONTENT_"))
        }
        return [json.dumps([told, len(body), hashlib.sha256(body).hexdigest()]).encode()]


wsgi = Site()
rsgi = Server(wsgi)
