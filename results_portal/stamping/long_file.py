"""Tagged file (PDF/UA-1) of any number of pages, written one page at a time.

Finished pages are kept compressed: memory is that of the file.
"""

import hashlib
import struct
from collections.abc import Iterable

from results_portal.stamping import tags
from results_portal.stamping.fonts import FontBook
from results_portal.stamping.objects import FIRST_FONT, resources, stream
from results_portal.stamping.outlines import OutlineEntry, outlines
from results_portal.stamping.pages import StampedPage
from results_portal.stamping.strips import Unstampable
from results_portal.stamping.tagged_file import (
    CATALOG,
    INFO,
    METADATA,
    OBJECTS,
    PAGES,
    RESOURCES,
    XREF,
    Head,
)

_LEVEL = 4
_ROW = struct.Struct(">BIH")


def long_file(pages: Iterable[StampedPage], *, head: Head, title: str, book: FontBook) -> bytes:
    """Return the file of pages without links or tables. Raises `Unstampable` for a link."""
    writing = _LongFileWriter(book)
    for page in pages:
        writing.add_page(page)
    return writing.whole(*head.of(title))


class _LongFileWriter:
    """Writer of a file: its bytes so far, and the offset of each object."""

    def __init__(self, book: FontBook) -> None:
        self._book, self._parts, self._at = book, [book.head], len(book.head)
        self._rows = {number: _ROW.pack(1, at, 0) for number, at in book.places.items()}
        self._free = FIRST_FONT + len(book.dictionaries) + len(book.places)
        self._root, self._document, self._parents = (self._number() for _ in range(3))
        self._pages: list[int] = []
        self._tops: list[int] = []
        self._owners: list[bytes] = []
        self._contents: list[OutlineEntry] = []
        self._states: set[bytes] = set()

    def add_page(self, page: StampedPage) -> None:
        if page.links():
            raise Unstampable("a link in a long document")
        number, content = self._number(), self._number()
        rank = len(self._pages)
        self._pages.append(number)
        self._states |= page.states()
        self._contents += [(number, page.size.height, mark) for mark in page.bookmarks()]
        self._add(content, stream(page.content(), level=_LEVEL))
        dictionaries = self._elements(page, number)
        fields = (PAGES, page.size.width, page.size.height, content, RESOURCES, rank)
        dictionaries[number] = (
            b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %f %f]/Contents %d 0 R/Resources %d 0 R"
            b"/Tabs/S/StructParents %d>>"
        ) % fields
        self._pack(dictionaries, self._number())

    def whole(self, metadata: bytes, info: bytes) -> bytes:
        """Return the file, with this XMP metadata and document information."""
        contents = b""
        dictionaries = dict(self._book.dictionaries)
        if self._contents:
            contents = b"/Outlines %d 0 R" % self._free
            dictionaries |= outlines(self._contents, first=self._free)
            self._free += 1 + len(self._contents)
        dictionaries[CATALOG] = (
            b"<</Type/Catalog/Pages %d 0 R/Lang(fr)/MarkInfo<</Marked true>>/ViewerPreferences"
            b"<</DisplayDocTitle true>>/Metadata %d 0 R/StructTreeRoot %d 0 R%b>>"
        ) % (PAGES, METADATA, self._root, contents)
        dictionaries[PAGES] = b"<</Type/Pages/Count %d/Kids[%b]>>" % (
            len(self._pages),
            _references(self._pages),
        )
        dictionaries[RESOURCES] = resources(self._states, self._book.resources)
        dictionaries |= self._structure()
        self._pack(dictionaries, OBJECTS)
        self._add(INFO, info)
        self._add(METADATA, stream(metadata, b"/Type/Metadata/Subtype/XML", _LEVEL))
        return self._written()

    def _elements(self, page: StampedPage, number: int) -> dict[int, bytes]:
        """Return the tags of a page as dictionaries by object number."""
        tree = page.tags()
        elements = tags.numbered([tree], first=self._free, parent=self._document)
        self._free += len(elements)
        numbers = {id(one.node): one.number for one in elements}
        owners = {
            kid: one.number for one in elements for kid in one.node.kids if isinstance(kid, int)
        }
        self._owners.append(_references([owners[mark] for mark in sorted(owners)]))
        self._tops += [numbers[id(node)] for node in tree]
        return {one.number: tags.written(one, {}, number, numbers, ()) for one in elements}

    def _structure(self) -> dict[int, bytes]:
        nums = b"".join(b"%d[%b]" % pair for pair in enumerate(self._owners))
        return {
            self._document: b"<</Type/StructElem/S/Document/P %d 0 R/K[%b]>>"
            % (self._root, _references(self._tops)),
            self._root: b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R>>"
            % (self._document, self._parents),
            self._parents: b"<</Nums[%b]>>" % nums,
        }

    def _pack(self, dictionaries: dict[int, bytes], into: int) -> None:
        """Write dictionaries into one object stream, the object `into`."""
        offsets, place = [], 0
        for index, (number, data) in enumerate(dictionaries.items()):
            self._rows[number] = _ROW.pack(2, into, index)
            offsets.append(b"%d %d" % (number, place))
            place += len(data) + 1
        table = b" ".join(offsets) + b"\n"
        fields = b"/Type/ObjStm/N %d/First %d" % (len(offsets), len(table))
        packed = table + b"\n".join(dictionaries.values())
        self._add(into, stream(packed, fields, _LEVEL))

    def _add(self, number: int, data: bytes) -> None:
        one = b"%d 0 obj\n%b\nendobj\n" % (number, data)
        self._rows[number] = _ROW.pack(1, self._at, 0)
        self._parts.append(one)
        self._at += len(one)

    def _written(self) -> bytes:
        identifier = hashlib.sha256(b"".join(self._parts)).hexdigest()[:32].encode()
        self._rows[XREF] = _ROW.pack(1, self._at, 0)
        free = _ROW.pack(0, 0, 0xFFFF)
        rows = b"".join([self._rows.get(number, free) for number in range(self._free)])
        fields = b"/Type/XRef/W[1 4 2]/Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]" % (
            *(self._free, CATALOG, INFO),
            *(identifier, identifier),
        )
        table = b"%d 0 obj\n%b\nendobj\n" % (XREF, stream(rows, fields, _LEVEL))
        return b"".join([*self._parts, table, b"startxref\n%d\n%%%%EOF\n" % self._at])

    def _number(self) -> int:
        self._free += 1
        return self._free - 1


def _references(numbers: Iterable[int]) -> bytes:
    return b" ".join([b"%d 0 R" % number for number in numbers])
