"""Cut a font file down to the characters a page needs, as compressed web fonts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

# French, English and the punctuation of both; every page needs these.
COMMON = frozenset(
    [
        *range(0x20, 0x7F),
        *range(0xA0, 0x100),
        *(0x152, 0x153, 0x178, 0x2010, 0x2011, 0x2013, 0x2014, 0x2018, 0x2019, 0x201A),
        *(0x201C, 0x201D, 0x201E, 0x2022, 0x2026, 0x202F, 0x2039, 0x203A, 0x20AC, 0x2212),
    ]
)
FEATURES = ["kern", "liga", "locl", "mark", "mkmk", "ccmp", "tnum", "lnum"]


def characters(source: Path) -> frozenset[int]:
    """Return the code points that the font file draws."""
    with TTFont(source) as font:
        return frozenset(font.getBestCmap())


def write_subset(source: Path, target: Path, *, code_points: Iterable[int]) -> None:
    """Write to `target` a WOFF2 font that draws only `code_points`, without screen hinting."""
    options = subset.Options(flavor="woff2", hinting=False, desubroutinize=True)
    options.layout_features = FEATURES
    with subset.load_font(str(source), options) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=code_points)
        subsetter.subset(font)
        subset.save_font(font, str(target), options)


def unicode_range(code_points: Iterable[int]) -> str:
    """Return the CSS `unicode-range` for code points, runs folded: "U+20-7E,U+152"."""
    runs: list[list[int]] = []
    for point in sorted(code_points):
        if runs and point == runs[-1][1] + 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return ",".join(f"U+{a:X}" if a == b else f"U+{a:X}-{b:X}" for a, b in runs)
