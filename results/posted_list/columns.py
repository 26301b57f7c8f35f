"""Distribution of the names of a posted list over columns and pages.

Lengths are in CSS pixels. Columns are filled in order, page after page; on the last page they are
balanced, above the closing of the list.
"""

from collections.abc import Sequence
from typing import NamedTuple

COLUMNS = 2
_WITH_THE_SIGNATURE = 10  # names that go to the last page with it, rather than leave it alone
_HAIR = 1e-6


class NameBlock(NamedTuple):
    """An unbreakable block: a name, below its letter when it is the first one of that letter.

    `height` of the name, `head` of the letter, `gap` above the letter except at the top of a
    column.
    """

    height: float
    head: float = 0.0
    gap: float = 0.0


Columns = list[range]


def pages_of(
    blocks: Sequence[NameBlock], *, first: float, others: float, closing: float
) -> list[Columns]:
    """Return the blocks in each column of each page; there is at least one page.

    `first` and `others`: the height for columns on the first page and on each other one;
    `closing`: the height below the columns of the last one.
    """
    pages: list[Columns] = []
    start, room = 0, first
    while True:
        last = _even(blocks, start, room - closing)
        if last is not None:
            return [*pages, last]
        page = _filled(blocks, start, room)
        if page[-1].stop == len(blocks):
            kept = min(_WITH_THE_SIGNATURE, (len(blocks) - start) // 2)
            page = _filled(blocks[: len(blocks) - kept], start, room)
        pages.append(page)
        start, room = page[-1].stop, others


def _filled(blocks: Sequence[NameBlock], start: int, room: float) -> Columns:
    """Return full columns from the block `start` on. Each takes at least one block."""
    columns = []
    for _ in range(COLUMNS):
        stop, height = start, 0.0
        while stop < len(blocks):
            block = blocks[stop]
            height += block.height + block.head + (block.gap if stop > start else 0.0)
            if height > room + _HAIR and stop > start:
                break
            stop += 1
        columns.append(range(start, stop))
        start = stop
    return columns


def _even(blocks: Sequence[NameBlock], start: int, room: float) -> Columns | None:
    """Return the lowest columns that hold all blocks left, or None when they do not fit."""
    columns = _filled(blocks, start, room)
    if columns[-1].stop < len(blocks) or _height(blocks, columns) > room + _HAIR:
        return None
    while True:
        lower = _filled(blocks, start, _height(blocks, columns) - 1)
        if lower[-1].stop < len(blocks) or _height(blocks, lower) >= _height(blocks, columns):
            return columns
        columns = lower


def _height(blocks: Sequence[NameBlock], columns: Columns) -> float:
    """Return the height of the highest column."""
    return max(
        sum(blocks[n].height + blocks[n].head for n in column)
        + sum(blocks[n].gap for n in column[1:])
        for column in columns
    )
