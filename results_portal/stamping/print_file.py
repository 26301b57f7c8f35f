"""Print file: many stamped documents without tags, with fonts and fixed content written once."""

from collections.abc import Iterable

from isal import isal_zlib

from results_portal.documents.pdf_writer import packed, stream
from results_portal.stamping.fonts import FontBook
from results_portal.stamping.objects import CATALOG, PAGES, page, page_tree, resources
from results_portal.stamping.pages import PageSize, Placed, StampedPage

_RESOURCES = 3
_LEVEL = 2  # a third of the time of zlib at its fastest level, and fewer bytes
_NO_KERNING = b">0<"  # between two glyphs of an array


def print_file(pages: Iterable[StampedPage], *, book: FontBook) -> bytes:
    """Return a file of all pages in order. What several share is written once."""
    writing = _PrintFileWriter(book)
    for one in pages:
        writing.add_page(one)
    return writing.whole()


class _PrintFileWriter:
    """Writer of a print file."""

    def __init__(self, book: FontBook) -> None:
        self._book, self._writer = book, book.writer()
        for number, data in book.dictionaries.items():
            self._writer.add(number, data)
        self._pages: list[int] = []
        self._states: set[bytes] = set()
        self._shared: dict[Placed | PageSize, bytes] = {}

    def add_page(self, stamped: StampedPage) -> None:
        size = stamped.size
        if size not in self._shared:
            self._shared[size] = b"%d 0 R" % self._add(stream(size.head))
        contents = [self._shared[size], *map(self._fixed, stamped.placed)]
        values = stamped.values().replace(_NO_KERNING, b"")
        contents.append(b"%d 0 R" % self._add(packed(isal_zlib.compress(values, _LEVEL))))
        self._pages.append(self._add(page(size, b"[%b]" % b" ".join(contents), _RESOURCES)))

    def whole(self) -> bytes:
        writer = self._writer
        writer.add(PAGES, page_tree(self._pages))
        writer.add(_RESOURCES, resources(self._states, self._book.resources))
        writer.add(CATALOG, b"<</Type/Catalog/Pages %d 0 R>>" % PAGES)
        identifier = writer.identifier()
        return writer.with_table(b"/Root %d 0 R" % CATALOG, (identifier, identifier))

    def _fixed(self, placed: Placed) -> bytes:
        """Return a reference to the fixed content of a strip at that place."""
        found = self._shared.get(placed)
        if found is None:
            self._states |= placed.learned.content.states
            found = self._shared[placed] = b"%d 0 R" % self._add(placed.packed)
        return found

    def _add(self, data: bytes) -> int:
        number = self._writer.reserve()
        self._writer.add(number, data)
        return number
