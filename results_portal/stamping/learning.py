"""Learning of strips: WeasyPrint lays one out; its height, operators, slots and tags are kept."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pydyf
import weasyprint

from results_portal.documents import html_to_pdf
from results_portal.stamping.fonts import FontBook
from results_portal.stamping.lines import Shown, TextLine, TextRun
from results_portal.stamping.operators import Cut, cut
from results_portal.stamping.strips import MARK, Strip, Unstampable, Value, learning_body, page_of
from results_portal.stamping.tags import Node, Reader
from results_portal.stamping.typesetting import LAYOUT_LOCK, Typesetter

CSS = "[data-leaf] { break-before: page }"
_STYLE = (
    *("font_family", "font_size", "font_weight", "font_style", "font_stretch", "font_kerning"),
    *("font_variant_numeric", "font_variant_ligatures", "font_feature_settings", "letter_spacing"),
)


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
    return [_root(page).margin_height() for page in pages]


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

    def read(document: weasyprint.Document, made: pydyf.PDF) -> None:
        html_to_pdf.complete_tags(document, made)
        reader = Reader(made)
        if len(document.pages) != len(strips):
            raise Unstampable("a strip that does not fit on a page")
        for number, (page, strip) in enumerate(zip(document.pages, strips, strict=True)):
            try:
                learned.append(_learned(page, strip, reader, number, typesetters))
            except Unstampable as reason:
                learned.append(reason.with_traceback(None))  # it would hold the whole document

    with LAYOUT_LOCK:
        document = html_to_pdf.laid_out(markup, css + CSS, static)
        document.write_pdf(io.BytesIO(), pdf_variant="pdf/ua-1", finisher=read)
    return learned


class Typesetters:
    """The typesetters of the styles in use, with the fonts of these books."""

    def __init__(self, french: FontBook, latin: FontBook) -> None:
        self.french, self.latin = french, latin
        self._by_style: dict[tuple[Any, ...], Typesetter] = {}

    def of(self, style: Any, font: str) -> Typesetter:
        key = (font, *(str(style[name]) for name in _STYLE))
        if key not in self._by_style:
            characters = self.latin.characters.get(font, frozenset())
            self._by_style[key] = Typesetter(style, characters)
        return self._by_style[key]


def _learned(
    page: Any, strip: Strip, reader: Reader, number: int, typesetters: Typesetters
) -> Learned:
    root = _root(page)
    lines = list(_lines(root))
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
    return Learned(
        top=root.position_y,
        height=0 if root.style["position"] == "absolute" else root.margin_height(),
        lines=tuple(
            _line(block, texts, [content.fonts[_place(text)] for text in texts], typesetters)
            for block, texts in lines
        ),
        content=content,
        exact={round(y, 6): y for y in _heights(root)},
        path_tags=path_tags,
        tree=tree,
        bookmarks=tuple(
            Bookmark(level, label, x, y) for level, label, (x, y), _state in page.bookmarks
        ),
        links=tuple(Link(*link) for link in reader.links(number)),
        french=typesetters.french.draws(shown),
    )


def _root(page: Any) -> Any:
    return next(box for box in _boxes(page._page_box) if _is_root(box))


def _boxes(box: Any) -> Iterator[Any]:
    box = _own(box)
    yield box
    for child in getattr(box, "children", ()):
        yield from _boxes(child)


def _heights(root: Any) -> Iterator[float]:
    """Yield the y coordinates of the texts and edges below `root`."""
    for box in _boxes(root):
        if type(box).__name__ == "TextBox":
            yield box.position_y + box.baseline
        elif type(box).__name__ != "LineBox":
            yield from (box.border_box_y(), box.border_box_y() + box.border_height())
            yield from (box.padding_box_y(), box.padding_box_y() + box.padding_height())


def _is_root(box: Any) -> bool:
    element: Any = getattr(box, "element", None)
    return hasattr(element, "attrib") and "data-strip" in element.attrib


def _lines(box: Any) -> Iterator[tuple[Any, list[Any]]]:
    """Yield the lines below `box` with a mark, each with its block and its boxes of text."""
    for child in map(_own, getattr(box, "children", ())):
        if type(child).__name__ == "LineBox":
            texts = [text for text in _texts(child) if text.text.strip()]
            if any(MARK.search(text.text) for text in texts):
                if _wraps(box) and len(box.children) > 1:
                    raise Unstampable("a value in running text")
                yield box, texts
        yield from _lines(child)


def _texts(box: Any) -> Iterator[Any]:
    """Yield the texts of a line, without those of blocks in it."""
    for child in map(_own, box.children):
        if type(child).__name__ == "TextBox":
            yield child
        elif type(child).__name__ == "InlineBox":
            yield from _texts(child)


def _own(box: Any) -> Any:
    """Return the box behind a placeholder, which positioned boxes have in the tree."""
    return getattr(box, "_box", box)


def _wraps(block: Any) -> bool:
    return block.style["white_space"] not in {"nowrap", "pre"}


def _place(text: Any) -> tuple[str, str]:
    return f"{text.position_x:.4f}", f"{text.position_y + text.baseline:.4f}"


def _line(block: Any, texts: list[Any], fonts: list[bytes], typesetters: Typesetters) -> TextLine:
    ends = [text.position_x + text.width for text in texts]
    return TextLine(
        runs=tuple(
            TextRun(_split(text.text), font, typesetters.of(text.style, _name(font)))
            for text, font in zip(texts, fonts, strict=True)
        ),
        gaps=tuple(text.position_x - end for text, end in zip(texts[1:], ends[:-1], strict=True)),
        left=texts[0].position_x,
        box=(block.content_box_x(), block.width),
        baselines=tuple(text.position_y + text.baseline for text in texts),
        align=block.style["text_align_all"],
        wraps=_wraps(block),
    )


def _split(text: str) -> tuple[str | int, ...]:
    pieces = MARK.split(text)
    return tuple(int(one) if n % 2 else one for n, one in enumerate(pieces) if n % 2 or one)


def _name(font: bytes) -> str:
    return font.split()[0][1:].decode()
