"""The page of a search in a list, filled into a frame that was rendered with holes.

The result is the page of the template, byte for byte: a test compares them. Two searches differ
only by their words, their names, how many these are, and the numbers of their pages.
"""

from collections.abc import Callable, Hashable
from html import escape
from types import SimpleNamespace
from typing import Any

from results.templatetags.parts import EDGE
from results_portal.caches import BoundedCache

_MOST = 300  # lists and places; apart from the frames of the result page
_frames: BoundedCache[Hashable, list[str]] = BoundedCache(_MOST)
_BETWEEN_NAMES, _NEXT_LINE = "\0", "</li><li>"  # PostgreSQL accepts no such character in a name


def fill_page(criteria: Any, *, key: Hashable, render: Callable[[Any], str]) -> str:
    """Return the page of a search with words; `key`: all else that `render` shows."""
    page = criteria.page
    sides = page.has_previous(), page.has_next()
    shape = bool(criteria.names), criteria.is_one, sides
    frame = _frames.get((key, shape))
    if frame is None:
        frame = _frames[key, shape] = render(_with_holes(criteria)).split(EDGE)
    written = list(frame)
    for place in range(1, len(written), 2):
        written[place] = _HOLES[written[place]](criteria)
    return "".join(written)


def _names(criteria):
    names = escape(_BETWEEN_NAMES.join(criteria.names))
    return names.replace(_BETWEEN_NAMES, _NEXT_LINE)


_HOLES: dict[str, Callable[[Any], str]] = {
    "words": lambda criteria: escape(criteria.words),
    "names": _names,
    "count": lambda criteria: str(criteria.count),
    "previous": lambda criteria: str(criteria.page.number - 1),
    "here": lambda criteria: str(criteria.page.number),
    "next": lambda criteria: str(criteria.page.number + 1),
    "last": lambda criteria: str(criteria.page.paginator.num_pages),
}


def _with_holes(criteria):
    """Return the same search with placeholders, for the template."""
    return SimpleNamespace(
        all=criteria.all,
        letter="",
        place=criteria.place,
        words=_hole("words"),
        names=criteria.names and [_hole("names")],
        count=_hole("count"),
        is_one=criteria.is_one,
        page={
            "has_other_pages": criteria.page.has_other_pages(),
            "has_previous": criteria.page.has_previous(),
            "has_next": criteria.page.has_next(),
            "previous_page_number": _hole("previous"),
            "number": _hole("here"),
            "next_page_number": _hole("next"),
            "paginator": {"num_pages": _hole("last")},
        },
    )


def _hole(name):
    return f"{EDGE}{name}{EDGE}"
