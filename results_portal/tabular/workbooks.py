"""Rows of the first visible sheet of a workbook, each cell as its displayed text."""

import re
import warnings
import zipfile
import zlib
from datetime import datetime, time

import openpyxl
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_DAMAGED = (
    AttributeError,
    EOFError,
    KeyError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
_PROGRESS_EVERY = 1000
_ZEROS = re.compile(r"0{2,}")
_BLOCK = 1024 * 1024
_ROW_TAG = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_ROW_NUMBER = re.compile(rb"\br=[\"'](\d+)")
_HIDDEN = re.compile(rb"\bhidden=[\"'](?:1|true)")
_RUNS_SHOWN = 20


def records(source, *, log, progress):
    """Yield `(row number, [text of each cell])`, and log what cannot be opened."""
    with warnings.catch_warnings(), source.path.open("rb") as stream:
        warnings.simplefilter("ignore")
        try:
            workbook = openpyxl.load_workbook(stream, read_only=True)
            if sheet := _sheet(workbook, log):
                yield from _rows(sheet, log, progress)
        except _DAMAGED as problem:
            log.add(1, _("fichier"), type(problem).__name__, _("classeur abîmé : illisible"))


def _sheet(workbook, log):
    if not workbook.worksheets:
        log.add(1, _("fichier"), "", _("aucune feuille de calcul dans ce classeur"))
        return None
    visible = [s for s in workbook.worksheets if s.sheet_state == "visible"]
    sheets = visible or workbook.worksheets
    if len(sheets) > 1:
        message = _("seule la première feuille est lue : « %(name)s »") % {"name": sheets[0].title}
        log.warn(1, _("fichier"), message)
    return sheets[0]


def _rows(sheet, log, progress):
    total = sheet.max_row or 0
    hidden, hidden_and_read = _hidden_rows(sheet), []
    # A sheet may declare a million rows that it does not have.
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = [_text(cell) for cell in cells]
        if number in hidden and any(map(str.strip, texts)):
            hidden_and_read.append(number)
        yield number, texts
        if number % _PROGRESS_EVERY == 0 and number < total:
            progress(number, total)
    progress(total, total)
    if hidden_and_read:
        log.warn(hidden_and_read[0], _("ligne"), _said_hidden(hidden_and_read))


def _hidden_rows(sheet):
    """Return the numbers of the rows that are hidden or filtered out, which openpyxl reads too."""
    hidden, number, rest = set(), 0, b""
    with sheet._get_source() as source:
        while block := source.read(_BLOCK):
            block = rest + block
            for tag in _ROW_TAG.findall(block):
                stated = _ROW_NUMBER.search(tag)
                number = int(stated[1]) if stated else number + 1
                if _HIDDEN.search(tag):
                    hidden.add(number)
            last = block.rfind(b"<")
            rest = b"" if last < 0 or b">" in block[last:] else block[last:]
    return hidden


def _said_hidden(numbers):
    message = ngettext(
        "ligne masquée ou filtrée dans le classeur, lue comme les autres",
        "%(n)s lignes masquées ou filtrées dans le classeur, lues comme les autres : %(numbers)s",
        len(numbers),
    )
    return message % {"n": len(numbers), "numbers": _runs(numbers)}


def _runs(numbers):
    """Return `3 à 5, 9` for the sorted numbers 3, 4, 5 and 9."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = [_span(a, b) for a, b in runs[:_RUNS_SHOWN]]
    return ", ".join([*shown, "…"] if len(runs) > _RUNS_SHOWN else shown)


def _span(first, last):
    if first == last:
        return str(first)
    return _("%(first)s à %(last)s") % {"first": first, "last": last}


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
