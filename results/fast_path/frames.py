"""Frames: pages rendered once for many visits, with holes for the parts that differ.

A hole is a `{% part %}` of the template. The cache key of a frame is everything that it was
rendered from: it cannot be stale.
"""

import time
from collections.abc import Callable, Hashable
from datetime import date, timedelta
from functools import lru_cache
from html import escape
from typing import Any

from django.utils import timezone

from results.templatetags.parts import EDGE
from results_portal.caches import BoundedCache

_MOST = 3000
_MINUTE = timedelta(minutes=1)
_frames: BoundedCache[Hashable, list[Any]] = BoundedCache(_MOST)

# In the context of a frame, in place of the visit of who is identified.
VISITOR = {name: f"{EDGE}visitor {name}{EDGE}" for name in ("initials", "exam", "until", "instant")}


def visitor_filler(key: str) -> Callable[[Any], bytes]:
    """Return what fills a hole of `VISITOR`, of anything that has a `visitor`."""
    return lambda shown: escape(getattr(shown.visitor, key)).encode()


def today() -> date:
    """Return the day in the office's time zone, computed once a minute."""
    return _day(int(time.time()) // 60)


@lru_cache(maxsize=2)
def _day(_minute: int) -> date:
    return timezone.localdate()


def cached_frame(key: Hashable) -> list[Any] | None:
    """Return the frame cached under `key`, or None."""
    return _frames.get(key)


def frame(key: Hashable, render: Callable[[], str], hole: Callable[..., Any]) -> list[Any]:
    """Return the frame cached under `key`, or that of the page that `render` gives with holes.

    A frame is a list: bytes of text, and at odd places what `hole` makes of the name and key of
    each part.
    """
    found = _frames.get(key)
    if found is None:
        pieces = render().split(EDGE)
        found = [
            hole(*piece.split(" ")) if i % 2 else piece.encode() for i, piece in enumerate(pieces)
        ]
        _frames[key] = found
    return found
