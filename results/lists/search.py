"""The page of a search in a list, filled into one that was rendered with holes.

It is that of the template, and a test holds both to the same bytes. A search differs from the next
by its words, its names and the numbers of its pages only.
"""

from collections.abc import Callable, Hashable
from html import escape
from types import SimpleNamespace
from typing import Any

from results.templatetags.parts import EDGE
from results_portal.caches import BoundedCache

_MOST = 300  # lists and places; kept apart from frames that the rush needs
_frames: BoundedCache[Hashable, list[str]] = BoundedCache(_MOST)
_BETWEEN_NAMES, _NEXT_LINE = "\0", "</li><li>"  # the database takes no such character in a name


def filled(asked: Any, *, key: Hashable, render: Callable[[Any], str]) -> str:
    """The page of what was `asked`; `key` holds all else that `render` shows. There are words."""
    page = asked.page
    sides = page.has_previous(), page.has_next()
    shape = bool(asked.names), sides
    frame = _frames.get((key, shape))
    if frame is None:
        frame = _frames[key, shape] = render(_with_holes(asked)).split(EDGE)
    written = list(frame)
    for place in range(1, len(written), 2):
        written[place] = _HOLES[written[place]](asked)
    return "".join(written)


def _names(asked):
    names = escape(_BETWEEN_NAMES.join(asked.names))
    return names.replace(_BETWEEN_NAMES, _NEXT_LINE)


_HOLES: dict[str, Callable[[Any], str]] = {
    "words": lambda asked: escape(asked.words),
    "names": _names,
    "previous": lambda asked: str(asked.page.number - 1),
    "here": lambda asked: str(asked.page.number),
    "next": lambda asked: str(asked.page.number + 1),
    "last": lambda asked: str(asked.page.paginator.num_pages),
}


def _with_holes(asked):
    """The same for the template, with marks of where each hole is."""
    return SimpleNamespace(
        all=asked.all,
        letter="",
        place=asked.place,
        words=_hole("words"),
        names=asked.names and [_hole("names")],
        page={
            "has_other_pages": asked.page.has_other_pages(),
            "has_previous": asked.page.has_previous(),
            "has_next": asked.page.has_next(),
            "previous_page_number": _hole("previous"),
            "number": _hole("here"),
            "next_page_number": _hole("next"),
            "paginator": {"num_pages": _hole("last")},
        },
    )


def _hole(name):
    return f"{EDGE}{name}{EDGE}"
