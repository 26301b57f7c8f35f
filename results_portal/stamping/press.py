"""The press: what one kind of document needs to be stamped, learned on demand.

One for each process, shared by its threads, with bounded memory. A strip that several threads need
at the same time is laid out by one of them.
"""

import json
import threading
from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from results_portal.caches import BoundedCache
from results_portal.documents import html_to_pdf
from results_portal.stamping.fonts import FRENCH, LATIN, FontBook, font_book
from results_portal.stamping.learning import Learned, Typesetters, heights, learn
from results_portal.stamping.lines import Overflow, Shown, TextLine
from results_portal.stamping.long_file import long_file
from results_portal.stamping.objects import FIRST_FONT
from results_portal.stamping.pages import POINTS, PageSize, Placed, StampedPage, TooLong
from results_portal.stamping.strips import Drawing, Strip, Unstampable, body, page_of
from results_portal.stamping.tagged_file import Frame, Head, frame_of, tagged_file
from results_portal.stamping.typesetting import LAYOUT_LOCK
from results_portal.stamping.weasyprint_internals import DrawnFile, draw, page_box, pdf_string

MAX_STRIPS = 4_000
MAX_PLACES = 5_000
MAX_COMMON = 5_000
MAX_FRAMES = 1_000
MAX_HEADS = 50
_TITLE = "§0§"
_FRENCH = frozenset(FRENCH)

_Typeset = tuple[Learned, list[list[Shown]]]  # the layout of a strip, and its lines


class StripDocument(NamedTuple):
    """Document made of strips: its title, the rest of its <head>, and the strips of each page."""

    title: str
    head: str
    pages: tuple[tuple[Strip, ...], ...]

    @property
    def markup(self) -> str:
        """Return the whole HTML, for WeasyPrint."""
        return html_to_pdf.french_spaces(
            page_of(self.title, self.head, "".join(map(body, self.pages)))
        )

    def plain(self) -> str:
        """Return all that the file depends on as text, the same in every process.

        Raises TypeError for a value that has no such text: an object, a set, a lazy translation.
        """
        pages = [[strip.contents for strip in page] for page in self.pages]
        return json.dumps([self.title, self.head, pages], default=_plain)

    def of(self, page: tuple[Strip, ...]) -> "StripDocument":
        """Return the document with that page alone."""
        return self._replace(pages=(page,))

    def smaller(self, steps: int) -> "StripDocument":
        """Return the document with each part `steps` further in `html_to_pdf.SIZES`."""
        if not steps:
            return self
        pages = tuple(tuple(strip.smaller(steps) for strip in page) for page in self.pages)
        return self._replace(pages=pages)


class Press:
    """Press for the documents of one stylesheet."""

    def __init__(self, *, css: str, static: Sequence[str]) -> None:
        self._css, self._static = css, tuple(static)
        self._lock = threading.RLock()  # acquired before LAYOUT_LOCK, never after
        self._made: _Tools | None = None
        self._strips: BoundedCache[Hashable, Learned | Unstampable] = BoundedCache(MAX_STRIPS)
        self._placed: BoundedCache[Hashable, Placed] = BoundedCache(MAX_PLACES)
        # By unrounded heights.
        self._placed_near: BoundedCache[Hashable, Placed] = BoundedCache(MAX_PLACES)
        self._common: BoundedCache[Hashable, _Typeset] = BoundedCache(MAX_COMMON)
        self._frames: BoundedCache[Hashable, Frame] = BoundedCache(MAX_FRAMES)
        self._heads: BoundedCache[str, Head] = BoundedCache(MAX_HEADS)
        self.layouts = 0  # how many times WeasyPrint has laid strips out

    def stamp(self, document: StripDocument) -> list[StampedPage]:
        """Return the pages of `document`. Raises `Unstampable`, or `TooLong` for a page."""
        while True:
            unknown: dict[Hashable, Strip] = {}
            pages = self._pages(document, unknown)
            if pages is not None:
                return pages
            self.learn(unknown.values())

    def stamp_all(
        self, documents: Sequence[StripDocument]
    ) -> list[list[StampedPage] | TooLong | Unstampable]:
        """Stamp many with as few layouts as possible; an exception of `stamp` is in its place."""
        made: dict[int, list[StampedPage] | TooLong | Unstampable] = {}
        waiting = list(range(len(documents)))
        while waiting:
            unknown: dict[Hashable, Strip] = {}
            lacking = []
            for rank in waiting:
                try:
                    pages = self._pages(documents[rank], unknown)
                except (TooLong, Unstampable) as reason:
                    # Its traceback would hold all documents until garbage is collected.
                    made[rank] = reason.with_traceback(None)
                    continue
                if pages is None:
                    lacking.append(rank)
                else:
                    made[rank] = pages
            self.learn(unknown.values())
            waiting = lacking
        return [made[rank] for rank in range(len(documents))]

    def learn(self, strips: Iterable[Strip]) -> None:
        """Have WeasyPrint lay out those of `strips` that are not known yet, all at once.

        Those of the margins one by one: they would be repeated on the pages that follow.
        """
        unknown = [strip for strip in strips if self._strips.get(strip.form) is None]
        for strip in unknown:
            if strip.margin:
                self._learn([strip])
        self._learn([strip for strip in unknown if not strip.margin])

    def _learn(self, strips: Sequence[Strip]) -> None:
        if not strips:
            return
        with self._lock:
            unknown = {s.form: s for s in strips if self._strips.get(s.form) is None}
            if not unknown:
                return
            self.layouts += 1
            made = learn(
                list(unknown.values()),
                css=self._css,
                static=self._static,
                typesetters=self._tools.typesetters,
            )
            for form, learned in zip(unknown, made, strict=True):
                self._strips[form] = learned

    def tagged(self, document: StripDocument, pages: list[StampedPage]) -> bytes:
        """Return the pages that `stamp` made of a document as a tagged file."""
        book = self._tools.french if self._is_french(document, pages) else self.latin
        return tagged_file(
            pages,
            frame=self._frame(pages, book),
            head=self._head(document.head),
            title=html_to_pdf.french_text(document.title),
            book=book,
        )

    def prepare(self) -> None:
        """Load what all documents share: the fonts, above all."""
        self._tools  # noqa: B018

    def long_file(self, document: StripDocument) -> bytes:
        """Return a document of any number of pages as a tagged file, stamped page by page.

        Raises `Unstampable`, and `TooLong` for too long a page.
        """
        pages = (page for strips in document.pages for page in self.stamp(document.of(strips)))
        head, title = self._head(document.head), html_to_pdf.french_text(document.title)
        book = self._tools.french if self._are_french(document) else self.latin
        return long_file(pages, head=head, title=title, book=book)

    def heights(self, strips: Sequence[Strip]) -> list[float]:
        """Return the height of each strip in CSS pixels, with its values in slots."""
        self.learn(strips)
        found = [self._strips.get(strip.form) for strip in strips]
        odd = [n for n, one in enumerate(found) if not isinstance(one, Learned)]
        measured = heights([strips[n] for n in odd], css=self._css, static=self._static)
        other = dict(zip(odd, measured, strict=True))
        return [one.height if isinstance(one, Learned) else other[n] for n, one in enumerate(found)]

    def lines(self, strip: Strip) -> tuple[TextLine, ...]:
        """Return the lines of a strip with values. Raises `Unstampable`."""
        self.learn([strip])
        learned = self._strips.get(strip.form)
        if not isinstance(learned, Learned):
            raise learned or Unstampable("a strip that was forgotten")
        return learned.lines

    @property
    def size(self) -> PageSize:
        return self._tools.size

    @property
    def latin(self) -> FontBook:
        """Return the fonts of every Latin letter, for names that need them and for print files."""
        return self._tools.latin

    @property
    def _tools(self) -> "_Tools":
        if self._made is None:
            with self._lock:
                if self._made is None:
                    self._made = _tools(self._css, self._static)
        return self._made

    def _is_french(self, document: StripDocument, pages: list[StampedPage]) -> bool:
        return all(
            placed.learned.french for page in pages for placed in page.placed
        ) and _has_french_values(document)

    def _are_french(self, document: StripDocument) -> bool:
        """Whether the fonts of French draw all of `document`, before anything is drawn."""
        strips = {strip.form: strip for page in document.pages for strip in page}
        self.learn(strips.values())
        found = [self._strips.get(form) for form in strips]
        return _has_french_values(document) and all(
            isinstance(one, Learned) and one.french for one in found
        )

    def _pages(
        self, document: StripDocument, unknown: dict[Hashable, Strip]
    ) -> list[StampedPage] | None:
        """Return the pages of a document, or None after adding strips to learn to `unknown`."""
        pages = [self._page(strips, unknown) for strips in document.pages]
        whole = [page for page in pages if page is not None]
        return whole if len(whole) == len(pages) else None

    def _page(self, strips: Sequence[Strip], unknown: dict[Hashable, Strip]) -> StampedPage | None:
        size, column = self._tools.size, 0
        start = top = lowest = size.top
        placed, drawn = [], []
        for strip in strips:
            if strip.column != column:
                lowest = max(lowest, top)
                start = top if column == 0 else start
                top = start if strip.column else lowest
                column = strip.column
            known = self._known(strip, unknown)
            if known is None:
                continue
            learned, lines = known
            stands = not strip.fixed and not strip.margin
            place = self._place(learned, top - learned.top if stands else 0)
            placed.append(place)
            drawn.append(place.draw(lines, strip.values))
            top += 0 if strip.margin else learned.height
        if len(placed) < len(strips):
            return None
        if max(top, lowest) > size.top + size.content + 1e-6:
            raise TooLong
        return StampedPage(size, tuple(placed), tuple([strip.path for strip in strips]), drawn)

    def _known(self, strip: Strip, unknown: dict[Hashable, Strip]) -> _Typeset | None:
        """Return what `_typeset` does, from memory for a strip with a key."""
        known = self._common.get(strip.key) if strip.key else None
        if known is None:
            known = self._typeset(strip, unknown)
            if known and strip.key:
                self._common[strip.key] = known
        return known

    def _typeset(self, strip: Strip, unknown: dict[Hashable, Strip]) -> _Typeset | None:
        """Return the layout of a strip and its lines; values that overflow are laid out too."""
        while True:
            learned = self._strips.get(strip.form)
            if learned is None:
                unknown[strip.form] = strip
                return None
            if isinstance(learned, Unstampable):
                raise Unstampable(*learned.args)
            try:
                return learned, learned.draw(strip.values)
            except Overflow as overflow:
                strip = strip.pinned(overflow.args[0])

    def _place(self, learned: Learned, down: float) -> Placed:
        placed = self._placed_near.get((learned, down))
        if placed is None:
            key = (learned, round(down, 6))
            placed = self._placed.get(key)
            if placed is None:
                placed = Placed(learned, down)
                self._placed[key] = placed
            self._placed_near[(learned, down)] = placed
        return placed

    def _frame(self, pages: list[StampedPage], book: FontBook) -> Frame:
        key = (book is self.latin, *[page.placed for page in pages])
        frame = self._frames.get(key)
        if frame is None:
            frame = frame_of(pages, book)
            self._frames[key] = frame
        return frame

    def _head(self, head: str) -> Head:
        found = self._heads.get(head)
        if found is None:
            with self._lock:
                found = self._heads.get(head) or _head(head, self._css, self._static)
                self._heads[head] = found
        return found


def _plain(value: object) -> str:
    if isinstance(value, Drawing):
        return value.path
    raise TypeError(f"{type(value).__name__} has no text that is the same in every process")


def _has_french_values(document: StripDocument) -> bool:
    return all(
        _FRENCH.issuperset(value)
        for page in document.pages
        for strip in page
        for value in strip.values
        if isinstance(value, str)
    )


class _Tools(NamedTuple):
    """Fonts, typesetters and page size of a stylesheet."""

    french: FontBook
    latin: FontBook
    typesetters: Typesetters
    size: PageSize


def _tools(css: str, static: Sequence[str]) -> _Tools:
    french, latin = (
        font_book(alphabet, css=css, static=static, first=FIRST_FONT)
        for alphabet in (FRENCH, LATIN)
    )
    with LAYOUT_LOCK:
        box = page_box(html_to_pdf.laid_out(page_of("", "", ""), css, static).pages[0])
    size = PageSize(POINTS * box.width, POINTS * box.height, box.top, box.content_height)
    return _Tools(french, latin, Typesetters(french, latin), size)


def _head(head: str, css: str, static: Sequence[str]) -> Head:
    """Return the metadata that WeasyPrint writes for that <head>, with a mark for the title."""
    kept: list[Head] = []

    def read(drawn: DrawnFile) -> None:
        metadata = drawn.content(drawn.catalog["Metadata"]).removesuffix(b"\n")
        title, information = pdf_string(_TITLE), drawn.information
        kept.append(Head(metadata, information, _TITLE.encode(), title))

    with LAYOUT_LOCK:
        draw(html_to_pdf.laid_out(page_of(_TITLE, head, ""), css, static), read)
    return kept[0]
