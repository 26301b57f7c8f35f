"""Rows of a run, as a table and as files."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
HEADINGS = ("name", "figure", "reference", "ratio", "target", "met")


@dataclass(frozen=True)
class Row:
    """One measurement. `met` is None where there is no target; `figure` is None where it could not
    be measured, and `target` then says why."""

    name: str
    figure: str | None
    reference: str = ""
    ratio: float | None = None
    target: str = ""
    met: bool | None = None

    def cells(self):
        met = {True: "yes", False: "NO", None: ""}[self.met]
        ratio = "" if self.ratio is None else f"{self.ratio:.3g}"
        return self.name, self.figure or "not measured", self.reference, ratio, self.target, met


def at_most(name, value, limit, unit, *, reference=""):
    """Return a row whose value is at most `limit`."""
    return Row(
        name,
        f"{value:.4g} {unit}",
        reference,
        target=f"≤ {limit:.4g} {unit}",
        met=value <= limit,
    )


def compared(name, value, reference, unit, *, least=None, most=None):
    """Return a row whose ratio, value ÷ reference, is at least `least` or at most `most`."""
    ratio = value / reference if reference else None
    target, met = "", None
    if least is not None:
        target, met = f"≥ {least:.3g} ×", ratio is not None and ratio >= least
    elif most is not None:
        target, met = f"≤ {most:.3g} ×", ratio is not None and ratio <= most
    return Row(name, f"{value:.4g} {unit}", f"{reference:.4g} {unit}", ratio, target, met)


def in_columns(headings, rows):
    """Return rows of cells as aligned columns, for a terminal."""
    lines = [headings, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def markdown(headings, rows):
    """Return rows of cells as a Markdown table."""
    lines = ["| " + " | ".join(cells) + " |" for cells in [headings, *rows]]
    lines.insert(1, "| --- " * len(headings) + "|")
    return "\n".join(lines)


def write(rows, *, about):
    """Write bench.json and bench.md, the latter headed by `about`."""
    data = json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2)
    (RESULTS / "bench.json").write_text(data + "\n")
    cells = [row.cells() for row in rows]
    (RESULTS / "bench.md").write_text(f"{about}\n\n{markdown(HEADINGS, cells)}\n")
