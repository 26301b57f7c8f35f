"""All that stamping uses of WeasyPrint and of pydyf: its boxes, its shaping of text, its objects.

Most of it is undocumented and changes without notice. So it is used in no other file of this
folder, and importing this one raises `ImportError` when WeasyPrint is another one, naming what
differs. To move to a new version: set `EXPECTED`, run the tests, correct this file.
"""

import inspect
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from types import CodeType
from typing import Any, NamedTuple

import pydyf
import weasyprint

from results_portal.documents import html_to_pdf

EXPECTED = 70  # major version of WeasyPrint

_BOXES = "weasyprint.formatting_structure.boxes"
_KINDS = ("InlineBox", "LineBox", "TextBox")
_TEXT_STYLE = (
    *("font_family", "font_size", "font_weight", "font_style", "font_stretch", "font_kerning"),
    *("font_variant_numeric", "font_variant_ligatures", "font_feature_settings", "letter_spacing"),
)

Style = Any  # the computed style of a box, by property of CSS

# Functions, and how many arguments they are called with.
_CALLED = {
    "weasyprint:HTML.render": 1,
    "weasyprint:Document.write_pdf": 1,
    "weasyprint.text.fonts:get_pango_font_key": 1,
    "weasyprint.text.line_break:Layout": 1,
    "weasyprint.text.line_break:Layout.get_first_line": 1,
    "weasyprint.text.line_break:Layout.set_text": 2,
    f"{_BOXES}:Box.border_box_y": 1,
    f"{_BOXES}:Box.border_height": 1,
    f"{_BOXES}:Box.content_box_x": 1,
    f"{_BOXES}:Box.content_box_y": 1,
    f"{_BOXES}:Box.margin_height": 1,
    f"{_BOXES}:Box.padding_box_y": 1,
    f"{_BOXES}:Box.padding_height": 1,
    "pydyf:Array": 1,
    "pydyf:Dictionary": 1,
    "pydyf:String": 1,
}
# Classes and values.
_PRESENT = (
    *(f"{_BOXES}:{name}" for name in _KINDS),
    *(f"weasyprint.text.ffi:{name}" for name in ("FROM_UNITS", "ffi", "pango")),
    "weasyprint.text.ffi:pango.PANGO_GLYPH_UNKNOWN_FLAG",
    "weasyprint.text.ffi:pango.pango_font_get_glyph_extents",
    *(f"pydyf:{name}" for name in ("Object.data", "Object.reference", "PDF.page_references")),
    "pydyf:Stream",
)
# Attributes, and the function that sets them or reads them.
_ATTRIBUTES = {
    "weasyprint.document:Page.__init__": ("_page_box", "bookmarks", "height", "width"),
    "weasyprint.layout.absolute:AbsolutePlaceholder.__init__": ("_box",),
    "weasyprint.layout.inline:split_text_box": ("baseline", "width"),
    f"{_BOXES}:Box.__init__": ("children", "element", "style"),
    f"{_BOXES}:Box.padding_height": ("height",),
    f"{_BOXES}:Box.translate": ("position_x", "position_y"),
    f"{_BOXES}:TextBox.__init__": ("text",),
    "pydyf:Object.__init__": ("number",),
    "pydyf:PDF.__init__": ("catalog", "info", "objects"),
    "pydyf:Stream.__init__": ("stream",),
    "pydyf:String.__init__": ("string",),
}
# Structures of Pango, and their fields.
_STRUCTURES = {
    "PangoAnalysis": ("font",),
    "PangoGlyphGeometry": ("width", "x_offset", "y_offset"),
    "PangoGlyphInfo": ("geometry", "glyph"),
    "PangoGlyphItem": ("glyphs", "item"),
    "PangoGlyphString": ("glyphs", "num_glyphs"),
    "PangoItem": ("analysis",),
    "PangoLayoutLine": ("runs",),
    "PangoRectangle": ("width",),
}


def check() -> None:
    """Raise `ImportError` if WeasyPrint is not the one that stamping was written for."""
    if found := [*_differences()]:
        raise ImportError(
            f"WeasyPrint {EXPECTED} is expected: {'; '.join(found)} in version"
            f" {weasyprint.__version__}; see results_portal/stamping/README.md"
        )


def _differences() -> Iterator[str]:
    """Yield what the installed WeasyPrint lacks, or has otherwise."""
    if weasyprint.__version__.partition(".")[0] != str(EXPECTED):
        yield "the layout may differ"
    for path in (*_CALLED, *_PRESENT, *_ATTRIBUTES, *_STRUCTURES):
        try:
            yield from _differences_of(path, _at(path))
        except (AttributeError, ImportError):
            yield f"{path} is missing"


def _differences_of(path: str, found: Any) -> Iterator[str]:
    if path in _CALLED:
        try:
            inspect.signature(found).bind(*range(_CALLED[path]))
        except TypeError:
            yield f"{path} takes other arguments"
    known: Iterable[str] = ()
    if path in _ATTRIBUTES:
        code: CodeType = found.__code__
        known = (*code.co_names, *code.co_consts)
    elif path in _STRUCTURES:
        known = dict(found.fields)
    for name in (*_ATTRIBUTES.get(path, ()), *_STRUCTURES.get(path, ())):
        if name not in known:
            yield f"{path} has no {name}"


def _at(path: str) -> Any:
    """Return what `path` leads to: module:name.name, or a type of C by its name alone."""
    module, _, names = path.partition(":")
    if not names:
        ffi = _at("weasyprint.text.ffi:ffi")
        try:
            return ffi.typeof(path)
        except ffi.error as reason:
            raise AttributeError(path) from reason
    found: Any = import_module(module)
    for name in names.split("."):
        found = getattr(found, name)
    return found


check()

_FROM_UNITS: float = _at("weasyprint.text.ffi:FROM_UNITS")
_ffi, _pango = _at("weasyprint.text.ffi:ffi"), _at("weasyprint.text.ffi:pango")
_font_key = _at("weasyprint.text.fonts:get_pango_font_key")
_layout = _at("weasyprint.text.line_break:Layout")
_inline_box, _line_box, _text_box = (_at(f"{_BOXES}:{name}") for name in _KINDS)


class PageBox(NamedTuple):
    """Size of a page, then top and height of its content; all in CSS pixels."""

    width: float
    height: float
    top: float
    content_height: float


class Text(NamedTuple):
    """Text as it was laid out, in CSS pixels from the top left of the page."""

    text: str
    x: float
    width: float
    baseline: float
    style: Style


class Block(NamedTuple):
    """Block that holds `lines` lines of text: left and width of its content in CSS pixels."""

    left: float
    width: float
    align: str
    wraps: bool
    lines: int


class Glyph(NamedTuple):
    """Glyph of a font, its advance in CSS pixels, and by how much this falls short of the font's.

    The latter in thousandths of the font size. `plain`: the font has it and nothing moves it.
    """

    number: int
    advance: float
    correction: float
    plain: bool


class LaidOutElement:
    """The first element of a page with an attribute, as WeasyPrint laid it out.

    `top` and `height` are in CSS pixels, margins included.
    """

    def __init__(self, page: Any, attribute: str) -> None:
        self._box = next(box for box in boxes_of(page) if _has(box, attribute))
        self.top: float = self._box.position_y
        self.height: float = self._box.margin_height()
        self.absolute: bool = self._box.style["position"] == "absolute"

    def lines(self) -> Iterator[tuple[Block, list[Text]]]:
        """Yield its lines that are not blank, each with its block."""
        yield from _lines(self._box)

    def edges(self) -> Iterator[float]:
        """Yield the y coordinates of its texts, borders and paddings."""
        for box in boxes(self._box):
            if isinstance(box, _text_box):
                yield box.position_y + box.baseline
            elif not isinstance(box, _line_box):
                yield from (box.border_box_y(), box.border_box_y() + box.border_height())
                yield from (box.padding_box_y(), box.padding_box_y() + box.padding_height())


def page_box(page: Any) -> PageBox:
    """Return the measures of a page of a document."""
    box = page._page_box
    return PageBox(page.width, page.height, box.content_box_y(), box.height)


def boxes_of(page: Any) -> Iterator[Any]:
    """Yield the boxes of a page, each before those in it."""
    yield from boxes(page._page_box)


def boxes(box: Any) -> Iterator[Any]:
    """Yield a box, then those in it."""
    box = _behind(box)
    yield box
    for child in getattr(box, "children", ()):
        yield from boxes(child)


def _behind(box: Any) -> Any:
    """Return the box behind a placeholder, which positioned boxes have in the tree."""
    return getattr(box, "_box", box)


def _has(box: Any, attribute: str) -> bool:
    element: Any = getattr(box, "element", None)
    return hasattr(element, "attrib") and attribute in element.attrib


def _lines(box: Any) -> Iterator[tuple[Block, list[Text]]]:
    for child in map(_behind, getattr(box, "children", ())):
        if isinstance(child, _line_box):
            texts = [text for text in _texts(child) if text.text.strip()]
            if texts:
                yield _block(box), texts
        yield from _lines(child)


def _texts(box: Any) -> Iterator[Text]:
    """Yield the texts of a line, without those of blocks in it."""
    for child in map(_behind, box.children):
        if isinstance(child, _text_box):
            baseline = child.position_y + child.baseline
            yield Text(child.text, child.position_x, child.width, baseline, child.style)
        elif isinstance(child, _inline_box):
            yield from _texts(child)


def _block(box: Any) -> Block:
    style = box.style
    wraps = style["white_space"] not in {"nowrap", "pre"}
    lines = len(box.children)
    return Block(box.content_box_x(), box.width, style["text_align_all"], wraps, lines)


def style_key(style: Style) -> tuple[str, ...]:
    """Return the properties of a style that decide how text is shaped."""
    return tuple(str(style[name]) for name in _TEXT_STYLE)


def shaped(text: str, style: Style) -> Iterator[Glyph]:
    """Yield the glyphs of a text in a line of its own, as Pango shapes it for WeasyPrint.

    As in `weasyprint.draw.text.draw_first_line`.
    """
    layout = _layout(style)
    layout.set_text(text)
    line, _ = layout.get_first_line()
    rectangle = _ffi.new("PangoRectangle *")
    run = line.runs[0]
    while run != _ffi.NULL:
        item, run = run.data, run.next
        font = item.item.analysis.font
        _, _, size = _font_key(font)
        for glyph in item.glyphs.glyphs[0 : item.glyphs.num_glyphs]:
            where, number = glyph.geometry, glyph.glyph
            _pango.pango_font_get_glyph_extents(font, number, _ffi.NULL, rectangle)
            own = round(rectangle.width * 1000 * _FROM_UNITS / size)
            correction = own - where.width * 1000 * _FROM_UNITS / size
            unknown = number & _pango.PANGO_GLYPH_UNKNOWN_FLAG
            plain = not (where.x_offset or where.y_offset or unknown)
            yield Glyph(number, where.width * _FROM_UNITS, correction, plain)


class DrawnFile:
    """The objects of a file that WeasyPrint is about to write."""

    def __init__(self, drawn: pydyf.PDF) -> None:
        self._objects: list[Any] = drawn.objects
        self._by_reference = {one.reference: one for one in drawn.objects}
        self.catalog: Any = drawn.catalog
        self.information: bytes = drawn.info.data
        self.pages = [self._by_reference[reference] for reference in drawn.page_references]

    def __getitem__(self, reference: bytes) -> Any:
        return self._by_reference[reference]

    def resolved(self, item: Any) -> Any:
        """Return the object that `item` refers to, or `item` if it is no reference."""
        return self._by_reference[item] if isinstance(item, bytes) else item

    def data(self, number: int) -> bytes:
        """Return the object of that number as it would be written."""
        data: bytes = self._objects[number].data
        return data

    def is_stream(self, number: int) -> bool:
        return isinstance(self._objects[number], pydyf.Stream)

    def content(self, reference: bytes) -> bytes:
        """Return the content of a stream, each of its items on lines of its own."""
        return b"".join(_bytes(item) + b"\n" for item in self._by_reference[reference].stream)


def draw(
    document: weasyprint.Document, read: Callable[[DrawnFile], None], *, tagged: bool = True
) -> None:
    """Have a document drawn, and `read` called with its objects; the file is thrown away."""

    def finish(document: weasyprint.Document, drawn: pydyf.PDF) -> None:
        if tagged:
            html_to_pdf.complete_tags(document, drawn)
        read(DrawnFile(drawn))

    document.write_pdf(io.BytesIO(), pdf_variant="pdf/ua-1" if tagged else None, finisher=finish)


def pdf_string(text: str) -> bytes:
    """Return a text as an object of PDF."""
    data: bytes = pydyf.String(text).data
    return data


def pdf_strings(texts: Sequence[str]) -> Any:
    """Return an array of texts, for `pdf_dictionary`."""
    return pydyf.Array([pydyf.String(text) for text in texts])


def pdf_dictionary(fields: Mapping[str, Any]) -> bytes:
    """Return a dictionary as an object of PDF; its values are those of WeasyPrint's own."""
    data: bytes = pydyf.Dictionary(fields).data
    return data


def _bytes(item: Any) -> bytes:
    if isinstance(item, pydyf.Object):
        item = item.data
    return item if isinstance(item, bytes) else str(item).encode()
