"""Tags of a document: read from what WeasyPrint wrote, joined, numbered, written again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from results_portal.stamping.strips import Unstampable
from results_portal.stamping.weasyprint_internals import (
    DrawnFile,
    pdf_dictionary,
    pdf_string,
    pdf_strings,
)


@dataclass(frozen=True)
class LinkReference:
    """Reference in the tags to a link of the page, by its rank."""

    number: int


@dataclass
class Node:
    """Structure element. `kids` are elements, numbers of marked content, or references to links."""

    tag: str
    attributes: dict[str, Any] = field(default_factory=dict)
    alternative: str = ""
    kids: list["Node | int | LinkReference"] = field(default_factory=list)

    def moved(self, mark: int, link: int) -> "Node":
        """Return a copy whose marked content and links are numbered from these."""

        def kid(one: "Node | int | LinkReference") -> "Node | int | LinkReference":
            if isinstance(one, Node):
                return one.moved(mark, link)
            return (
                LinkReference(one.number + link) if isinstance(one, LinkReference) else one + mark
            )

        return Node(self.tag, dict(self.attributes), self.alternative, [kid(k) for k in self.kids])

    def walk(self) -> Iterator["Node"]:
        yield self
        for kid in self.kids:
            if isinstance(kid, Node):
                yield from kid.walk()


class Reader:
    """Reader of the pages, tags and links of a file that WeasyPrint is about to write."""

    def __init__(self, drawn: DrawnFile) -> None:
        self._file, self._pages = drawn, drawn.pages
        (document,) = drawn[drawn.catalog["StructTreeRoot"]]["K"]
        self._tops = drawn[document]["K"]

    def content(self, page: int) -> bytes:
        return self._file.content(self._pages[page]["Contents"])

    def strip(self, page: int, *, depth: int) -> tuple[tuple[str, ...], Node]:
        """Return the tags of the path of the only strip on that page, and those of the strip."""
        self._links = list(self._pages[page].get("Annots", []))
        node = self._node(self._tops[page])
        path = []
        for _ in range(depth):
            path.append(node.tag)
            if len(node.kids) != 1 or not isinstance(node.kids[0], Node):
                raise Unstampable("tags of another shape")
            node = node.kids[0]
        return tuple(path), node

    def links(self, page: int) -> Iterator[tuple[tuple[float, ...], bytes]]:
        for reference in self._pages[page].get("Annots", []):
            annotation = self._file[reference]
            fields = {k: v for k, v in annotation.items() if k not in {"Rect", "StructParent", "P"}}
            yield tuple(annotation["Rect"]), pdf_dictionary(fields)

    def _node(self, reference: bytes) -> Node:
        element = self._file[reference]
        node = Node(str(element["S"])[1:])
        node.attributes = {
            key: value for key, value in element.get("A", {}).items() if key not in {"O", "Headers"}
        }
        if "Alt" in element:
            node.alternative = element["Alt"].string
        node.kids = [self._kid(kid) for kid in element["K"]]
        return node

    def _kid(self, kid: Any) -> Node | int | LinkReference:
        if isinstance(kid, int):
            return kid
        target = self._file[kid]
        if target.get("Type") == "/OBJR":
            return LinkReference(self._links.index(target["Obj"]))
        return self._node(kid)


@dataclass(frozen=True)
class NumberedNode:
    """Structure element with its object number, that of its parent, and its page."""

    node: Node
    number: int
    parent: int
    page: int


def numbered(trees: Sequence[Sequence[Node]], *, first: int, parent: int) -> list[NumberedNode]:
    """Return all elements of the trees of each page, numbered from `first`, below `parent`."""
    elements: list[NumberedNode] = []

    def number(node: Node, above: int, page: int) -> None:
        mine = first + len(elements)
        elements.append(NumberedNode(node, mine, above, page))
        for kid in node.kids:
            if isinstance(kid, Node):
                number(kid, mine, page)

    for page, nodes in enumerate(trees):
        for node in nodes:
            number(node, parent, page)
    return elements


def head_cells(root_nodes: list[Node]) -> dict[int, dict[str, Any]]:
    """Return the ID of each header cell and the header cells of each other, by `id` of the cell.

    As `weasyprint.pdf.tags`: the headers of its row, then those of its columns.
    """
    found: dict[int, dict[str, Any]] = {}
    tables = [node for root in root_nodes for node in root.walk() if node.tag == "Table"]
    for rank, table in enumerate(tables):
        rows = [node for node in table.walk() if node.tag == "TR"]
        columns: dict[int, list[str]] = {}
        for i, row in enumerate(rows):
            _heads(row, i, rank, columns, found)
    return found


def _heads(
    row: Node,
    i: int,
    rank: int,
    columns: dict[int, list[str]],
    found: dict[int, dict[str, Any]],
) -> None:
    own: list[str] = []
    j = 0
    cells = [cell for cell in row.kids if isinstance(cell, Node)]
    for cell in cells:
        span = int(cell.attributes.get("ColSpan", 1))
        if cell.tag == "TH":
            name = f"{rank}-{i}-{j}"
            found[id(cell)] = {"ID": name}
            heads = columns.setdefault(j, [])
            (heads if cell.attributes.get("Scope") == "/Column" else own).append(name)
        else:
            above = [name for k in range(j, j + span) for name in columns.get(k, [])]
            found[id(cell)] = {"Headers": [*own, *above]}
        j += span


def written(
    element: NumberedNode,
    heads: dict[str, Any],
    page: int,
    numbers: dict[int, int],
    links: Sequence[int],
) -> bytes:
    """Return the dictionary of an element; `numbers`: object numbers of elements by `id`."""
    node = element.node

    def kid(one: Node | int | LinkReference) -> bytes:
        if isinstance(one, Node):
            return b"%d 0 R" % numbers[id(one)]
        return b"%d 0 R" % links[one.number] if isinstance(one, LinkReference) else b"%d" % one

    fields = b"/Type/StructElem/S/%b/P %d 0 R/Pg %d 0 R" % (node.tag.encode(), element.parent, page)
    if node.alternative:
        fields += b"/Alt" + pdf_string(node.alternative)
    if "ID" in heads:
        fields += b"/ID" + pdf_string(heads["ID"])
    attributes = dict(node.attributes)
    if "Headers" in heads:
        attributes["Headers"] = pdf_strings(heads["Headers"])
    if attributes:
        owner = "/Table" if node.tag in {"TH", "TD"} else "/Layout"
        fields += b"/A" + pdf_dictionary({"O": owner, **attributes})
    return b"<<%b/K[%b]>>" % (fields, b" ".join(map(kid, node.kids)))
