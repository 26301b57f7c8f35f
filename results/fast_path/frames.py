"""Pages rendered once for many, with holes for what differs from one visit to the next.

A hole is a `{% part %}` of the template. A frame is found under everything that it was rendered
from: it cannot be stale.
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


def always() -> tuple[Hashable, ...]:
    """What every page shows: its language, and who the office is."""
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
    """For tests: a setting changes in no other way."""
    _office.cache_clear()


def today() -> date:
    """The day in the time zone of the office, worked out once a minute."""
    return _day(int(time.time()) // 60)


@lru_cache(maxsize=2)
def _day(_minute: int) -> date:
    return timezone.localdate()


def known(key: Hashable) -> list[Any] | None:
    """The frame kept under `key`, or None."""
    return _frames.get(key)


def frame(
    key: Hashable, render: Callable[[], str], hole: Callable[..., Any] = lambda *name: name
) -> list[Any]:
    """The frame kept under `key`, or else what `render` gives with holes: bytes of text, and in
    between what `hole` makes of the name and key of each part."""
    found = _frames.get(key)
    if found is None:
        pieces = render().split(EDGE)
        found = [
            hole(*piece.split(" ")) if i % 2 else piece.encode() for i, piece in enumerate(pieces)
        ]
        _frames[key] = found
    return found


def framed(
    request: HttpRequest,
    template: str,
    context: Callable[[], dict[str, Any]],
    *,
    key: Hashable,
    holes: dict[str, Callable[[], str]],
) -> bytes:
    """The page of a template: rendered from what `context` gives, or from memory under `key`, which
    holds all that the page shows. `holes` says what stands in each part."""

    def render() -> str:
        return render_to_string(template, context() | {HOLES: True}, request)

    if request.META.get("QUERY_STRING"):  # which the page repeats
        return render_to_string(template, context(), request).encode()
    written = list(frame((template, request.path, *always(), key), render))
    for place in range(1, len(written), 2):
        written[place] = holes[written[place][0]]().encode()
    return b"".join(written)


def clocked(now: datetime, releases: list[dict[str, Any]]) -> Hashable:
    """What a page with the countdowns of `releases` shows at the instant `now`, but the instant."""
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
    """The holes of pages with countdowns and forms."""
    return {"now": lambda: escape(instant(now)), "token": lambda: csrf_input(request)}
