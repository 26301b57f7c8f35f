"""Micro-cache: one response shared for one second by all who ask for the same page.

Before the hour everybody opens the same look-up form, and after it the same lists. Django answers
the first request; for a second the others get its bytes from memory. Shortly before the second ends
one thread renews the page, while everybody still gets the copy (`Page.renew_from`). A page that
says who is identified is not kept.
While the database is away the last copy is served for longer, but never past the hour that the page
announces.
"""

import math
import time
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.utils import timezone

from results_portal.caches import BoundedCache
from results_portal.serving.cache_key import ADDRESS, CacheKey, is_too_long
from results_portal.serving.registry import Headers, Share

CACHE_SECONDS = 1.0  # for which a page is shared
REFRESH_AHEAD = 0.3  # seconds before they are over, from which the page may be renewed
KEPT_SECONDS = 600.0  # after which a copy that was not renewed is forgotten
LEAD_SECONDS = 60.0  # for which a request is led to its page without Django
_MOST_PAGES, _MOST_REQUESTS = 1000, 100_000

PageKey = tuple[Any, ...]


class Page(NamedTuple):
    """A response in memory. Instants are those of `time.monotonic`."""

    fresh_until: float
    valid_until: float
    made_at: float
    trusted_seconds: float
    renew_from: float
    status: int
    headers: Headers
    body: bytes


class SharedPages:
    """Responses shared by many clients, and the one that each kind of request leads to."""

    def __init__(self) -> None:
        self._pages: BoundedCache[PageKey, Page] = BoundedCache(_MOST_PAGES)
        self._claimed: BoundedCache[PageKey, float] = BoundedCache(_MOST_PAGES)
        self._leads: BoundedCache[CacheKey, tuple[PageKey, float]] = BoundedCache(_MOST_REQUESTS)

    def fresh(self, key: CacheKey) -> Page | None:
        """Return the page that this request leads to, if it is at most a second old."""
        lead = self._leads.get(key)
        if lead is None:
            return None
        page = self._pages.get(lead[0])
        return page if page and time.monotonic() < min(page.fresh_until, lead[1]) else None

    def page_key(self, key: CacheKey) -> PageKey:
        """Return what names the page that this request leads to, or the request itself."""
        lead = self._leads.get(key)
        return lead[0] if lead else key

    def claim_renewal(self, key: CacheKey) -> bool:
        """Whether this request is to renew its page: it is due, and nobody else does so yet."""
        page_key = self.page_key(key)
        page = self._pages.get(page_key)
        if page is None or time.monotonic() < page.renew_from:
            return False
        if self._claimed.get(page_key) == page.made_at:
            return False
        self._claimed[page_key] = page.made_at
        return True

    def last(self, key: CacheKey, seen_at: float = 0.0) -> Page | None:
        """Return the last copy of the page that this request leads to, unless its hour is past."""
        lead = self._leads.get(key)
        page = lead and self._pages.get(lead[0])
        if not page or time.monotonic() >= page.valid_until:
            return None
        return page if seen_at - page.made_at < page.trusted_seconds else None

    def forget_old(self) -> None:
        """Forget what nobody has asked for in a while: purged data must not stay in memory."""
        oldest = time.monotonic() - KEPT_SECONDS
        for page_key, page in list(self._pages.items()):
            if page.made_at < oldest:
                self._pages.discard(page_key)

    def keep(self, key: CacheKey, response: HttpResponse, share: Share) -> None:
        """Share a response of Django, if it suits all who are led to it."""
        if response.status_code not in {200, 304} or response.streaming or response.cookies:
            return
        if is_too_long(key):
            return
        now = time.monotonic()
        left = (share.until - timezone.now()).total_seconds() if share.until else math.inf
        language, encoding = response["Content-Language"], response.get("Content-Encoding")
        page_key = (key[: len(ADDRESS)], language, encoding, share.key)
        self._pages[page_key] = Page(
            now + min(left, CACHE_SECONDS),
            now + left,
            now,
            share.trusted_seconds,
            # Renewed ahead of its hour, it would be the same page.
            now + CACHE_SECONDS - REFRESH_AHEAD if left >= CACHE_SECONDS else math.inf,
            response.status_code,
            list(response.items()),
            response.content,
        )
        self._leads[key] = page_key, now + LEAD_SECONDS

    def forget(self, key: CacheKey) -> None:
        """Stop leading this request to a shared page."""
        self._leads.discard(key)
