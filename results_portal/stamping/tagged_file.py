"""Tagged file (PDF/UA-1) of one stamped document: the same bytes for the same values."""

from collections.abc import Sequence
from dataclasses import dataclass

from results_portal.documents.pdf_writer import PdfWriter, references, stream
from results_portal.stamping import tags
from results_portal.stamping.fonts import FontBook
from results_portal.stamping.objects import (
    CATALOG,
    INFO,
    METADATA,
    OBJECTS,
    PAGES,
    RESOURCES,
    XREF,
    page_tree,
    resources,
    tag_roots,
    tagged_catalog,
    tagged_page,
)
from results_portal.stamping.outlines import outlines
from results_portal.stamping.pages import StampedPage
from results_portal.stamping.weasyprint_internals import pdf_string

LEVEL = 4  # of compression: a third of the time of level 6, a tenth more bytes


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
    """Objects that all files with the same strips share, after the fonts: their bytes, and
    the entries of the cross-reference so far; `contents` are the numbers of the pages' contents."""

    objects: bytes
    entries: tuple[bytes, ...]
    contents: tuple[int, ...]


def tagged_file(
    pages: Sequence[StampedPage], *, frame: Frame, head: Head, title: str, book: FontBook
) -> bytes:
    """Return the file of a document, in the frame of its pages."""
    writer = PdfWriter(book.head, frame.objects, entries=frame.entries)
    for number, page in zip(frame.contents, pages, strict=True):
        writer.add(number, stream(page.content(), level=LEVEL))
    return finished(writer, *head.of(title), since=2)


def finished(writer: PdfWriter, metadata: bytes, info: bytes, *, since: int = 0) -> bytes:
    """Return the file with its metadata; its identifier is a digest of the parts from `since`."""
    writer.add(INFO, info)
    writer.add(METADATA, stream(metadata, b"/Type/Metadata/Subtype/XML", LEVEL))
    identifier = writer.identifier(since)
    trailer = b"/Root %d 0 R/Info %d 0 R" % (CATALOG, INFO)
    return writer.with_stream(XREF, trailer, (identifier, identifier), LEVEL)


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
        self.sources, self.book, self.writer = pages, book, book.writer()
        self.dictionaries = dict(book.dictionaries)
        reserve = self.writer.reserve
        self.pages = [reserve() for _ in pages]
        self.contents = [reserve() for _ in pages]
        self.link_sources = [page.links() for page in pages]
        self.links = [[reserve() for _ in links] for links in self.link_sources]
        self.outlines: int | None = None

    def add_structure(self) -> None:
        trees = [page.tags() for page in self.sources]
        heads = tags.head_cells([node for tree in trees for node in tree])
        self.root = self.writer.reserve(3)
        parents, document = self.root + 1, self.root + 2
        elements = tags.numbered(trees, first=self.writer.free, parent=document)
        self.writer.reserve(len(elements))
        numbers = {id(one.node): one.number for one in elements}
        places = [[self.writer.reserve() for _ in page] for page in self.links]
        for one in elements:
            self.dictionaries[one.number] = tags.written(
                one, heads.get(id(one.node), {}), self.pages[one.page], numbers, places[one.page]
            )
        for page, (mine, objects) in enumerate(zip(self.links, places, strict=True)):
            for link, place in zip(mine, objects, strict=True):
                fields = (link, self.pages[page])
                self.dictionaries[place] = b"<</Type/OBJR/Obj %d 0 R/Pg %d 0 R>>" % fields
        tops = [numbers[id(node)] for tree in trees for node in tree]
        self.dictionaries |= tag_roots(self.root, document, parents, tops)
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
        owners = [references([owner[mark] for mark in sorted(owner)]) for owner in pages]
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
            self.outlines = self.writer.reserve(1 + len(lines))
            self.dictionaries |= outlines(lines, first=self.outlines)

    def add_pages(self) -> None:
        states = set[bytes]().union(*(page.states() for page in self.sources))
        self.dictionaries[RESOURCES] = resources(states, self.book.resources)
        for rank, page in enumerate(self.sources):
            self.dictionaries[self.pages[rank]] = tagged_page(
                page.size, self.contents[rank], rank, self.links[rank]
            )
        self.dictionaries[PAGES] = page_tree(self.pages)
        self.dictionaries[CATALOG] = tagged_catalog(self.root, self.outlines)

    def packed(self) -> Frame:
        """Return the frame, with all dictionaries in one object stream."""
        self.writer.pack(OBJECTS, self.dictionaries)
        _fonts, *objects = self.writer.parts
        return Frame(b"".join(objects), tuple(self.writer.entries), tuple(self.contents))
