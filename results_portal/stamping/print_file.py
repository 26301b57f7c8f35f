"""Print file: many stamped documents without tags, with fonts and fixed content written once."""

import hashlib
from collections.abc import Iterable

from isal import isal_zlib

from results_portal.stamping.fonts import FontBook
from results_portal.stamping.objects import FIRST_FONT, packed, resources, stream
from results_portal.stamping.pages import PageSize, Placed, StampedPage

_CATALOG, _PAGES, _RESOURCES = 1, 2, 3
_LEVEL = 2  # a third of the time of zlib at its fastest level, and fewer bytes
_NO_KERNING = b">0<"  # between two glyphs of an array


def print_file(pages: Iterable[StampedPage], *, book: FontBook) -> bytes:
    """Return a file of all pages in order. What several share is written once."""
    writing = _PrintFileWriter(book)
    for page in pages:
        writing.add_page(page)
    return writing.whole()


class _PrintFileWriter:
    """Writer of a print file."""

    def __init__(self, book: FontBook) -> None:
        self._book = book
        self._objects: dict[int, bytes] = {}
        for number, data in book.dictionaries.items():
            self._add(data, number)
        self._free = FIRST_FONT + len(book.dictionaries) + len(book.places)
        self._pages: list[int] = []
        self._states: set[bytes] = set()
        self._shared: dict[Placed | PageSize, bytes] = {}

    def add_page(self, page: StampedPage) -> None:
        size = page.size
        if size not in self._shared:
            self._shared[size] = b"%d 0 R" % self._add(stream(size.head))
        contents = [self._shared[size], *map(self._fixed, page.placed)]
        values = page.values().replace(_NO_KERNING, b"")
        contents.append(b"%d 0 R" % self._add(packed(isal_zlib.compress(values, _LEVEL))))
        fields = (_PAGES, size.width, size.height, b" ".join(contents), _RESOURCES)
        self._pages.append(
            self._add(
                b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %f %f]/Contents[%b]/Resources %d 0 R>>"
                % fields
            )
        )

    def whole(self) -> bytes:
        kids = b" ".join([b"%d 0 R" % page for page in self._pages])
        pages = b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(self._pages), kids)
        self._add(pages, _PAGES)
        self._add(resources(self._states, self._book.resources), _RESOURCES)
        self._add(b"<</Type/Catalog/Pages %d 0 R>>" % _PAGES, _CATALOG)
        return self._written()

    def _written(self) -> bytes:
        at, places, parts = len(self._book.head), dict(self._book.places), [self._book.head]
        for number, data in self._objects.items():
            places[number] = at
            parts.append(data)
            at += len(data)
        rows = [
            b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
            for number in range(self._free)
        ]
        identifier = hashlib.sha256(b"".join(parts)).hexdigest()[:32].encode()
        trailer = b"trailer\n<</Size %d/Root %d 0 R/ID[<%b><%b>]>>\nstartxref\n%d\n%%%%EOF\n" % (
            *(self._free, _CATALOG),
            *(identifier, identifier, at),
        )
        return b"".join([*parts, b"xref\n0 %d\n" % self._free, *rows, trailer])

    def _fixed(self, placed: Placed) -> bytes:
        """Return a reference to the fixed content of a strip at that place."""
        found = self._shared.get(placed)
        if found is None:
            self._states |= placed.learned.content.states
            found = self._shared[placed] = b"%d 0 R" % self._add(placed.packed)
        return found

    def _add(self, data: bytes, number: int = 0) -> int:
        if not number:
            number = self._free
            self._free += 1
        self._objects[number] = b"%d 0 obj\n%b\nendobj\n" % (number, data)
        return number
