"""Records of a delimited text, each with the physical line on which it starts."""

import csv
import io
from collections import deque
from itertools import islice

from django.utils.translation import gettext as _

from results_portal.tabular.columns import known_names

DELIMITERS = ";\t,"
_HEAD = 64 * 1024
_HEAD_LINES = 10
_LONGEST_RECORD = 1000  # lines
_MOST_WRONG_QUOTES = 50
_PROGRESS_EVERY = 20_000


def records(source, delimiter, *, log, progress):
    """Yield `(line, [cells])`, and log what in the text cannot be read."""
    whole = True
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
        except csv.Error:
            whole = False
        except UnicodeDecodeError:
            log.add(line, _("fichier"), "", _undecodable())
    if not whole:
        yield from _among_wrong_quotes(source, delimiter, line, log)


def _among_wrong_quotes(source, delimiter, line, log):
    """Yield the records from `line` on, and log each misplaced quote at the line where it opens.

    Reading goes on below that line: the quote may have taken others with it.
    """
    with open(source.path, encoding=source.encoding, newline="") as text:
        lines = _Lines(islice(text, line - 1, None))
        for _quote in range(_MOST_WRONG_QUOTES):
            try:
                for record in csv.reader(lines, delimiter=delimiter, strict=True):
                    yield line, record
                    line += len(lines.taken)
                    lines.taken.clear()
                return
            except csv.Error as problem:
                opens = _line_of_wrong_quote(lines.taken, delimiter)
                log.add(line + opens, _("ligne"), "", _explain(problem))
                line += opens + 1
                lines.give_back_after(opens)
            except UnicodeDecodeError:
                log.add(line, _("fichier"), "", _undecodable())
                return
    message = _("trop de guillemets mal placés : la suite n’est pas lue")
    log.add(line - 1, _("fichier"), "", message)


class _Lines:
    """Iterator of the lines of a text; `taken` are those of the record that is being read."""

    def __init__(self, text):
        self.taken: list[str] = []
        self._text = text
        self._again: deque[str] = deque()

    def __iter__(self):
        return self

    def __next__(self):
        if len(self.taken) == _LONGEST_RECORD:
            raise csv.Error("end of data")
        line = self._again.popleft() if self._again else next(self._text)
        self.taken.append(line)
        return line

    def give_back_after(self, place):
        """Have the lines taken after the one at `place` read again."""
        self._again.extendleft(reversed(self.taken[place + 1 :]))
        self.taken.clear()


def _line_of_wrong_quote(lines, delimiter):
    """Return the place, among the lines of a wrong record, of the one where its quote opens."""
    opened, state = 0, "start"
    for place, line in enumerate(lines):
        for character in line:
            if state == "quoted":
                state = "closed" if character == '"' else "quoted"
            elif character == '"' and state == "closed":
                state = "quoted"  # two quotes stand for one
            elif character == '"' and state == "start":
                opened, state = place, "quoted"
            elif character == delimiter or character in "\r\n":
                state = "start"
            elif state == "closed":
                return opened
            else:
                state = "plain"
    return opened


def delimiter_of(source, columns):
    """Return the delimiter that finds the most names of columns in the header, then most cells."""
    lines = _first_lines(source)
    head = lines[0] if lines else ""
    head = head.strip('"') if head.lower().startswith('"sep=') else head
    if head.lower().startswith("sep="):
        return head[4:5] or DELIMITERS[0]

    def found(delimiter):
        headers = [_cells(line, delimiter) for line in lines] or [[]]
        names = [known_names(header, columns) for header in headers]
        return max(names), len(headers[names.index(max(names))])

    return max(DELIMITERS, key=found)


def _first_lines(source):
    with open(source.path, encoding=source.encoding, errors="replace", newline=None) as text:
        filled = (line for line in text.read(_HEAD).splitlines() if line.strip())
        return list(islice(filled, _HEAD_LINES))


def _cells(line, delimiter):
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _undecodable():
    return _("texte indéchiffrable dans cet encodage")


def _explain(problem):
    reason = str(problem)
    if "end of data" in reason or "field limit" in reason:
        return _("guillemet ouvert et jamais refermé")
    return _("guillemet mal placé dans cette ligne")
