"""Rows of the first visible sheet of a workbook, each cell as its displayed text."""

import re
import warnings
from datetime import datetime, time

import openpyxl
from django.utils.translation import gettext as _

_DAMAGED = (KeyError, ValueError, TypeError, OSError, SyntaxError, EOFError, AttributeError)
_PROGRESS_EVERY = 1000
_ZEROS = re.compile(r"0{2,}")


def records(source, *, log, progress):
    """Yield `(row number, [text of each cell])`, and log what cannot be opened."""
    with warnings.catch_warnings(), source.path.open("rb") as stream:
        warnings.simplefilter("ignore")
        try:
            workbook = openpyxl.load_workbook(stream, read_only=True)
            yield from _rows(_sheet(workbook, log), progress)
        except _DAMAGED as problem:
            log.add(1, _("fichier"), type(problem).__name__, _("classeur abîmé : illisible"))


def _sheet(workbook, log):
    visible = [s for s in workbook.worksheets if s.sheet_state == "visible"]
    sheets = visible or workbook.worksheets
    if len(sheets) > 1:
        message = _("seule la première feuille est lue : « %(name)s »") % {"name": sheets[0].title}
        log.warn(1, _("fichier"), message)
    return sheets[0]


def _rows(sheet, progress):
    total = sheet.max_row or 0
    # A sheet may declare a million rows that it does not have.
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, [_text(cell) for cell in cells]
        if number % _PROGRESS_EVERY == 0 and number < total:
            progress(number, total)
    progress(total, total)


def _text(cell):
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return f"={value}" if cell.data_type == "f" and value[:1] != "=" else value
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, int | float):
        return _number(value, cell.number_format)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else str(value)
    return f"={value}" if cell.data_type == "f" else str(value)


def _number(value, shown_as):
    """Return 15 digits, as Excel does, with the leading zeros that a format such as 00000 shows."""
    digits = format(value, ".15g") if isinstance(value, float) else str(value)
    return digits.zfill(len(shown_as)) if _ZEROS.fullmatch(shown_as or "") else digits
