"""Learning of strips: WeasyPrint lays one out; its height, operators, slots and tags are kept."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from results_portal.documents import html_to_pdf
from results_portal.stamping.fonts import FontBook
from results_portal.stamping.lines import Shown, TextLine, TextRun
from results_portal.stamping.operators import Cut, cut
from results_portal.stamping.strips import (
    MARK,
    ROOT,
    Strip,
    Unstampable,
    Value,
    learning_body,
    page_of,
)
from results_portal.stamping.tags import Node, Reader
from results_portal.stamping.typesetting import LAYOUT_LOCK, Typesetter
from results_portal.stamping.weasyprint_internals import (
    Block,
    DrawnFile,
    LaidOutElement,
    Style,
    Text,
    draw,
    style_key,
)

# A mark as it stands in the fields of a link: in an address, or in a text that is not ASCII.
_MARK_IN_LINK = re.compile(rb"%C2%A7[0-9]+%C2%A7|00a7(?:003[0-9])+00a7", re.IGNORECASE)
CSS = "[data-leaf] { break-before: page }"


@dataclass(frozen=True)
class Bookmark:
    """Item of the outline; `x` and `y` in CSS pixels from the top left of the page."""

    level: int
    label: str
    x: float
    y: float


@dataclass(frozen=True)
class Link:
    """Link of a page: its rectangle in points from the foot of the page, and its other fields."""

    rectangle: tuple[float, ...]
    fields: bytes


def heights(strips: Sequence[Strip], *, css: str, static: Sequence[str]) -> list[float]:
    """Return the height of each strip in CSS pixels, stampable or not."""
    if not strips:
        return []
    with LAYOUT_LOCK:
        pages = html_to_pdf.laid_out(
            page_of("", "", learning_body(strips)), css + CSS, static
        ).pages
    return [LaidOutElement(page, ROOT).height for page in pages]


@dataclass(frozen=True, eq=False)
class Learned:
    """A strip as WeasyPrint laid it out, alone on a page.

    `top` and `height` are in CSS pixels. `exact` maps the y coordinates of its operators, rounded
    to a millionth, to the exact ones. `path_tags` are the tags of its path, `tree` its own; a strip
    of the margins has none. `french`: the fonts of French alone draw all that is not a value.
    """

    top: float
    height: float
    lines: tuple[TextLine, ...]
    content: Cut
    exact: dict[float, float]
    path_tags: tuple[str, ...]
    tree: Node | None
    bookmarks: tuple[Bookmark, ...]
    links: tuple[Link, ...]
    french: bool

    def draw(self, values: tuple[Value, ...]) -> list[list[Shown]]:
        """Return its lines with these values. Raises `Overflow` and `Unstampable`."""
        return [line.draw(values) for line in self.lines]


def learn(
    strips: Sequence[Strip], *, css: str, static: Sequence[str], typesetters: "Typesetters"
) -> list[Learned | Unstampable]:
    """Have WeasyPrint lay out `strips` all at once; return the reason for those that it cannot."""
    markup = page_of("", "", learning_body(strips))
    learned: list[Learned | Unstampable] = []

    with LAYOUT_LOCK:
        document = html_to_pdf.laid_out(markup, css + CSS, static)

        def read(drawn: DrawnFile) -> None:
            reader = Reader(drawn)
            if len(document.pages) != len(strips):
                raise Unstampable("a strip that does not fit on a page")
            for number, (page, strip) in enumerate(zip(document.pages, strips, strict=True)):
                try:
                    learned.append(_learned(page, strip, reader, number, typesetters))
                except Unstampable as reason:
                    learned.append(reason.with_traceback(None))  # it would hold the whole document

        draw(document, read)
    return learned


class Typesetters:
    """The typesetters of the styles in use, with the fonts of these books."""

    def __init__(self, french: FontBook, latin: FontBook) -> None:
        self.french, self.latin = french, latin
        self._by_style: dict[tuple[Any, ...], Typesetter] = {}

    def of(self, style: Style, font: str) -> Typesetter:
        key = (font, *style_key(style))
        if key not in self._by_style:
            characters = self.latin.characters.get(font, frozenset())
            self._by_style[key] = Typesetter(style, characters)
        return self._by_style[key]


def _learned(
    page: Any, strip: Strip, reader: Reader, number: int, typesetters: Typesetters
) -> Learned:
    root = LaidOutElement(page, ROOT)
    lines = _lines(root)
    places = {
        place: (line, part)
        for line, (_block, texts) in enumerate(lines)
        for part, place in enumerate(map(_place, texts))
    }
    content = cut(reader.content(number), places)
    shown = b"".join(content.pieces)
    if not typesetters.latin.draws(shown):
        raise Unstampable("a character that the fonts do not have")
    path_tags, tree = ((), None) if strip.margin else reader.strip(number, depth=len(strip.path))
    links = tuple(Link(*link) for link in reader.links(number))
    bookmarks = tuple(
        Bookmark(level, label, x, y) for level, label, (x, y), _state in page.bookmarks
    )
    _check_undrawn(tree, bookmarks, links)
    return Learned(
        top=root.top,
        height=0 if root.absolute else root.height,
        lines=tuple(
            _line(block, texts, [content.fonts[_place(text)] for text in texts], typesetters)
            for block, texts in lines
        ),
        content=content,
        exact={round(y, 6): y for y in root.edges()},
        path_tags=path_tags,
        tree=tree,
        bookmarks=bookmarks,
        links=links,
        french=typesetters.french.draws(shown),
    )


def _check_undrawn(tree: Node | None, bookmarks: Sequence[Bookmark], links: Sequence[Link]) -> None:
    """Raise `Unstampable` if a value is in what is not drawn: its mark would stay there."""
    labels = [mark.label for mark in bookmarks]
    labels += [node.alternative for node in tree.walk()] if tree else []
    if any(MARK.search(label) for label in labels):
        raise Unstampable("a value in a bookmark or a description")
    if any(_MARK_IN_LINK.search(link.fields) for link in links):
        raise Unstampable("a value in a link")


def _lines(root: LaidOutElement) -> list[tuple[Block, list[Text]]]:
    """Return the lines of a strip with a mark."""
    lines = [
        (block, texts)
        for block, texts in root.lines()
        if any(MARK.search(text.text) for text in texts)
    ]
    if any(block.wraps and block.lines > 1 for block, _ in lines):
        raise Unstampable("a value in running text")
    return lines


def _place(text: Text) -> tuple[str, str]:
    return f"{text.x:.4f}", f"{text.baseline:.4f}"


def _line(
    block: Block, texts: Sequence[Text], fonts: Sequence[bytes], typesetters: Typesetters
) -> TextLine:
    ends = [text.x + text.width for text in texts]
    return TextLine(
        runs=tuple(
            TextRun(_split(text.text), font, typesetters.of(text.style, _name(font)))
            for text, font in zip(texts, fonts, strict=True)
        ),
        gaps=tuple(text.x - end for text, end in zip(texts[1:], ends[:-1], strict=True)),
        left=texts[0].x,
        box=(block.left, block.width),
        baselines=tuple(text.baseline for text in texts),
        align=block.align,
        wraps=block.wraps,
    )


def _split(text: str) -> tuple[str | int, ...]:
    pieces = MARK.split(text)
    return tuple(int(one) if n % 2 else one for n, one in enumerate(pieces) if n % 2 or one)


def _name(font: bytes) -> str:
    return font.split()[0][1:].decode()
