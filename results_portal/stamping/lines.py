"""Lines of text with values, typeset for each document."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from results_portal.caches import BoundedCache
from results_portal.stamping.strips import Value
from results_portal.stamping.typesetting import Typesetter

_MAX_DRAWN = 200  # of each line: marks come again, names do not


class Overflow(Exception):
    """Raised when values do not fit on their line; the argument is their numbers."""


class TextRun(NamedTuple):
    """Text of a line in one style: its words, with the numbers of its values among them."""

    pieces: tuple[str | int, ...]
    font: bytes
    typesetter: Typesetter

    def text(self, values: tuple[Value, ...]) -> str:
        return "".join(
            [piece if isinstance(piece, str) else str(values[piece]) for piece in self.pieces]
        )


class Shown(NamedTuple):
    """The x coordinate of a text, and the operators that show it."""

    x: bytes
    text: bytes


@dataclass(frozen=True, eq=False)
class TextLine:
    """Runs of text with `gaps` between them, in a `box` (left and width, in CSS pixels)."""

    runs: tuple[TextRun, ...]
    gaps: tuple[float, ...]
    left: float
    box: tuple[float, float]
    baselines: tuple[float, ...]
    align: str
    wraps: bool
    _drawn: BoundedCache[Hashable, list[Shown]] = field(
        default_factory=lambda: BoundedCache(_MAX_DRAWN), compare=False
    )

    @property
    def numbers(self) -> list[int]:
        return [piece for run in self.runs for piece in run.pieces if isinstance(piece, int)]

    @cached_property
    def _only(self) -> int | None:
        """Return the number of the value that is the whole line, if one is."""
        pieces = [piece for run in self.runs for piece in run.pieces]
        return pieces[0] if len(pieces) == 1 and isinstance(pieces[0], int) else None

    def draw(self, values: tuple[Value, ...]) -> list[Shown]:
        """Return each run of the line. Raises `Overflow` and `Unstampable`."""
        if self._only is not None:
            found = self._drawn.get(values[self._only])
            if found is not None:
                return found
        texts = tuple([run.text(values) for run in self.runs])
        key = texts[0] if self._only is not None else texts
        drawn = self._drawn.get(key)
        if drawn is None:
            drawn = self._draw(texts)
            self._drawn[key] = drawn
        return drawn

    def _draw(self, texts: tuple[str, ...]) -> list[Shown]:
        runs = zip(self.runs, texts, strict=True)
        shown = [run.typesetter.set(text) for run, text in runs]
        total = sum([width for _, width in shown]) + sum(self.gaps)
        if self.wraps and total > self.box[1] + 1e-6:
            raise Overflow(self.numbers)
        x = self._start(total)
        drawn = []
        for (glyphs, width), run, gap in zip(shown, self.runs, (*self.gaps, 0), strict=True):
            drawn.append(Shown(b"%f" % x, b"%b\n[%b] TJ\nET\n" % (run.font, glyphs)))
            x += width + gap
        return drawn

    def _start(self, total: float) -> float:
        left, width = self.box
        if self.align in {"right", "end"}:
            return left + width - total
        return left + (width - total) / 2 if self.align == "center" else self.left
