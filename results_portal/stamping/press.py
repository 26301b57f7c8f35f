"""A press: everything that one kind of document needs to be stamped, learnt as it comes.

One for each process; threads share it. What it keeps is bounded. A form that several threads want
at once is laid out by one of them.
"""

import io
import threading
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, NamedTuple

import pydyf

from results_portal.caches import BoundedCache
from results_portal.documents import html_to_pdf
from results_portal.stamping.fonts import FRENCH, LATIN, FontBook, font_book
from results_portal.stamping.learning import Learned, Typesetters, heights, learn
from results_portal.stamping.lines import Overflow, Shown, TextLine
from results_portal.stamping.long_file import long_file
from results_portal.stamping.objects import FIRST_FONT
from results_portal.stamping.pages import PageSize, Placed, StampedPage, TooLong
from results_portal.stamping.strips import Strip, Unstampable, body, page_of
from results_portal.stamping.tagged_file import Frame, Head, frame_of, tagged_file
from results_portal.stamping.typesetting import LAYOUT_LOCK

STRIPS_KEPT = 4_000
PLACES_KEPT = 5_000
COMMON_KEPT = 5_000
FRAMES_KEPT = 1_000
HEADS_KEPT = 50
_TITLE = "§0§"
_FRENCH = frozenset(FRENCH)

_Set = tuple[Learned, list[list[Shown]]]  # the layout of a strip, and its lines


class StripDocument(NamedTuple):
    """A document: its title, the rest of its <head>, and the strips of each of its pages."""

    title: str
    head: str
    pages: tuple[tuple[Strip, ...], ...]

    @property
    def markup(self) -> str:
        """The whole HTML, for WeasyPrint."""
        return html_to_pdf.french_spaces(
            page_of(self.title, self.head, "".join(map(body, self.pages)))
        )

    def of(self, page: tuple[Strip, ...]) -> "StripDocument":
        """The same with that page alone."""
        return self._replace(pages=(page,))

    def smaller(self, steps: int) -> "StripDocument":
        """The same, each of its parts so many sizes further in `pdf.SIZES`."""
        if not steps:
            return self
        pages = tuple(tuple(strip.smaller(steps) for strip in page) for page in self.pages)
        return self._replace(pages=pages)


class Press:
    """Stamps the documents of one stylesheet."""

    def __init__(self, *, css: str, static: Sequence[str]) -> None:
        self._css, self._static = css, tuple(static)
        self._lock = threading.RLock()  # taken before those of the layout, never after
        self._made: _Tools | None = None
        self._strips: BoundedCache[Hashable, Learned | Unstampable] = BoundedCache(STRIPS_KEPT)
        self._placed: BoundedCache[Hashable, Placed] = BoundedCache(PLACES_KEPT)
        # By heights that were not rounded.
        self._placed_near: BoundedCache[Hashable, Placed] = BoundedCache(PLACES_KEPT)
        self._common: BoundedCache[Hashable, _Set] = BoundedCache(COMMON_KEPT)
        self._frames: BoundedCache[Hashable, Frame] = BoundedCache(FRAMES_KEPT)
        self._heads: BoundedCache[str, Head] = BoundedCache(HEADS_KEPT)
        self.layouts = 0  # how many times WeasyPrint was asked to lay strips out

    def stamp(self, sheet: StripDocument) -> list[StampedPage]:
        """Draw the values of `sheet`. Raises `Unstampable`, or `TooLong` for too long a page."""
        while True:
            unknown: dict[Hashable, Strip] = {}
            pages = self._pages(sheet, unknown)
            if pages is not None:
                return pages
            self.learn(unknown.values())

    def stamp_all(
        self, sheets: Sequence[StripDocument]
    ) -> list[list[StampedPage] | TooLong | Unstampable]:
        """The same for many, with as few layouts as can be; where `stamp` would raise, what."""
        made: dict[int, list[StampedPage] | TooLong | Unstampable] = {}
        waiting = list(range(len(sheets)))
        while waiting:
            unknown: dict[Hashable, Strip] = {}
            lacking = []
            for rank in waiting:
                try:
                    pages = self._pages(sheets[rank], unknown)
                except (TooLong, Unstampable) as reason:
                    # Its traceback would hold all the sheets until cycles are sought.
                    made[rank] = reason.with_traceback(None)
                    continue
                if pages is None:
                    lacking.append(rank)
                else:
                    made[rank] = pages
            self.learn(unknown.values())
            waiting = lacking
        return [made[rank] for rank in range(len(sheets))]

    def learn(self, strips: Iterable[Strip]) -> None:
        """Have WeasyPrint lay out those of `strips` that are not known yet, all at once.

        Each of the margins alone: what stands there would come again on the pages that follow.
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

    def tagged(self, sheet: StripDocument, pages: list[StampedPage]) -> bytes:
        """What `stamp` made of a sheet as a tagged file of its own."""
        book = self._tools.french if self._is_french(sheet, pages) else self.latin
        return tagged_file(
            pages,
            frame=self._frame(pages, book),
            head=self._head(sheet.head),
            title=html_to_pdf.french_text(sheet.title),
            book=book,
        )

    def prepare(self) -> None:
        """Make what all documents share: the fonts, above all."""
        self._tools  # noqa: B018

    def long_file(self, sheet: StripDocument) -> bytes:
        """The tagged file of a document of any number of pages, stamped one at a time.

        Raises `Unstampable`, and `TooLong` for too long a page.
        """
        pages = (page for strips in sheet.pages for page in self.stamp(sheet.of(strips)))
        head, title = self._head(sheet.head), html_to_pdf.french_text(sheet.title)
        book = self._tools.french if self._are_french(sheet) else self.latin
        return long_file(pages, head=head, title=title, book=book)

    def heights(self, strips: Sequence[Strip]) -> list[float]:
        """How high each strip is, in CSS pixels, its values as they are slots."""
        self.learn(strips)
        found = [self._strips.get(strip.form) for strip in strips]
        odd = [n for n, one in enumerate(found) if not isinstance(one, Learned)]
        measured = heights([strips[n] for n in odd], css=self._css, static=self._static)
        other = dict(zip(odd, measured, strict=True))
        return [one.height if isinstance(one, Learned) else other[n] for n, one in enumerate(found)]

    def lines(self, strip: Strip) -> tuple[TextLine, ...]:
        """The lines of a strip that hold its values. Raises `Unstampable`."""
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
        """Every Latin letter, for a name that needs them and for print files."""
        return self._tools.latin

    @property
    def _tools(self) -> "_Tools":
        if self._made is None:
            with self._lock:
                if self._made is None:
                    self._made = _tools(self._css, self._static)
        return self._made

    def _is_french(self, sheet: StripDocument, pages: list[StampedPage]) -> bool:
        return all(
            placed.learned.french for page in pages for placed in page.placed
        ) and _has_french_values(sheet)

    def _are_french(self, sheet: StripDocument) -> bool:
        """The same, before anything is drawn."""
        strips = {strip.form: strip for page in sheet.pages for strip in page}
        self.learn(strips.values())
        found = [self._strips.get(form) for form in strips]
        return _has_french_values(sheet) and all(
            isinstance(one, Learned) and one.french for one in found
        )

    def _pages(
        self, sheet: StripDocument, unknown: dict[Hashable, Strip]
    ) -> list[StampedPage] | None:
        """The pages of a sheet, or None: the strips that are not known yet go into `unknown`."""
        pages = [self._page(strips, unknown) for strips in sheet.pages]
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

    def _known(self, strip: Strip, unknown: dict[Hashable, Strip]) -> _Set | None:
        """What `_set` says, of a strip that comes again for the first time only."""
        known = self._common.get(strip.key) if strip.key else None
        if known is None:
            known = self._set(strip, unknown)
            if known and strip.key:
                self._common[strip.key] = known
        return known

    def _set(self, strip: Strip, unknown: dict[Hashable, Strip]) -> _Set | None:
        """The layout of a strip, and its lines. What does not fit on its line is laid out."""
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


def _has_french_values(sheet: StripDocument) -> bool:
    return all(
        _FRENCH.issuperset(value)
        for page in sheet.pages
        for strip in page
        for value in strip.values
        if isinstance(value, str)
    )


class _Tools(NamedTuple):
    """What all the documents of a stylesheet share."""

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
        page = html_to_pdf.laid_out(page_of("", "", ""), css, static).pages[0]
    box = page._page_box
    size = PageSize(0.75 * page.width, 0.75 * page.height, box.content_box_y(), box.height)
    return _Tools(french, latin, Typesetters(french, latin), size)


def _head(head: str, css: str, static: Sequence[str]) -> Head:
    """What WeasyPrint writes for that <head>, with a mark for the title."""
    kept: list[Head] = []

    def read(_document: Any, made: pydyf.PDF) -> None:
        metadata = next(o for o in made.objects if o.reference == made.catalog["Metadata"])
        kept.append(
            Head(
                b"\n".join(metadata.stream),
                made.info.data,
                _TITLE.encode(),
                pydyf.String(_TITLE).data,
            )
        )

    with LAYOUT_LOCK:
        document = html_to_pdf.laid_out(page_of(_TITLE, head, ""), css, static)
        document.write_pdf(io.BytesIO(), pdf_variant="pdf/ua-1", finisher=read)
    return kept[0]
