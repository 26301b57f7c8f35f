"""The columns of a marks file, and how each cell is read."""

import re
from functools import partial
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from candidates.values import candidate_number
from results.models import Mark
from results.rules import HIGHEST_HUNDREDTHS, KEPT, WITHOUT_VALUE
from results_portal.tabular import CellError, Column
from results_portal.tabular.values import choice

STAGING = {
    "line": "integer",
    "number": "text",
    "test": "text",
    "value": "smallint",
    "status": "text",
    "round": "smallint",
    "origin": "smallint",
}

_MARK = re.compile(r"(\d{1,2})(?:[.,](\d{1,2})0*)?", re.ASCII)  # some exports write 12.500
_TEST = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,19}")
_ORIGIN = re.compile(r"(?:[A-Za-z][A-Za-z0-9 -]*-)?(\d{4})", re.ASCII)


def columns():
    """Return the `Column`s of a marks file."""
    return [
        Column("numero", candidate_number),
        Column("epreuve", unit_code),
        Column("note", mark),
        Column("etat", choice(*Mark.Status.values)),
        Column("tour", partial(_round, choice("1", "2", default="1")), required=False),
        Column("session_origine", origin, required=False),
    ]


def mark(cell):
    """Return a mark in hundredths ("12,5" is 1250), or None when the cell is empty.

    Raises `CellError`.
    """
    figures = cell.strip()
    if not figures:
        return None
    if figures.upper() in Mark.Status.values:
        raise CellError(
            _("écrivez %(state)s dans la colonne etat, et laissez la note vide")
            % {"state": figures.upper()}
        )
    match = _MARK.fullmatch(figures)
    value = match and int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
    if value is None or value > HIGHEST_HUNDREDTHS:
        raise CellError(_("note attendue : de 0 à 20, deux décimales au plus, comme 12,5"))
    return value


def unit_code(cell):
    """Return the code of a test, or of a part of one, in capitals. Raises `CellError`."""
    code = "".join(cell.split()).upper()
    if _TEST.fullmatch(code):
        return code
    raise CellError(_("code d’épreuve attendu, comme U4"))


def origin(cell):
    """Return the year of a session, given alone or at the end of its code, or None.

    Raises `CellError`.
    """
    words = cell.strip()
    if not words:
        return None
    match = _ORIGIN.fullmatch(words)
    if match:
        return int(match[1])
    raise CellError(_("session d’origine attendue : une année ou un code, comme 2024 ou BTS-2024"))


def _round(parse, cell):
    return int(parse(cell))


def check(year):
    """Return the check of a row's cells against each other, in a session of this year.

    It yields column, cell and message of each problem. How old a kept mark may be, and from which
    one it is a benefit, its regulation says: see `mark_checks`.
    """
    found: dict[tuple[Any, ...], tuple[tuple[str, str, str], ...]] = {}

    def problems(row):
        rest = row[2:]
        if rest not in found:
            found[rest] = tuple(_problems(*rest, year=year))
        return found[rest]

    return problems


def _problems(value, status, round, origin, *, year):
    if status in WITHOUT_VALUE:
        # Some files write force majeure as a zero, which is what it counts for (D. 643-24).
        if value is not None and not (status == "FM" and value == 0):
            yield "note", _shown(value), _("pas de note avec l’état %s") % status
    elif value is None:
        yield "note", "", _("il faut une note, ou l’état ABS, FM ou DISP")
    if status in KEPT:
        yield from _problems_of_kept(value, status, round, origin, year)
    elif origin is not None:
        message = _("seule une note conservée (BEN ou REP) a une session d’origine")
        yield "session_origine", str(origin), message


def _problems_of_kept(value, status, round, origin, year):
    if round == 2:
        yield "tour", "2", _("une note conservée est du premier tour")
    if origin is None:
        yield "session_origine", "", _("une note conservée a une session d’origine")
    elif origin >= year:
        message = _("une note conservée vient d’une session d’avant %s") % year
        yield "session_origine", str(origin), message


def too_old(year, sessions):
    """Return why a kept mark is too old in a session of `year` (D. 643-15: five sessions)."""
    return _("une note se conserve %(count)d sessions : de %(first)s à %(last)s ici") % {
        "count": sessions,
        "first": year - sessions,
        "last": year - 1,
    }


def on_the_wrong_side(status, least):
    """Return why a kept mark has the other state: BEN from `least` out of 20 on, REP below."""
    values = {"least": number_format(least.normalize(), use_l10n=True)}
    if status == "BEN":
        return _("un bénéfice est une note de %(least)s ou plus (sinon REP)") % values
    return _("un report est une note inférieure à %(least)s (sinon BEN)") % values


def off_step(step):
    """Return why a mark is not one of its test, whose marks have this step."""
    shown = number_format(step.normalize(), use_l10n=True)
    return _("une note va ici de %(step)s en %(step)s") % {"step": shown}


def _shown(value):
    return f"{value // 100},{value % 100:02d}"


def staged(rows):
    """Yield the staging rows: the values of the table of marks, with the line of each."""
    for line, number, test, value, status, round, origin in rows:
        yield line, number, test, None if status == "FM" else value, status, round or 1, origin
