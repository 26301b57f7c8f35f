"""Frames: pages rendered once for many visits, with holes for the parts that differ.

A hole is a `{% part %}` of the template. The cache key of a frame is everything that it was
rendered from: it cannot be stale.
"""

import time
from collections.abc import Callable, Hashable
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from html import escape
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from results.templatetags.parts import EDGE, HOLES
from results_portal.caches import BoundedCache
from results_portal.templatetags.portal import instant

_MOST = 3000
_MINUTE = timedelta(minutes=1)
_frames: BoundedCache[Hashable, list[Any]] = BoundedCache(_MOST)


def site_key() -> tuple[Hashable, ...]:
    """Return the part of a cache key for what every page shows: language and office."""
    return get_language(), *_office()


@cache
def _office() -> tuple[Hashable, ...]:
    return (
        settings.SITE_NAME,
        settings.OFFICE_NAME,
        settings.OFFICE_ADDRESS,
        settings.OFFICE_CITY,
        settings.OFFICE_EMAIL,
        settings.STATE_BRAND,
        settings.STATE_FONT,
    )


@receiver(setting_changed)
def _another_office(**_changed: Any) -> None:
    """Follow changed settings, which only tests change."""
    _office.cache_clear()


def today() -> date:
    """Return the day in the office's time zone, computed once a minute."""
    return _day(int(time.time()) // 60)


@lru_cache(maxsize=2)
def _day(_minute: int) -> date:
    return timezone.localdate()


def cached_frame(key: Hashable) -> list[Any] | None:
    """Return the frame cached under `key`, or None."""
    return _frames.get(key)


def frame(
    key: Hashable, render: Callable[[], str], hole: Callable[..., Any] = lambda *name: name
) -> list[Any]:
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


def render_framed(
    request: HttpRequest,
    template: str,
    context: Callable[[], dict[str, Any]],
    *,
    key: Hashable,
    holes: dict[str, Callable[[], str]],
) -> bytes:
    """Return the page of a template, in a frame cached under `key`.

    `key` holds all that the page shows outside its holes; `context` is called to render the frame;
    `holes` gives the content of each part.
    """

    def render() -> str:
        return render_to_string(template, context() | {HOLES: True}, request)

    if request.META.get("QUERY_STRING"):  # the page repeats it
        return render_to_string(template, context(), request).encode()
    written = list(frame((template, request.path, *site_key(), key), render))
    for place in range(1, len(written), 2):
        written[place] = holes[written[place][0]]().encode()
    return b"".join(written)


def countdown_key(now: datetime, releases: list[dict[str, Any]]) -> Hashable:
    """Return a cache key for all that countdowns of `releases` show at `now`, except seconds."""
    return now.strftime("%Y%m%d%H%M"), *(
        (
            release["session_label"],
            *release["speciality_labels"],
            release["round"],
            release["state"],
            release["opens_at"],
            -(-(release["opens_at"] - now) // _MINUTE),
        )
        for release in releases
    )


def visit_holes(request: HttpRequest, now: datetime) -> dict[str, Callable[[], str]]:
    """Return the contents of the holes of pages with countdowns and forms."""
    return {"now": lambda: escape(instant(now)), "token": lambda: csrf_input(request)}
