"""Stream entries with their marks, for the jury and for publication, in bounded memory."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from results.document.dossier import Dossier, Identity
from results.regulations.rulebook import Rulebook
from results.rules import Enrolment, MarkStatus, MarkTaken

CHUNK = 5000
_VALUES = 4096  # more than the hundredths of any mark

_STATUSES = {status.value: status for status in MarkStatus}
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}

# Columns of the fields of `Identity`, as text, never null.
_IDENTITY = {
    "number": "entry.number",
    "status": "entry.status",
    "form": "entry.form",
    "posting_place": "entry.posting_place",
    "web_consent": "CASE WHEN entry.web_consent THEN 't' ELSE '' END",
    "school_id": "coalesce(entry.school_id, '')",
    "academy_id": "entry.academy_id",
    "ine": "candidate.ine",
    "birth_name": "candidate.birth_name",
    "usage_name": "candidate.usage_name",
    "given_names": "candidate.given_names",
    "birth_date": "candidate.birth_date::text",
    "birth_place": "candidate.birth_place",
    "address1": "candidate.address1",
    "address2": "candidate.address2",
    "address3": "candidate.address3",
    "postcode": "candidate.postcode",
    "city": "candidate.city",
    "country": "candidate.country",
}


@dataclass(frozen=True)
class Selection:
    """Selection of entries of a session: all, those of one speciality, or some; for one round.

    The second round selects those called to it by the decision of the first, and those of which it
    has already published a result.
    """

    session_id: int
    round: int = 1
    speciality_id: int | None = None
    entry_ids: tuple[int, ...] | None = None

    def where(self) -> tuple[str, dict[str, Any]]:
        """Return an SQL condition on the table `entry`, and its parameters."""
        conditions = ["entry.session_id = %(session)s"]
        values: dict[str, Any] = {"session": self.session_id}
        if self.speciality_id is not None:
            conditions.append("entry.speciality_id = %(speciality)s")
            values["speciality"] = self.speciality_id
        if self.entry_ids is not None:
            conditions.append("entry.id = ANY(%(entries)s)")
            values["entries"] = list(self.entry_ids)
        if self.round == 2:
            conditions.append(_CALLED_TO_SECOND_ROUND)
        return " AND ".join(conditions), values


_CALLED_TO_SECOND_ROUND = """(
    EXISTS (
        SELECT FROM results_decision AS first
        WHERE first.entry_id = entry.id AND first.round = 1 AND first.verdict = 'CONTROL'
    ) OR EXISTS (
        SELECT FROM results_publishedresult AS published
        WHERE published.entry_id = entry.id AND published.round = 2
    )
)"""


def stream(
    selection: Selection,
    *,
    rulebooks: Mapping[int, Rulebook],
    identity: bool = False,
    reader: Any = None,
) -> Iterator[Dossier]:
    """Yield the `Dossier` of each selected entry, by ascending primary key, inside a transaction.

    `rulebooks`: by primary key of the speciality. `identity`: fill `identity` and `decided` too.
    `reader`: a second connection to read through while that of the transaction writes
    (`results_portal.imports.parallel`); PostgreSQL sends the next rows meanwhile.
    """
    where, values = selection.where()
    marks = _Marks({pk: code for book in rulebooks.values() for pk, code in book.codes.items()})
    shown_columns = [_IDENTITY[name] for name in Identity._fields]
    columns = (_DECIDED, *shown_columns) if identity else ("''",)
    query = _ENTRIES.format(more=", ".join(columns), where=where)
    values |= {"round": selection.round}
    rows = _sent(reader, query, values) if reader else _fetched(query, values)
    enrolments = _Enrolments()
    for key, speciality, withheld, called, points, taken, entered, decided, *shown in rows:
        yield Dossier(
            key,
            int(speciality),
            withheld == "t",
            called == "t",
            Decimal(points) if points else None,
            [marks[text] for text in taken.split(",")] if taken else [],
            Identity._make(shown) if identity else None,
            decided,
            *enrolments[entered],
        )


def _fetched(query: str, values: dict[str, Any]) -> Iterator[Sequence[str]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, values)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def _sent(reader: Any, query: str, values: dict[str, Any]) -> Iterator[Sequence[str]]:
    """Yield the rows of `query` as `COPY` sends them: without a round trip for each chunk."""
    with reader.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT", values) as copy:
        for line in copy:
            text = str(line, "utf-8")
            row = text[:-1].split("\t")
            yield [_ESCAPE.sub(_unescaped, field) for field in row] if "\\" in text else row


def _unescaped(match: re.Match[str]) -> str:
    return _ESCAPED.get(match[1], match[1])


def decision_text(
    verdict: str, mention: str, points: Decimal, divisor: Decimal, average: Any
) -> str:
    """Return a decision as one text, to compare it with that of a `Dossier`.

    Numbers have the decimals of their columns.
    """
    shown = [verdict, mention, points, divisor, *([] if average is None else [average])]
    return "|".join(map(str, shown))


class _Marks(dict[str, MarkTaken]):
    """`MarkTaken` by its text in `_ENTRIES`; a session has few different ones."""

    def __init__(self, codes: Mapping[int, str]) -> None:
        super().__init__()
        self._codes = codes

    def __missing__(self, text: str) -> MarkTaken:
        if ":" in text:
            test_id, value, status, round_, origin = text.split(":")
            mark = MarkTaken(
                self._codes[int(test_id)],
                int(value) if value else None,
                _STATUSES[status],
                int(round_),
                int(origin) if origin else None,
            )
        else:  # graded in the first round, as nearly all are: one integer
            graded_id, hundredths = divmod(int(text), _VALUES)
            mark = MarkTaken(self._codes[graded_id], hundredths)
        self[text] = mark
        return mark


class _Enrolments(dict[str, tuple[Enrolment, Mapping[str, str]]]):
    """`Enrolment` and names of subjects by their text in `_ENTRIES`; few are different."""

    def __missing__(self, text: str) -> tuple[Enrolment, Mapping[str, str]]:
        status, units, subjects = text.split("/", 2)
        names = dict(pair.split("=", 1) for pair in subjects.split("|") if pair)
        enrolment = Enrolment(frozenset(units.split()), frozenset(names), status)
        found = self[text] = enrolment, names
        return found


def count(selection: Selection) -> int:
    """Return the number of selected entries."""
    where, values = selection.where()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM candidates_entry AS entry WHERE {where}", values)
        return cursor.fetchone()[0]


# Jury points are those of the round that decides: of the first for entries not called further.
# All columns are text and none is null, so that nothing is converted. PostgreSQL drops the left
# joins whose columns are not selected.
_ENTRIES = """
SELECT entry.id::text, entry.speciality_id::text,
    CASE WHEN entry.withheld THEN 't' ELSE '' END,
    CASE WHEN first.verdict = 'CONTROL' THEN 't' ELSE '' END,
    coalesce(jury.points::text, ''),
    coalesce((
        SELECT string_agg(
            CASE WHEN mark.status = '' AND mark.round = 1 THEN (test_id * 4096 + value)::text
            ELSE concat(test_id, ':', value, ':', mark.status, ':', mark.round, ':', origin) END,
            ',' ORDER BY test_id, mark.round
        )
        FROM results_mark AS mark WHERE mark.entry_id = entry.id
    ), ''), concat_ws('/', entry.status, entry.units, entry.subjects), {more}
FROM candidates_entry AS entry
LEFT JOIN candidates_candidate AS candidate ON candidate.id = entry.candidate_id
LEFT JOIN results_decision AS first ON first.entry_id = entry.id AND first.round = 1
LEFT JOIN results_decision AS present
    ON present.entry_id = entry.id AND present.round = %(round)s
LEFT JOIN results_jurydecision AS jury
    ON jury.entry_id = entry.id
    AND jury.round = CASE WHEN first.verdict = 'CONTROL' THEN %(round)s ELSE 1 END
WHERE {where}
ORDER BY entry.id
"""

_DECIDED = """CASE WHEN present.id IS NULL THEN '' ELSE concat_ws(
    '|', present.verdict, present.mention, present.points, present.divisor, present.average
) END"""
