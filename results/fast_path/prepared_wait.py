"""The page of who waits for the hour, filled into a frame that all who wait for it share.

The result is the page of the template `results/waiting.html`, byte for byte: a test compares them.
"""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from django.http import HttpRequest
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils.translation import get_language

from candidates.identification.cookie import Visit
from results.fast_path import frames
from results.gate.lookup import Announcement
from results.templatetags.parts import HOLES, nodes_of
from results_portal.caches import BoundedCache
from results_portal.templatetags.portal import instant
from results_portal.web.page_key import language_and_office

TEMPLATE = "results/waiting.html"
_COUNTDOWN = "results/includes/countdown.html"
_MINUTE = timedelta(minutes=1)
_countdowns: BoundedCache[Hashable, bytes] = BoundedCache(1000)


class Wait(NamedTuple):
    """A visitor who waits for a release, or for none that is announced, and the instant `now`."""

    visitor: Visit
    release: Announcement | None
    now: datetime

    @property
    def key(self) -> Hashable:
        """Everything that the frame shows or depends on."""
        one = self.release
        shown = one and (one["session_label"], one["exam"], *one["speciality_labels"], one["round"])
        return TEMPLATE, *language_and_office(), shown, one and one["opens_at"]


def wait_page(request: HttpRequest, wait: Wait) -> bytes:
    """Return the page."""
    return _filled(frames.frame(wait.key, lambda: _frame(request, wait), _filler), wait)


def cached_page(wait: Wait) -> bytes | None:
    """Return the page if its frame is cached."""
    frame = frames.cached_frame(wait.key)
    return _filled(frame, wait) if frame else None


def _frame(request: HttpRequest, wait: Wait) -> str:
    context = {"release": wait.release, "now": None, "visitor": frames.VISITOR, HOLES: True}
    return render_to_string(TEMPLATE, context, request)


def _filled(frame: list[Any], wait: Wait) -> bytes:
    return b"".join([piece if type(piece) is bytes else piece(wait) for piece in frame])


def _filler(name: str, key: str = "") -> Callable[[Any], bytes]:
    return frames.visitor_filler(key) if name == "visitor" else _FILLERS[name]


def _countdown(wait: Wait) -> bytes:
    """Return the part that changes once a minute: the time left, and the server's clock."""
    release = wait.release or {}  # without one the page has no such part
    left = -(-(release["opens_at"] - wait.now) // _MINUTE)
    key = get_language(), left, int(wait.now.timestamp()) // 60
    known = _countdowns.get(key)
    if known is None:
        values = {"release": release, "now": wait.now}
        template = cast(Any, get_template(_COUNTDOWN)).template
        context = Context(values)
        with context.bind_template(template), context.render_context.push_state(template):
            known = nodes_of(_COUNTDOWN, "countdown").render(context).encode()
        _countdowns[key] = known
    return known


_FILLERS: dict[str, Callable[[Wait], bytes]] = {
    "now": lambda wait: instant(wait.now).encode(),
    "countdown": _countdown,
}
