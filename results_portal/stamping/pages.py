"""Strips placed on pages, with the values of one document drawn in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from results_portal.documents.pdf_writer import stream
from results_portal.stamping.learning import Bookmark, Learned, Link
from results_portal.stamping.lines import Shown
from results_portal.stamping.operators import DRAWING, MARK, Insert, moved, without_marks
from results_portal.stamping.strips import Drawing, Value, common_length
from results_portal.stamping.tags import Node

POINTS = 0.75  # in a CSS pixel
TAIL = b"Q\n"


class TooLong(Exception):
    """Raised when the strips of a page are higher than the page."""


@dataclass(frozen=True)
class PageSize:
    """Width and height of a page in points; top and height of its content in CSS pixels."""

    width: float
    height: float
    top: float
    content: float

    @property
    def head(self) -> bytes:
        """Return the operators that give a page WeasyPrint's coordinates."""
        return b"1 0 0 -1 0 %f cm\nq\n0.75 0 0 0.75 0 0 cm\n" % self.height


class Placed:
    """A learned strip, placed `down` CSS pixels below where it was learned."""

    def __init__(self, learned: Learned, down: float) -> None:
        self.learned, self.down = learned, down

    @property
    def pieces(self) -> list[bytes]:
        """Return the content between the values."""
        learned = self.learned
        return [moved(piece, self.down, learned.exact) for piece in learned.content.pieces]

    @cached_property
    def tokens(self) -> list[tuple[bytes, ...]]:
        """Return the pieces, each split where the number of marked content goes."""
        return [tuple(piece.split(MARK)) for piece in self.pieces]

    @cached_property
    def packed(self) -> bytes:
        """Return a stream of the untagged content, without the values."""
        return stream(b"q\n%bQ\n" % without_marks(b"".join(self.pieces)))

    @cached_property
    def _baselines(self) -> list[tuple[Insert, bytes]]:
        """Return each insert with what follows x in the matrix of its text."""
        lines = self.learned.lines
        return [
            (insert, b"")
            if insert.line == DRAWING
            else (insert, b" %f Tm\n" % (lines[insert.line].baselines[insert.part] + self.down))
            for insert in self.learned.content.inserts
        ]

    def draw(self, lines: Sequence[Sequence[Shown]], values: Sequence[Value]) -> list[bytes]:
        """Return the operators of each value, from the lines that were typeset."""
        drawn = []
        for insert, baseline in self._baselines:
            if insert.line == DRAWING:
                value = values[insert.part]
                drawn.append(value.operators if isinstance(value, Drawing) else b"")
            else:
                x, text = lines[insert.line][insert.part]
                drawn.append(b"BT\n1 0 0 -1 " + x + baseline + text)
        return drawn


class StampedPage(NamedTuple):
    """A page of a document: its strips from the top with their tags, and the operators of their
    values."""

    size: PageSize
    placed: tuple[Placed, ...]
    paths: tuple[tuple[str, ...], ...]
    drawn: list[list[bytes]]

    def content(self) -> bytes:
        """Return the tagged content of the page."""
        parts, mark = [self.size.head], 0
        for placed, drawn in zip(self.placed, self.drawn, strict=True):
            parts.append(b"q\n")
            for n, tokens in enumerate(placed.tokens):
                if n:
                    parts.append(drawn[n - 1])
                parts.append(tokens[0])
                for token in tokens[1:]:
                    parts.append(b"/MCID %d" % mark)
                    parts.append(token)
                    mark += 1
            parts.append(TAIL)
        return b"".join([*parts, TAIL])

    def values(self) -> bytes:
        """Return the untagged content of all values, and the end of the page."""
        parts, state = [b"q\n"], b""
        for placed, drawn in zip(self.placed, self.drawn, strict=True):
            if not drawn:
                continue
            content = placed.learned.content
            if content.state is None:
                state = _inserted(content.inserts, drawn, state, parts)
                continue
            if content.state != state:
                state = content.state
                parts += [b"Q\nq\n", state]
            parts += drawn
        return b"".join([*parts, TAIL, TAIL])

    def tags(self) -> list[Node]:
        """Return the tags of the page: those of the strips, below those of their shared paths."""
        roots: list[Node] = []
        opened: list[Node] = []
        path: tuple[str, ...] = ()
        mark = link = 0
        for placed, own in zip(self.placed, self.paths, strict=True):
            if placed.learned.tree is None:
                continue
            shared = common_length(path, own)
            opened, path = opened[:shared], own
            for tag in placed.learned.path_tags[shared:]:
                node = Node(tag)
                (opened[-1].kids if opened else roots).append(node)
                opened.append(node)
            opened[-1].kids.append(placed.learned.tree.moved(mark, link))
            mark += placed.learned.content.marks
            link += len(placed.learned.links)
        return roots

    def bookmarks(self) -> list[Bookmark]:
        return [
            Bookmark(mark.level, mark.label, mark.x, mark.y + placed.down)
            for placed in self.placed
            for mark in placed.learned.bookmarks
        ]

    def links(self) -> list[Link]:
        found = []
        for placed in self.placed:
            up = -POINTS * placed.down
            for link in placed.learned.links:
                left, bottom, right, top = link.rectangle
                found.append(Link((left, bottom + up, right, top + up), link.fields))
        return found

    def states(self) -> set[bytes]:
        """Return the names of the graphics states that the page uses."""
        return set[bytes]().union(*(placed.learned.content.states for placed in self.placed))


def _inserted(
    inserts: Sequence[Insert], drawn: Sequence[bytes], state: bytes, parts: list[bytes]
) -> bytes:
    """Add values of several states, or drawings, to `parts`, and return the last state."""
    for insert, value in zip(inserts, drawn, strict=True):
        if insert.state != state:
            state = insert.state
            parts += [b"Q\nq\n", state]
        parts.append(value)
        if insert.line == DRAWING:
            parts.append(b"S\n")
    return state
