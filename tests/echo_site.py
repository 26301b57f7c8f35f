"""A site that tells what it was asked, to be served in both ways: `wsgi` and `rsgi`."""

import hashlib
import json
import math
import threading
import time
from collections import Counter

from django.conf import settings

if not settings.configured:
    settings.configure(SHORT_PAGES={"/short/"}, STATIC_URL="/static/", STAFF_PREFIX="/gestion/")

from results_portal.serving import micro_cache
from results_portal.serving.server import Server

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
    """Two of its pages are shared by all and slow to make; one is to be refreshed at once."""

    SHARED, REFRESHED = "/shared/", "/refreshed/"

    def __init__(self):
        self.pages = {}
        self.made = Counter()

    def cached(self, request_key):
        page = self.pages.get(request_key[0])
        return page if page and time.monotonic() < page.expires_at else None

    def is_shared(self, request_key):
        return request_key[0] in {self.SHARED, self.REFRESHED}

    def find_query(self, environ):
        return None

    def __call__(self, environ, start_response):
        if page := self.cached([environ["PATH_INFO"]]):
            start_response(page.status, page.headers)
            return [page.body]
        return self.refresh(environ, start_response)

    def refresh(self, environ, start_response):
        body = environ["wsgi.input"].read()
        if environ["PATH_INFO"] == "/slow/":
            time.sleep(3)
        start_response(
            "200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
        )
        if (path := environ["PATH_INFO"]) in {self.SHARED, self.REFRESHED}:
            self.made[path] += 1
            body = b"%d" % self.made[path]
            time.sleep(1)
            now = time.monotonic()
            refresh_from = now if path == self.REFRESHED and body == b"1" else math.inf
            self.pages[path] = micro_cache.CachedResponse(
                now + 60, "200 OK", [], body, refresh_from
            )
            return [body]
        if environ["PATH_INFO"] == "/pieces/":
            return _Pieces()
        told = {
            key: value
            for key, value in environ.items()
            if key in _TOLD or key.startswith(("HTTP_", "CONTENT_"))
        }
        return [json.dumps([told, len(body), hashlib.sha256(body).hexdigest()]).encode()]


wsgi = Site()
rsgi = Server(wsgi)
