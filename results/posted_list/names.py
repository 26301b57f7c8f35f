"""Line breaks of a name on a posted list: a narrow column, later lines indented."""

import re
from collections.abc import Callable
from typing import NamedTuple

_BREAKS = re.compile(r"(?<=-)(?=[^\W\d_])|(?= )")  # before a space; after a hyphen, before a letter


class Lines(NamedTuple):
    """A name in lines. `apart`: whether the given names begin on a line of their own."""

    family: tuple[str, ...]
    given: tuple[str, ...]
    apart: bool


class Setting(NamedTuple):
    """Widths of a text in bold and in regular type, and of the first and the other lines."""

    bold: Callable[[str], float]
    regular: Callable[[str], float]
    first: float
    others: float


def lines_of(family: str, given: str, setting: Setting) -> Lines | None:
    """Return the fewest lines, broken at spaces and hyphens; None when a piece fits on none."""
    if setting.bold(family) + (setting.regular(f" {given}") if given else 0) <= setting.first:
        return Lines((family,), (given,) if given else (), False)
    bold = _broken(family, setting.bold, setting.first, setting.others)
    if bold is None:
        return None
    if not given:
        return Lines(tuple(bold), (), False)
    room = setting.others if len(bold) > 1 else setting.first
    beside = _broken(f" {given}", setting.regular, room - setting.bold(bold[-1]), setting.others)
    if beside is not None and beside[0]:
        return Lines(tuple(bold), (beside[0].lstrip(), *beside[1:]), False)
    below = _broken(given, setting.regular, setting.others, setting.others)
    return Lines(tuple(bold), tuple(below), True) if below else None


def _broken(
    text: str, width: Callable[[str], float], first: float, others: float
) -> list[str] | None:
    """Return the lines of `text`, or None when one of its pieces fits on none."""
    lines, room = [""], first
    for piece in _BREAKS.split(text):
        longer = f"{lines[-1]}{piece}"
        if width(longer) <= room:
            lines[-1] = longer
            continue
        room = others
        piece = piece.lstrip()
        if width(piece) > room:
            return None
        lines.append(piece)
    return lines
