"""Errors of a file, line by line, in bounded memory."""

import csv
import heapq
import os
import unicodedata
from dataclasses import dataclass
from itertools import count

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SHOWN = 100
_VALUE_SHOWN = 40


class CellError(ValueError):
    """Raised for a cell that cannot be used; the message says what was expected."""


@dataclass(frozen=True)
class RowError:
    """An error: the physical line its row starts on, the column, the value, and what to do."""

    line: int
    column: str
    value: str
    message: str

    def __str__(self):
        shown = quoted(self.value)
        return (
            f"{self.column}: {shown} : {self.message}"
            if shown
            else f"{self.column}: {self.message}"
        )


class ErrorLog:
    """Log of the errors and warnings of one file: all errors in a CSV file, the first in memory.

    `path` is the file as its user named it, `error_path` the CSV file (default: the same name and
    `.erreurs.csv`). It is created at the first error, readable by its owner alone: it quotes
    personal data.
    """

    def __init__(self, path, *, error_path=None, shown=SHOWN):
        self.path = str(path)
        self.error_path = error_path or f"{path}.erreurs.csv"
        self.error_file_problem = ""
        self.count = 0
        self.warnings: list[RowError] = []
        self._shown = shown
        self._first: list[tuple[int, int, RowError]] = []
        self._order = count()
        self._file = None
        self._writer = None

    def add(self, line, column, value, message):
        error = RowError(line, column, value, str(message))
        self.count += 1
        entry = (-line, -next(self._order), error)
        if len(self._first) < self._shown:
            heapq.heappush(self._first, entry)
        else:
            heapq.heappushpop(self._first, entry)
        self._write(error)

    def warn(self, line, column, message):
        self.warnings.append(RowError(line, column, "", str(message)))

    def first(self):
        """Return the first errors of the file, in the order of its lines."""
        return [error for _line, _order, error in sorted(self._first, reverse=True)]

    def lines(self):
        """Yield `file:line: column: message` for the first errors, then how many there are."""
        yield from (f"{self.path}:{error.line}: {error}" for error in self.first())
        if self.count:
            yield self._summary()

    def warning_lines(self):
        for warning in self.warnings:
            message = _("avertissement : %(message)s") % {"message": warning.message}
            yield f"{self.path}:{warning.line}: {warning.column}: {message}"

    def close(self):
        if self._file:
            self._file.close()
            self._file = self._writer = None

    def _summary(self):
        found = ngettext("%(n)s erreur", "%(n)s erreurs", self.count) % {"n": self.count}
        if self.error_file_problem:
            where = _("le fichier des erreurs n’a pas pu être écrit (%(why)s)") % {
                "why": self.error_file_problem
            }
        else:
            where = _("toutes dans %(file)s") % {"file": self.error_path}
        return f"{self.path}: {found}, {where}. " + _("Rien n’a été enregistré.")

    def _write(self, error):
        if self.error_file_problem:
            return
        try:
            writer = self._writer or self._open()
            writer.writerow([error.line, error.column, quoted(error.value), error.message])
        except OSError as problem:
            self.error_file_problem = problem.strerror or str(problem)

    def _open(self):
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        handle = os.open(self.error_path, flags, 0o600)
        self._file = os.fdopen(handle, "w", encoding="utf-8-sig", newline="")
        self._writer = writer = csv.writer(self._file, delimiter=";")
        writer.writerow([_("ligne"), _("colonne"), _("valeur"), _("message")])
        return writer


def quoted(value):
    """Return a value for a message: « shortened », on one line, without control characters.

    The quotes also keep a spreadsheet from running a formula in the error file.
    """
    text = value if len(value) <= _VALUE_SHOWN else value[: _VALUE_SHOWN - 1] + "…"
    text = "".join(c if _harmless(c) else f"\\x{ord(c):02x}" for c in text)
    return f"« {text} »" if text else ""


def _harmless(character):
    return character in " \u00a0\u202f" or unicodedata.category(character)[0] not in "CZ"
