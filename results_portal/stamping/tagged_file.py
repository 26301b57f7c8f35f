"""Tagged file (PDF/UA-1) of one stamped document: the same bytes for the same values."""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from results_portal.stamping import tags
from results_portal.stamping.fonts import FontBook
from results_portal.stamping.objects import FIRST_FONT, resources, stream
from results_portal.stamping.outlines import outlines
from results_portal.stamping.pages import StampedPage
from results_portal.stamping.weasyprint_internals import pdf_string

_LEVEL = 4  # of compression: a third of the time of level 6, a tenth more bytes
_ROW = struct.Struct(">BIH")
CATALOG, PAGES, INFO, METADATA, RESOURCES, OBJECTS, XREF = range(1, 8)


@dataclass(frozen=True)
class Head:
    """XMP metadata and document information of a file, with a mark for its title."""

    metadata: bytes
    info: bytes
    xmp_title: bytes
    info_title: bytes

    def of(self, title: str) -> tuple[bytes, bytes]:
        """Return the metadata and the information of a file with that title."""
        escaped = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return (
            self.metadata.replace(self.xmp_title, escaped.encode()),
            self.info.replace(self.info_title, pdf_string(title)),
        )


@dataclass(frozen=True)
class Frame:
    """Objects that all files with the same strips share, after the fonts: their bytes, and the
    rows of the cross-reference table up to the values."""

    objects: bytes
    rows: tuple[bytes, ...]
    contents: tuple[int, ...]


def tagged_file(
    pages: Sequence[StampedPage], *, frame: Frame, head: Head, title: str, book: FontBook
) -> bytes:
    """Return the file of a document, in the frame of its pages."""
    metadata, info = head.of(title)
    parts, rows = [book.head, frame.objects], list(frame.rows)
    at = len(book.head) + len(frame.objects)

    def add(number: int, data: bytes) -> None:
        nonlocal at
        one = b"%d 0 obj\n%b\nendobj\n" % (number, data)
        rows[number] = _ROW.pack(1, at, 0)
        parts.append(one)
        at += len(one)

    for number, page in zip(frame.contents, pages, strict=True):
        add(number, stream(page.content(), level=_LEVEL))
    add(INFO, info)
    add(METADATA, stream(metadata, b"/Type/Metadata/Subtype/XML", _LEVEL))
    identifier = hashlib.sha256(b"".join(parts[2:])).hexdigest()[:32].encode()
    rows[XREF] = _ROW.pack(1, at, 0)
    fields = b"/Type/XRef/W[1 4 2]/Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]" % (
        *(len(rows), CATALOG, INFO),
        *(identifier, identifier),
    )
    parts.append(b"%d 0 obj\n%b\nendobj\n" % (XREF, stream(b"".join(rows), fields, _LEVEL)))
    return b"".join([*parts, b"startxref\n%d\n%%%%EOF\n" % at])


def frame_of(pages: Sequence[StampedPage], book: FontBook) -> Frame:
    """Return the frame of all files with the strips of `pages`."""
    building = _Building(pages, book)
    building.add_structure()
    building.add_outlines()
    building.add_pages()
    return building.packed()


class _Building:
    """Builder of the objects of a file that do not depend on its values."""

    def __init__(self, pages: Sequence[StampedPage], book: FontBook) -> None:
        self.sources, self.book = pages, book
        self.dictionaries = dict(book.dictionaries)
        self.free = FIRST_FONT + len(book.dictionaries) + len(book.places)
        self.pages = [self.number() for _ in pages]
        self.contents = [self.number() for _ in pages]
        self.link_sources = [page.links() for page in pages]
        self.links = [[self.number() for _ in links] for links in self.link_sources]
        self.outlines = b""

    def number(self) -> int:
        self.free += 1
        return self.free - 1

    def add_structure(self) -> None:
        trees = [page.tags() for page in self.sources]
        heads = tags.head_cells([node for tree in trees for node in tree])
        self.root, parents = self.number(), self.number()
        document = self.number()
        elements = tags.numbered(trees, first=self.free, parent=document)
        self.free += len(elements)
        numbers = {id(one.node): one.number for one in elements}
        places = [[self.number() for _ in page] for page in self.links]
        for one in elements:
            self.dictionaries[one.number] = tags.written(
                one, heads.get(id(one.node), {}), self.pages[one.page], numbers, places[one.page]
            )
        for page, (mine, objects) in enumerate(zip(self.links, places, strict=True)):
            for link, place in zip(mine, objects, strict=True):
                fields = (link, self.pages[page])
                self.dictionaries[place] = b"<</Type/OBJR/Obj %d 0 R/Pg %d 0 R>>" % fields
        kids = b" ".join(b"%d 0 R" % numbers[id(node)] for tree in trees for node in tree)
        self.dictionaries[document] = b"<</Type/StructElem/S/Document/P %d 0 R/K[%b]>>" % (
            *(self.root, kids),
        )
        self.dictionaries[self.root] = b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R>>" % (
            document,
            parents,
        )
        self.dictionaries[parents] = b"<</Nums[%b]>>" % self._parents(elements)

    def _parents(self, elements: Sequence[tags.NumberedNode]) -> bytes:
        """Return the parent tree: the element of each piece of marked content, then each link."""
        pages: list[dict[int, int]] = [{} for _ in self.pages]
        links: list[dict[int, int]] = [{} for _ in self.pages]
        for one in elements:
            for kid in one.node.kids:
                if isinstance(kid, tags.LinkReference):
                    links[one.page][kid.number] = one.number
                elif isinstance(kid, int):
                    pages[one.page][kid] = one.number
        owners = [b" ".join(b"%d 0 R" % owner[mark] for mark in sorted(owner)) for owner in pages]
        entries = [b"%d[%b]" % pair for pair in enumerate(owners)]
        rank = len(pages)
        for page, (owned, mine) in enumerate(zip(links, self.links, strict=True)):
            for n, link in enumerate(mine):
                entries.append(b"%d %d 0 R" % (rank, owned[n]))
                self.dictionaries[link] = self._link(page, n, rank)
                rank += 1
        return b" ".join(entries)

    def _link(self, page: int, number: int, rank: int) -> bytes:
        link = self.link_sources[page][number]
        sides = b" ".join(b"%f" % side for side in link.rectangle)
        return b"%b/Rect[%b]/StructParent %d>>" % (link.fields.rstrip()[:-2], sides, rank)

    def add_outlines(self) -> None:
        places = zip(self.pages, self.sources, strict=True)
        lines = [(n, page.size.height, mark) for n, page in places for mark in page.bookmarks()]
        if lines:
            added = outlines(lines, first=self.free)
            self.outlines = b"/Outlines %d 0 R" % self.free
            self.free += len(added)
            self.dictionaries |= added

    def add_pages(self) -> None:
        states = set[bytes]().union(*(page.states() for page in self.sources))
        self.dictionaries[RESOURCES] = resources(states, self.book.resources)
        for rank, page in enumerate(self.sources):
            links = b" ".join(b"%d 0 R" % link for link in self.links[rank])
            self.dictionaries[self.pages[rank]] = (
                b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %f %f]/Contents %d 0 R/Resources %d 0 R"
                b"/Tabs/S/StructParents %d%b>>"
            ) % (
                *(PAGES, page.size.width, page.size.height, self.contents[rank], RESOURCES, rank),
                b"/Annots[%b]" % links if links else b"",
            )
        kids = b" ".join(b"%d 0 R" % page for page in self.pages)
        self.dictionaries[PAGES] = b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(self.pages), kids)
        self.dictionaries[CATALOG] = (
            b"<</Type/Catalog/Pages %d 0 R/Lang(fr)/MarkInfo<</Marked true>>/ViewerPreferences"
            b"<</DisplayDocTitle true>>/Metadata %d 0 R/StructTreeRoot %d 0 R%b>>"
        ) % (PAGES, METADATA, self.root, self.outlines)

    def packed(self) -> Frame:
        """Return the frame, with all dictionaries in one object stream."""
        rows = [_ROW.pack(0, 0, 0xFFFF)] * self.free
        for number, at in self.book.places.items():
            rows[number] = _ROW.pack(1, at, 0)
        offsets, place = [], 0
        for index, (number, data) in enumerate(self.dictionaries.items()):
            rows[number] = _ROW.pack(2, OBJECTS, index)
            offsets.append(b"%d %d" % (number, place))
            place += len(data) + 1
        table = b" ".join(offsets) + b"\n"
        fields = b"/Type/ObjStm/N %d/First %d" % (len(offsets), len(table))
        rows[OBJECTS] = _ROW.pack(1, len(self.book.head), 0)
        content = stream(table + b"\n".join(self.dictionaries.values()), fields)
        packed = b"%d 0 obj\n%b\nendobj\n" % (OBJECTS, content)
        return Frame(packed, tuple(rows), tuple(self.contents))
