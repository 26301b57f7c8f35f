"""Tagged file (PDF/UA-1) of any number of pages, written one page at a time.

Finished pages are kept compressed: memory is that of the file.
"""

from collections.abc import Iterable

from results_portal.documents.pdf_writer import references, stream
from results_portal.stamping import tags
from results_portal.stamping.fonts import FontBook
from results_portal.stamping.objects import (
    CATALOG,
    OBJECTS,
    PAGES,
    RESOURCES,
    page_tree,
    resources,
    tag_roots,
    tagged_catalog,
    tagged_page,
)
from results_portal.stamping.outlines import OutlineEntry, outlines
from results_portal.stamping.pages import StampedPage
from results_portal.stamping.strips import Unstampable
from results_portal.stamping.tagged_file import LEVEL, Head, finished


def long_file(pages: Iterable[StampedPage], *, head: Head, title: str, book: FontBook) -> bytes:
    """Return the file of pages without links or tables. Raises `Unstampable` for a link."""
    writing = _LongFileWriter(book)
    for page in pages:
        writing.add_page(page)
    return writing.whole(*head.of(title))


class _LongFileWriter:
    """Writer of a file, page by page."""

    def __init__(self, book: FontBook) -> None:
        self._book, self._writer = book, book.writer()
        self._root = self._writer.reserve(3)
        self._document, self._parents = self._root + 1, self._root + 2
        self._pages: list[int] = []
        self._tops: list[int] = []
        self._owners: list[bytes] = []
        self._contents: list[OutlineEntry] = []
        self._states: set[bytes] = set()

    def add_page(self, page: StampedPage) -> None:
        if page.links():
            raise Unstampable("a link in a long document")
        number, rank = self._writer.reserve(2), len(self._pages)
        content = number + 1
        self._pages.append(number)
        self._states |= page.states()
        self._contents += [(number, page.size.height, mark) for mark in page.bookmarks()]
        self._writer.add(content, stream(page.content(), level=LEVEL))
        dictionaries = self._elements(page, number)
        dictionaries[number] = tagged_page(page.size, content, rank)
        self._writer.pack(self._writer.reserve(), dictionaries, LEVEL)

    def whole(self, metadata: bytes, info: bytes) -> bytes:
        """Return the file, with this XMP metadata and document information."""
        contents = None
        dictionaries = dict(self._book.dictionaries)
        if self._contents:
            contents = self._writer.reserve(1 + len(self._contents))
            dictionaries |= outlines(self._contents, first=contents)
        dictionaries[CATALOG] = tagged_catalog(self._root, contents)
        dictionaries[PAGES] = page_tree(self._pages)
        dictionaries[RESOURCES] = resources(self._states, self._book.resources)
        dictionaries |= tag_roots(self._root, self._document, self._parents, self._tops)
        nums = b"".join(b"%d[%b]" % pair for pair in enumerate(self._owners))
        dictionaries[self._parents] = b"<</Nums[%b]>>" % nums
        self._writer.pack(OBJECTS, dictionaries, LEVEL)
        return finished(self._writer, metadata, info)

    def _elements(self, page: StampedPage, number: int) -> dict[int, bytes]:
        """Return the tags of a page as dictionaries by object number."""
        tree = page.tags()
        elements = tags.numbered([tree], first=self._writer.free, parent=self._document)
        self._writer.reserve(len(elements))
        numbers = {id(one.node): one.number for one in elements}
        owners = {
            kid: one.number for one in elements for kid in one.node.kids if isinstance(kid, int)
        }
        self._owners.append(references([owners[mark] for mark in sorted(owners)]))
        self._tops += [numbers[id(node)] for node in tree]
        return {one.number: tags.written(one, {}, number, numbers, ()) for one in elements}
