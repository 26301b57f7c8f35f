"""Readers for the files that offices really export: CSV in any dialect, and .xlsx.

`read_rows` checks a whole file against declared columns, logs every error with its line, and
yields the valid rows one at a time. Knows no model.
"""

import os
import sys
from contextlib import closing
from itertools import chain, islice
from operator import call

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from results_portal.tabular import texts, workbooks
from results_portal.tabular.columns import Column, known_names, match_header
from results_portal.tabular.dialects import MAX_BYTES, recognise
from results_portal.tabular.errors import CellError, ErrorLog, RowError

__all__ = [
    "MAX_BYTES",
    "CellError",
    "Column",
    "ErrorLog",
    "RowError",
    "best_columns",
    "read_rows",
]

_HEADER_WITHIN = 10  # filled rows: some stand above it


def read_rows(
    path, columns, *, log, check=None, max_bytes=MAX_BYTES, progress=None, warn_of_others=True
):
    """Yield `(line, value of each declared column…)` for each valid row of the file at `path`.

    Errors go to `log` (an `ErrorLog`): the caller keeps nothing unless `log.count` is still 0 at
    the end. `check(values)` may yield `(column, value, message)` for contradictions between the
    cells of one row. `progress(done, total)` is called now and then. Columns that are not declared
    are named in warnings if `warn_of_others`.
    """
    source = recognise(path, log=log, max_bytes=max_bytes)
    if source is None:
        return
    progress = progress or _silent
    delimiter = ""
    if source.is_workbook:
        records = workbooks.records(source, log=log, progress=progress)
    else:
        delimiter = texts.delimiter_of(source, columns)
        records = texts.records(source, delimiter, log=log, progress=progress)
    layout, below = _read_header(records, columns, log, warn_of_others)
    if layout:
        rows = _RowReader(layout, log, source, commas=delimiter == ",")
        yield from rows.read(below, check)


def best_columns(path, *choices):
    """Return the one of several lists of columns that fits the header of the file at `path` best.

    The first one if the file cannot be read: `read_rows` then logs why.
    """
    log = ErrorLog(path, error_path=os.devnull)
    source = recognise(path, log=log, max_bytes=sys.maxsize)
    if source is None:
        return choices[0]

    def names_found(columns):
        if source.is_workbook:
            records = workbooks.records(source, log=log, progress=_silent)
        else:
            delimiter = texts.delimiter_of(source, columns)
            records = texts.records(source, delimiter, log=log, progress=_silent)
        with closing(records):
            first = islice(filter(_is_filled, records), _HEADER_WITHIN)
            return max((known_names(record, columns) for _line, record in first), default=0)

    return max(choices, key=names_found)


def _silent(done, total):
    pass


def _read_header(records, columns, log, warn_of_others):
    """Return the layout of a file, or None after logging why not, and the records below."""
    above, header = [], None
    for line, record in islice(filter(_is_filled, records), _HEADER_WITHIN):
        if known_names(record, columns) >= min(2, len(columns)):
            header = line, record
            break
        above.append((line, record))
    if header:
        message = _("au-dessus de l’en-tête (ligne %s), laissée de côté") % header[0]
        for line, _record in above:
            log.warn(line, _("ligne"), message)
    elif above:
        header, *rest = above
        records = chain(rest, records)
    if header is None:
        if not log.count:
            log.add(1, _("fichier"), "", _("fichier vide"))
        return None, records
    line, record = header
    if len([name for name in record if name.strip()]) < 2 < len(columns):
        message = _("une seule colonne trouvée : séparateur attendu « ; », « , » ou tabulation")
        log.add(line, _("en-tête"), record[0], message)
        return None, records
    return match_header(record, columns, line=line, log=log, warn_of_others=warn_of_others), records


def _is_filled(numbered):
    """Whether a record has a cell and is not the line `sep=;`, which LibreOffice quotes."""
    line, record = numbered
    is_sep = line == 1 and record[:1] and record[0][:4].lower() == "sep=" and len(record[0]) <= 5
    return any(map(str.strip, record)) and not is_sep


class _RowReader:
    """Reader of the rows below a header: yields the valid ones and logs the others."""

    def __init__(self, layout, log, source, *, commas):
        self.layout = layout
        self.log = log
        self.source = source
        self.commas = commas
        self.lacking = None

    def read(self, records, check):
        width, pick, parsers = self.layout.width, self.layout.pick, self.layout.parsers
        line, found = 1, False
        for line, record in records:
            if len(record) != width and not (record := self._fitted(line, record)):
                continue
            record.append("")
            try:
                values = tuple(map(call, parsers, pick(record)))
            except CellError:
                if any(map(str.strip, record)):
                    found = True
                    self.layout.log_bad_cells(line, record, self.log)
                continue
            found = True
            problems = tuple(check(values)) if check else ()
            for problem in problems:
                self.log.add(line, *problem)
            if not problems:
                yield line, *values
        self._check_end(line, found)

    def _fitted(self, line, record):
        """Return the record with as many cells as the header; None when it is blank or wrong."""
        width = self.layout.width
        if not any(map(str.strip, record)):
            return None
        if len(record) < width:
            if self.source.is_workbook or self.layout.may_lack(len(record)):
                self.lacking = line
                return record + [""] * (width - len(record))
        elif not self.commas and not any(map(str.strip, record[width:])):
            return record[:width]
        self.log.add(line, _("ligne"), record[0], self._wrong_width(len(record)))
        return None

    def _wrong_width(self, found):
        width = self.layout.width
        message = ngettext(
            "%(found)s cellule au lieu de %(width)s",
            "%(found)s cellules au lieu de %(width)s",
            found,
        ) % {"found": found, "width": width}
        if found < width:
            return message + _(" : ligne incomplète")
        if self.commas:
            return message + _(" : une valeur avec une virgule s’écrit entre guillemets")
        return message

    def _check_end(self, line, found):
        if self.lacking == line and not self.source.ends_with_newline:
            self.log.add(line, _("ligne"), "", _("dernière ligne incomplète : fichier coupé ?"))
        if not found and not self.log.count:
            self.log.add(line, _("fichier"), "", _("aucune ligne sous l’en-tête"))
