"""Pages that many ask for at once, answered from memory for a moment, before Django is asked.

Until the hour strikes everybody reloads the same page, and after it the same list. A view says so
of its answer (`share`); for a second at the most, whoever asks for it in the same way gets the same
bytes. Towards the end of that second a server may have the page made anew while everybody still
gets the former one (`Page.renew_from`); once it is over, who comes asks Django, as ever.
"""

import math
import time
from collections.abc import Hashable
from typing import Any, NamedTuple

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse

from results_portal.caches import BoundedCache
from results_portal.serving.cache_key import ADDRESS, READ, is_too_long

MOMENT = 1.0  # seconds for which a page is kept
AHEAD = 0.3  # seconds before they are over, from which the page may be made anew
KNOWN = 60.0  # seconds after which who asks is led there anew: an identification may have ended
_UNKNOWN = None, 0.0
_MOST_PAGES, _MOST_ASKERS = 1000, 100_000
_KEY, _FOR = "_shared_key", "_shared_for"
# Cookies too: that of an identified candidate leads to the page, and its bytes are compared.
ASKED_BY = (*READ, "HTTP_COOKIE")

Environ = dict[str, Any]
Asker = tuple[str | None, ...]


def share(response: HttpResponse, key: Hashable, *, seconds: float = MOMENT) -> HttpResponse:
    """Let `response` serve all who are sent the page of this `key` in the same language, for a
    moment, and for no more than `seconds`; returns it.

    `key` holds everything of which the page depends; nothing in it is of one visitor only.
    """
    now = time.monotonic()
    # Whose end is an hour that strikes is not made anew before: it would be the same page.
    renew_from = now + MOMENT - AHEAD if seconds >= MOMENT else math.inf
    setattr(response, _KEY, key)
    setattr(response, _FOR, (now + min(seconds, MOMENT), renew_from))
    return response


class Page(NamedTuple):
    until: float
    status: str
    headers: list[tuple[str, str]]
    body: bytes
    renew_from: float = math.inf


class Moments(WSGIHandler):
    """Django's WSGI application, with a memory in front of it.

    It remembers which page each way of asking led to, and each page once: a candidate who reloads
    costs two look-ups. Who has not asked before is led there by Django, who checks who they are.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._askers: BoundedCache[Asker, tuple[Hashable, float]] = BoundedCache(_MOST_ASKERS)
        self._pages: BoundedCache[Hashable, Page] = BoundedCache(_MOST_PAGES)

    def __call__(self, environ: Environ, start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] != "GET":
            return super().__call__(environ, start_response)
        page = self.kept(tuple(map(environ.get, ASKED_BY)))
        if page is not None:
            start_response(page.status, page.headers)
            return [page.body]
        return self.anew(environ, start_response)

    def anew(self, environ: Environ, start_response: Any) -> Any:
        """Django's answer to a GET, whatever is kept for it; it is kept from now on."""
        asker = tuple(map(environ.get, ASKED_BY))
        answer = super().__call__(environ, start_response)
        if hasattr(answer, _KEY):
            self._keep_page(asker, answer)
        else:
            self._askers.discard(asker)
        return answer

    def kept(self, asker: Asker) -> Page | None:
        """The page that a GET leads to which says this of what `ASKED_BY` names, where it is
        kept."""
        known, until = self._askers.get(asker) or _UNKNOWN
        page = self._pages.get(known)
        return page if page and time.monotonic() < min(page.until, until) else None

    def is_shared(self, asker: Asker) -> bool:
        """Whether a GET that says this led to a page that serves many, a while ago at the most."""
        return time.monotonic() < (self._askers.get(asker) or _UNKNOWN)[1]

    def _keep_page(self, asker: Asker, answer: Any) -> None:
        if is_too_long(asker):
            return
        if answer.status_code not in {200, 304} or answer.streaming or answer.cookies:
            return
        language, encoding = map(answer.get, ("Content-Language", "Content-Encoding"))
        key = (asker[: len(ADDRESS)], language, encoding, getattr(answer, _KEY))
        status = f"{answer.status_code} {answer.reason_phrase}"
        until, renew_from = getattr(answer, _FOR)
        self._pages[key] = Page(until, status, list(answer.items()), answer.content, renew_from)
        self._askers[asker] = key, time.monotonic() + KNOWN
