"""Records of a delimited text, each with the physical line on which it starts."""

import csv
import io

from django.utils.translation import gettext as _

from results_portal.tabular.columns import known_names

DELIMITERS = ";\t,"
_HEAD = 64 * 1024
_PROGRESS_EVERY = 20_000


def records(source, delimiter, *, log, progress):
    """Yield `(line, [cells])`, and log where the text cannot be read any further."""
    with open(source.path, "rb") as raw:
        text = io.TextIOWrapper(raw, encoding=source.encoding, newline="")
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        line = 1
        try:
            for number, record in enumerate(reader, start=1):
                yield line, record
                line = reader.line_num + 1
                if not number % _PROGRESS_EVERY:
                    progress(raw.tell(), source.size)
            progress(source.size, source.size)
        except csv.Error as problem:
            log.add(line, _("ligne"), "", _explain(problem))
        except UnicodeDecodeError:
            log.add(line, _("fichier"), "", _("texte indéchiffrable dans cet encodage"))


def delimiter_of(source, columns):
    """Return the delimiter that finds the most names of columns in the header, then most cells."""
    head = _header_line(source)
    head = head.strip('"') if head.lower().startswith('"sep=') else head
    if head.lower().startswith("sep="):
        return head[4:5] or DELIMITERS[0]

    def found(delimiter):
        try:
            header = next(csv.reader([head], delimiter=delimiter), [])
        except csv.Error:
            header = []
        return known_names(header, columns), len(header)

    return max(DELIMITERS, key=found)


def _header_line(source):
    with open(source.path, encoding=source.encoding, errors="replace", newline=None) as text:
        for line in text.read(_HEAD).splitlines():
            if line.strip():
                return line
    return ""


def _explain(problem):
    reason = str(problem)
    if "end of data" in reason or "field limit" in reason:
        return _("guillemet ouvert et jamais refermé")
    return _("guillemet mal placé dans cette ligne")
