"""PDF operators of a page, cut where values go."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from results_portal.stamping.strips import MARK_COLUMN, Unstampable

MARK = b"/MCID ?"  # in a piece, stands for the number of marked content on its page
Place = tuple[str, str]  # x and y of a text, in CSS pixels with four decimals

_START = re.compile(rb"1 0 0 -1 0 [\d.]+ cm\nq\n0\.75 0 0 0\.75 0 0 cm\n")
_STATE = (b" cm", b" gs", b" rg", b" RG", b" w", b" d", b" J", b" j", b" M")
_MARKED = re.compile(rb"(?:/\w+\n(?:<<.*?>>\nBDC|BMC)|EMC)\n", re.DOTALL)
_NUMBER = re.compile(rb"/MCID \d+")
_FORBIDDEN = re.compile(rb"(?:^| )(?:Do|sh|scn|cs|SCN|CS|BI|c|v|y)$", re.MULTILINE)
_POINT = re.compile(rb"^(\S+) (\S+)( \S+ \S+ re| m| l)$", re.MULTILINE)
_TEXT = re.compile(rb"^(1 0 0 -1 \S+) (\S+) Tm$", re.MULTILINE)
_STATES = re.compile(rb"^/(\S+) gs$", re.MULTILINE)
_AS_WRITTEN: Mapping[float, float] = {}
_DRAWING = re.compile(rb"(\d{4}) 0 m\n(\d{4}) 0 l\n")
DRAWING = -1  # the line of an insert that is a drawing


@dataclass(frozen=True)
class Insert:
    """Place of a value: a run of a line of text, or a drawing by its number; and graphics state."""

    line: int
    part: int
    state: bytes


@dataclass
class Cut:
    """Content in `pieces`, with an insert between each and the next; `fonts` of inserted texts."""

    pieces: list[bytes] = field(default_factory=list)
    inserts: list[Insert] = field(default_factory=list)
    fonts: dict[Place, bytes] = field(default_factory=dict)

    @cached_property
    def states(self) -> frozenset[bytes]:
        """Return the names of the graphics states that it uses."""
        states = (_STATES.findall(insert.state) for insert in self.inserts)
        return frozenset(_STATES.findall(b"\n".join(self.pieces))).union(*states)

    @cached_property
    def state(self) -> bytes | None:
        """Return the one state of all inserts, or None if there are several, or drawings."""
        states = {insert.state for insert in self.inserts}
        drawn = any(insert.line == DRAWING for insert in self.inserts)
        return states.pop() if len(states) == 1 and not drawn else None

    @cached_property
    def marks(self) -> int:
        """Return the number of pieces of marked content."""
        return sum(piece.count(MARK) for piece in self.pieces)


def without_marks(content: bytes) -> bytes:
    """Return content without marks, for a file without tags."""
    return _MARKED.sub(b"", content)


def moved(content: bytes, down: float, exact: Mapping[float, float] = _AS_WRITTEN) -> bytes:
    """Return content moved `down` CSS pixels.

    Coordinates are rewritten as WeasyPrint would: a transformation would round otherwise. `exact`
    maps rounded coordinates to the exact ones, where they are known.
    """
    if abs(down) <= 1e-9:
        return content
    if b" cm\n" in content:
        raise Unstampable("a drawing that moves")

    def lower(written: bytes) -> float:
        return exact.get(float(written), float(written)) + down

    content = _POINT.sub(lambda m: b"%b %f%b" % (m[1], lower(m[2]), m[3]), content)
    return _TEXT.sub(lambda m: b"%b %f Tm" % (m[1], lower(m[2])), content)


def cut(content: bytes, places: dict[Place, tuple[int, int]]) -> Cut:
    """Cut the content of a page with one strip at the texts in `places` (line, run)."""
    start = _START.match(content)
    if not start or _FORBIDDEN.search(content):
        raise Unstampable("content of another kind")
    made = Cut()
    stack: list[dict[bytes, bytes]] = [{}]
    piece: list[bytes] = []
    content = _NUMBER.sub(MARK, content)
    lines = iter(content[start.end() :].removesuffix(b"\n").removesuffix(b"Q").splitlines(True))

    def insert(line: int, part: int) -> None:
        state = b"".join(one for level in stack for one in level.values())
        made.inserts.append(Insert(line, part, state))
        made.pieces.append(b"".join(piece))
        piece.clear()

    for line in lines:
        if line == b"BT\n":
            text = _text_object(line, lines)
            place, font = _place_and_font(text)
            if place and place in places:
                made.fonts[place] = font
                insert(*places[place])
            else:
                piece += text
            continue
        _follow(line, stack)
        if drawing := _drawing(line):
            next(lines)
            insert(DRAWING, drawing - MARK_COLUMN)
        else:
            piece.append(line)
    made.pieces.append(b"".join(piece))
    if len(made.inserts) < len(places):
        raise Unstampable("a text that is not where it was laid out")
    return made


def _text_object(first: bytes, lines: Iterator[bytes]) -> list[bytes]:
    text = [first]
    while text[-1] != b"ET\n":
        text.append(next(lines))
    return text


def _place_and_font(text: Sequence[bytes]) -> tuple[Place | None, bytes]:
    if len(text) < 4:  # spaces, not drawn
        return None, b""
    *_, x, y, _operator = text[1].split()
    return (f"{float(x):.4f}", f"{float(y):.4f}"), text[2].rstrip()


def _follow(line: bytes, stack: list[dict[bytes, bytes]]) -> None:
    if line == b"q\n":
        stack.append({})
    elif line == b"Q\n":
        stack.pop()
    elif line.rstrip().endswith(_STATE):
        operator = line.split()[-1]
        # The last of each kind decides, except that transformations add up.
        key = operator if operator != b"cm" else b"cm%d" % len(stack[-1])
        stack[-1].pop(key, None)
        stack[-1][key] = line


def _drawing(line: bytes) -> int | None:
    x, _, rest = line.partition(b" ")
    marked = rest == b"0 m\n" and len(x) == 4 and x.isdigit() and int(x) >= MARK_COLUMN
    return int(x) if marked else None
