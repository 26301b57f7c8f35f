"""The outline (bookmarks) of a file, as PDF objects."""

from collections.abc import Sequence

from results_portal.stamping.learning import Bookmark
from results_portal.stamping.pages import POINTS
from results_portal.stamping.weasyprint_internals import pdf_string

# The object of its page, the height of the page in points, and the bookmark.
OutlineEntry = tuple[int, float, Bookmark]


def outlines(lines: Sequence[OutlineEntry], *, first: int) -> dict[int, bytes]:
    """Return the outline items by object number; `first` is that of their root."""
    numbers = range(first + 1, first + 1 + len(lines))
    parents = _parents_of([mark.level for _, _, mark in lines])
    kids: dict[int, list[int]] = {}
    for rank, parent in enumerate(parents):
        kids.setdefault(parent, []).append(rank)

    def family(rank: int) -> bytes:
        mine = kids.get(rank, [])
        if not mine:
            return b"/Count 0"
        count = sum(1 + _descendants(kid, kids) for kid in mine)
        ends = (numbers[mine[0]], numbers[mine[-1]], count)
        return b"/First %d 0 R/Last %d 0 R/Count %d" % ends

    made = {first: b"<<%b>>" % family(-1)}
    for rank, line in enumerate(lines):
        siblings = kids[parents[rank]]
        place = siblings.index(rank)
        siblings_fields = b"/Prev %d 0 R" % numbers[siblings[place - 1]] if place else b""
        if place + 1 < len(siblings):
            siblings_fields += b"/Next %d 0 R" % numbers[siblings[place + 1]]
        parent = first if parents[rank] < 0 else numbers[parents[rank]]
        fields = (_title(line), parent, siblings_fields, family(rank))
        made[numbers[rank]] = b"<<%b/Parent %d 0 R%b%b>>" % fields
    return made


def _title(line: OutlineEntry) -> bytes:
    page, height, mark = line
    place = (page, POINTS * mark.x, height - POINTS * mark.y)
    return b"/Title%b/Dest[%d 0 R/XYZ %f %f 0]" % (pdf_string(mark.label), *place)


def _parents_of(levels: Sequence[int]) -> list[int]:
    """Return the rank of the parent of each item, or -1 for the root."""
    parents: list[int] = []
    for rank, level in enumerate(levels):
        above = (r for r in range(rank - 1, -1, -1) if levels[r] < level)
        parents.append(next(above, -1))
    return parents


def _descendants(rank: int, kids: dict[int, list[int]]) -> int:
    return sum(1 + _descendants(kid, kids) for kid in kids.get(rank, []))
