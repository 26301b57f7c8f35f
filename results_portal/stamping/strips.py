"""Strips: the pieces of HTML that a document is stacked from, with slots for values."""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.html import escape

from results_portal.documents import html_to_pdf

_TAG = re.compile(r"(?<=<)\w+")
_SLOTS = tuple(f"§{number}§" for number in range(200))
MARK = re.compile("§([0-9]+)§")
ROOT = "data-strip"  # attribute of a strip that is being learned
MARK_COLUMN = 9000  # x of the path that marks the place of drawing number 0


class Unstampable(Exception):
    """Raised when WeasyPrint must lay the document out; the message contains no value of it."""


class Drawing:
    """A value that is drawn instead of written."""

    path: str  # of an SVG
    operators: bytes  # of PDF, as WeasyPrint writes that path


Value = str | Drawing


class Slots(list[Value]):
    """The values of a strip: a call adds one and returns the mark to print in its place.

    An empty value takes no slot and stays empty.
    """

    def __call__(self, value: Value) -> str:
        if not value:
            return ""
        self.append(value)
        return _mark(len(self) - 1, value)


class Strip(NamedTuple):
    """A piece of a document: a template of one element, and its context.

    `path` are the tags open around it. `context` are the variables of the template, named `names`,
    with the marks of `values`: strips that are equal but for their values share a layout. `fixed`:
    placed at a position of the page instead of below the strip before. `margin`: a running
    element, drawn in the margins and no part of the text. `column` counts from 1 where strips stand
    side by side, and is 0 elsewhere. `key`: identifies, in this process alone, a strip that many
    documents repeat with the same values, which are typeset once.
    """

    path: tuple[str, ...]
    template: str
    context: tuple[Any, ...]
    names: tuple[str, ...]
    values: tuple[Value, ...] = ()
    fixed: bool = False
    margin: bool = False
    column: int = 0
    key: object | None = None

    @property
    def form(self) -> tuple[Any, ...]:
        """Return all that the layout of the strip depends on."""
        return self[:3]

    @property
    def contents(self) -> tuple[Any, ...]:
        """Return all that is drawn: everything but the key."""
        return self[:-1]

    def pinned(self, numbers: Collection[int]) -> "Strip":
        """Return the strip with these values written into its context instead of slots."""
        values = enumerate(self.values)
        kept = {_mark(n, value): _html(value) for n, value in values if n in numbers}
        return self._replace(context=_with_values(self.context, kept), key=None)

    def smaller(self, steps: int) -> "Strip":
        """Return the strip for parts of the document `steps` further in `html_to_pdf.SIZES`."""
        path = tuple(html_to_pdf.smaller(tag, steps) for tag in self.path)
        key = self.key and (self.key, steps)
        return self._replace(path=path, key=key)

    def markup(self) -> str:
        return _rendered(self.template, self.names, self.context)


def body(strips: Iterable[Strip]) -> str:
    """Return the HTML of a whole document, with all values."""
    parts: list[str] = []
    opened: tuple[str, ...] = ()
    for strip in strips:
        shared = common_length(opened, strip.path)
        parts += [_closing(opened[shared:]), *strip.path[shared:]]
        parts.append(strip.pinned(range(len(strip.values))).markup())
        opened = strip.path
    return "".join([*parts, _closing(opened)])


def learning_body(strips: Iterable[Strip]) -> str:
    """Return the HTML from which strips are learned: each on its own page, with its marks."""
    parts: list[str] = []
    for strip in strips:
        first, *others = strip.path
        path = [first.replace(">", " data-leaf>"), *others]
        markup = _TAG.sub(rf"\g<0> {ROOT}", strip.markup(), count=1)
        parts += [*path, markup, _closing(strip.path)]
    return "".join(parts)


def common_length(one: Sequence[Any], other: Sequence[Any]) -> int:
    """Return the length of the common prefix of two sequences."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _closing(tags: Sequence[str]) -> str:
    return "".join(f"</{_TAG.findall(tag)[0]}>" for tag in reversed(tags))


def _mark(number: int, value: Value) -> str:
    if isinstance(value, Drawing):
        return f"M{MARK_COLUMN + number} 0h1"
    return _SLOTS[number]


def _html(value: Value) -> str:
    return value.path if isinstance(value, Drawing) else value


def _with_values(item: Any, values: dict[str, str]) -> Any:
    if isinstance(item, tuple):
        return tuple(_with_values(one, values) for one in item)
    if isinstance(item, str):
        return values.get(item, item)
    return item


@lru_cache(maxsize=2000)
def _rendered(template: str, names: tuple[str, ...], context: tuple[Any, ...]) -> str:
    return html_to_pdf.html(template, dict(zip(names, context, strict=True)))


def page_of(title: str, head: str, content: str) -> str:
    """Return a whole HTML document, in French."""
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"{head}</head><body>{content}</body></html>"
    )
