"""Everything the jury and the printer need of each entry, streamed in bounded memory."""

from collections import namedtuple
from dataclasses import dataclass
from typing import Any

from django.db import connection

from results.rules import MarkStatus, MarkTaken

CHUNK = 5000

_STATUSES = {status.value: status for status in MarkStatus}

# What a published document shows of an entry, and the columns it comes from.
_IDENTITY = {
    "number": "entry.number",
    "status": "entry.status",
    "form": "entry.form",
    "posting_place": "entry.posting_place",
    "web_consent": "entry.web_consent",
    "school_id": "entry.school_id",
    "academy_id": "entry.academy_id",
    "ine": "candidate.ine",
    "birth_name": "candidate.birth_name",
    "usage_name": "candidate.usage_name",
    "given_names": "candidate.given_names",
    "birth_date": "candidate.birth_date",
    "birth_place": "candidate.birth_place",
    "address1": "candidate.address1",
    "address2": "candidate.address2",
    "address3": "candidate.address3",
    "postcode": "candidate.postcode",
    "city": "candidate.city",
    "country": "candidate.country",
}
Identity = namedtuple("Identity", _IDENTITY)  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class Dossier:
    """One entry with its marks; `jury_points` are None where the jury did not raise it.

    `called`: whether the decision of the first round called it to the second. `decided`: what was
    last decided of it in this round, as `told` puts it; None when nothing was.
    """

    entry_id: int
    speciality_id: int
    withheld: bool
    called: bool
    jury_points: Any
    marks: list
    identity: Identity | None = None
    decided: str | None = None


@dataclass(frozen=True)
class Selection:
    """Which entries of a session: all, those of one speciality, or some; for one round.

    The second round takes those called to it by the decision of the first, and those of whom it
    has already published a result.
    """

    session_id: int
    round: int = 1
    speciality_id: int | None = None
    entry_ids: tuple[int, ...] | None = None

    def where(self):
        conditions, values = ["entry.session_id = %(session)s"], {"session": self.session_id}
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


def stream(selection, *, rulebooks, identity=False):
    """Yield the `Dossier` of each selected entry, by ascending key, inside a transaction.

    `rulebooks`: `Rulebook` by speciality key. `identity` asks for what documents show as well, and
    for what was decided.
    """
    where, values = selection.where()
    marks = _Marks({pk: code for book in rulebooks.values() for pk, code in book.codes.items()})
    columns = (*_IDENTITY.values(), _DECIDED) if identity else ()
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            _ENTRIES.format(more="".join(f", {column}" for column in columns), where=where),
            values | {"round": selection.round},
        )
        while rows := cursor.fetchmany(CHUNK):
            for row in rows:
                taken = [marks[text] for text in row[5].split(",")] if row[5] else []
                if identity:
                    yield Dossier(*row[:5], taken, Identity._make(row[6:-1]), row[-1])
                else:
                    yield Dossier(*row[:5], taken)


def told(verdict, mention, points, divisor, average):
    """What was decided of an entry as one text; numbers as their columns give them."""
    shown = [verdict, mention, points, divisor, *([] if average is None else [average])]
    return "|".join(map(str, shown))


class _Marks(dict):
    """The `MarkTaken` of each text that a mark was put into: most marks are few."""

    def __init__(self, codes):
        super().__init__()
        self._codes = codes

    def __missing__(self, text):
        test_id, value, status, round_, origin = text.split(":")
        mark = self[text] = MarkTaken(
            self._codes[int(test_id)],
            int(value) if value else None,
            _STATUSES[status],
            int(round_),
            int(origin) if origin else None,
        )
        return mark


def count(selection):
    where, values = selection.where()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM candidates_entry AS entry WHERE {where}", values)
        return cursor.fetchone()[0]


# The jury's points of the round that decides: the first for those whom it did not call further.
_ENTRIES = """
SELECT entry.id, entry.speciality_id, entry.withheld,
    coalesce(first.verdict = 'CONTROL', false) AS called, jury.points,
    (
        SELECT string_agg(
            concat(test_id, ':', value, ':', mark.status, ':', mark.round, ':', origin),
            ',' ORDER BY test_id, mark.round
        )
        FROM results_mark AS mark WHERE mark.entry_id = entry.id
    ) {more}
FROM candidates_entry AS entry
JOIN candidates_candidate AS candidate ON candidate.id = entry.candidate_id
LEFT JOIN results_decision AS first ON first.entry_id = entry.id AND first.round = 1
LEFT JOIN results_decision AS present
    ON present.entry_id = entry.id AND present.round = %(round)s
LEFT JOIN results_jurydecision AS jury
    ON jury.entry_id = entry.id
    AND jury.round = CASE WHEN first.verdict = 'CONTROL' THEN %(round)s ELSE 1 END
WHERE {where}
ORDER BY entry.id
"""

_DECIDED = """CASE WHEN present.id IS NOT NULL THEN concat_ws(
    '|', present.verdict, present.mention, present.points, present.divisor, present.average
) END"""
