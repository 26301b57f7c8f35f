"""QR codes as drawings for documents."""

import re
from functools import cached_property, lru_cache, reduce
from itertools import compress
from operator import xor
from typing import Any

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

from results_portal.stamping.strips import Drawing

# Of the eight mask patterns. Trying all costs 9 ms; blurred and noisy codes with this one were read
# as well as with the one that segno chooses (31 and 30 of 300).
_MASK = 2
_QUIET = 4  # modules of white that scanners need around

_THICKNESS = "1.04"  # or hairlines show between the rows on screens
_ONES = re.compile("1+")
_ZERO = "0"
_BITS_OF_DIGITS = bytes(digit == ord("1") for digit in range(256))
_BITS = tuple(1 << bit for bit in range(7))


class QRCodes:
    """Encoder for texts of `prefix`, then `length` ASCII characters, then `suffix`.

    Error correction M (15 %). For texts of a fixed length a QR code is linear in the bits of the
    text: the code of a text is that of a first one XOR the changes of each bit that differs. That
    takes 0.1 ms instead of 1.5.
    """

    def __init__(self, prefix: str, length: int, suffix: str = "") -> None:
        self._prefix, self._length, self._suffix = prefix, length, suffix
        self._modules = len(_matrix(self._text(_ZERO * length)))

    def drawing(self, middle: str) -> "QRCode":
        """Return the code of the text with `middle` between its prefix and its suffix."""
        matrix, changes = self._learnt
        if len(middle) != self._length:
            raise ValueError(f"{len(middle)} characters instead of {self._length}")
        for place, character in enumerate(middle):
            matrix ^= changes[place][ord(character)]
        return QRCode(matrix, self._modules)

    @cached_property
    def _learnt(self) -> tuple[int, list[list[int]]]:
        zeros = _ZERO * self._length
        base = _number(self._text(zeros))
        return base, [self._changes(base, zeros, place) for place in range(self._length)]

    def _changes(self, base: int, zeros: str, place: int) -> list[int]:
        """Return the bits that each ASCII character at `place` changes, compared with a zero."""

        def changed(bit: int) -> int:
            other = chr(ord(_ZERO) ^ bit)
            return base ^ _number(self._text(zeros[:place] + other + zeros[place + 1 :]))

        of_bit = {bit: changed(bit) for bit in _BITS}
        differing = [[bit for bit in _BITS if (code ^ ord(_ZERO)) & bit] for code in range(128)]
        return [reduce(xor, (of_bit[bit] for bit in bits), 0) for bits in differing]

    def _text(self, middle: str) -> str:
        return f"{self._prefix}{middle}{self._suffix}"


def _matrix(text: str) -> Any:
    made = segno.make(text, error="m", boost_error=False, micro=False, mode="byte", mask=_MASK)
    return made.matrix


def _number(text: str) -> int:
    """Return the modules as the bits of a number, a white one after each row."""
    return int("".join("".join(map(str, row)) + "0" for row in _matrix(text)), 2)


class QRCode(Drawing):
    """QR code as a stroke for each run of dark modules: what WeasyPrint draws fastest.

    `size` is the side of the square in modules, with its quiet zone.
    """

    def __init__(self, matrix: int, modules: int) -> None:
        self._matrix, self._modules = matrix, modules
        self.size = modules + 2 * _QUIET

    @property
    def path(self) -> str:  # type: ignore[override]
        places = _places(self._modules)
        runs = [run.span() for run in _ONES.finditer(_bits(self._matrix, self._modules))]
        strokes = [(places[start], end - start) for start, end in runs]
        return "".join([f"M{x} {y}.5h{length}" for (x, y), length in strokes])

    @property
    def operators(self) -> bytes:  # type: ignore[override]
        before = self._matrix >> 1
        ends = bytearray(2 * self._modules * (self._modules + 1))
        for first, edges in enumerate((self._matrix & ~before, ~self._matrix & before)):
            ends[first::2] = _bits(edges, self._modules).encode().translate(_BITS_OF_DIGITS)
        return b"".join(compress(_operators(self._modules), ends))


def _bits(matrix: int, modules: int) -> str:
    return f"{matrix:0{modules * (modules + 1)}b}"


def svg(code: QRCode, *, title: str, css_class: str) -> SafeString:
    """Return the code as SVG with its quiet zone; `title` describes it for screen readers."""
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="{}" viewBox="0 0 {} {}">'
        '<title>{}</title><path fill="none" stroke="#000" stroke-width="{}" d="{}"/></svg>',
        css_class,
        code.size,
        code.size,
        title,
        _THICKNESS,
        code.path,
    )


@lru_cache(maxsize=8)
def _places(modules: int) -> list[tuple[int, int]]:
    """Return column and row of each module, in the order of its bit."""
    rows = range(_QUIET, modules + _QUIET)
    return [(x, y) for y in rows for x in range(_QUIET, modules + _QUIET + 1)]


@lru_cache(maxsize=8)
def _operators(modules: int) -> list[bytes]:
    """Return the operators that begin and end a stroke at each module."""
    places = _places(modules)
    return [b"%d %d.5 %b\n" % (*place, end) for place in places for end in (b"m", b"l")]
