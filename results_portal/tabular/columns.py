"""Declared columns, and matching a header with them."""

import difflib
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _

from results_portal.tabular.errors import CellError, ErrorLog, quoted
from results_portal.tabular.lost_letters import LostLetter
from results_portal.tabular.values import text

_CELLS_CACHED = 50_000  # of each column


@dataclass(frozen=True)
class Column:
    """A column of a file: its name, its parser, and whether the header must have it.

    `parse` turns the text of a cell into a value or raises `CellError`. Where the file lacks the
    column, the value is None.
    """

    name: str
    parse: Callable[[str], Any] = text
    required: bool = True
    aliases: Sequence[str] = ()


def _nothing(cell):
    return None


class ColumnLayout:
    """The position of each declared column in the records of one file."""

    def __init__(self, columns, positions, width):
        self.columns = columns
        self.width = width
        self._positions = positions
        # An absent column is read from one empty cell appended to each record.
        indexes = [positions.get(column.name, width) for column in columns]
        self.pick = (
            itemgetter(*indexes) if len(indexes) > 1 else lambda record: (record[indexes[0]],)
        )
        # Columns repeat themselves.
        self.parsers = [
            lru_cache(_CELLS_CACHED)(column.parse if column.name in positions else _nothing)
            for column in columns
        ]

    def may_lack(self, present):
        """Whether a record may end after `present` cells: only optional columns are missing."""
        return all(
            not column.required
            for column in self.columns
            if self._positions.get(column.name, -1) >= present
        )

    def log_bad_cells(self, line, record, log):
        """Log every cell of a record that the parser of its column refuses."""
        for column, parse, cell in zip(self.columns, self.parsers, self.pick(record), strict=True):
            try:
                parse(cell)
            except LostLetter as refusal:
                log.add(line, column.name, cell, refusal.in_a_file)
            except CellError as refusal:
                message = _formula_refused() if cell.lstrip().startswith("=") else refusal
                log.add(line, column.name, cell, message)


def match_header(header, columns, *, line, log: ErrorLog, warn_of_others=True):
    """Return the `ColumnLayout` of a file with this header, or None after logging why not."""
    names = _without_trailing_blanks(header)
    known = {_plain(alias): c for c in columns for alias in (c.name, *c.aliases)}
    positions: dict[str, int] = {}
    errors = log.count
    for position, name in enumerate(names):
        column = known.get(_plain(name))
        if column is None:
            if warn_of_others:
                shown = quoted(name.strip()) or f"#{position + 1}"
                log.warn(line, shown, _unknown(name, columns, positions))
        elif column.name in positions:
            log.add(line, column.name, name, _("cette colonne est en double dans l’en-tête"))
        else:
            positions[column.name] = position
    for column in columns:
        if column.required and column.name not in positions:
            log.add(line, column.name, "", _missing(column, names, known))
    return ColumnLayout(columns, positions, len(names)) if log.count == errors else None


def known_names(header, columns):
    """Return how many cells of a possible header are names of columns."""
    known = {_plain(alias) for c in columns for alias in (c.name, *c.aliases)}
    return sum(_plain(name) in known for name in header)


def _plain(name):
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in letters if c.isalnum())


def _without_trailing_blanks(header):
    names = list(header)
    while names and not names[-1].strip():
        names.pop()
    return names


def _unknown(name, columns, positions):
    if not name.strip():
        return _("colonne sans nom, ignorée")
    free = {_plain(c.name): c.name for c in columns if c.name not in positions}
    near = difflib.get_close_matches(_plain(name), free, n=1, cutoff=0.75)
    if near:
        return _("colonne inconnue, ignorée ; vouliez-vous dire « %(name)s » ?") % {
            "name": free[near[0]]
        }
    return _("colonne inconnue, ignorée")


def _missing(column, names, known):
    unknown = {_plain(name): name.strip() for name in names if _plain(name) not in known}
    near = difflib.get_close_matches(_plain(column.name), unknown, n=1, cutoff=0.75)
    message = _("cette colonne manque dans l’en-tête")
    if near:
        message += _(" (est-ce « %(name)s » ?)") % {"name": unknown[near[0]]}
    return message


def _formula_refused():
    return _("une formule n’est pas acceptée : collez sa valeur à la place")
