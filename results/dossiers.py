"""Everything the jury and the printer need of each entry, streamed in bounded memory."""

from collections import namedtuple
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
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

    `called`: whether the decision of the first round called it to the second.
    """

    entry_id: int
    speciality_id: int
    withheld: bool
    called: bool
    jury_points: Any
    marks: list
    identity: Identity | None


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

    `rulebooks`: `Rulebook` by speciality key. `identity` asks for what documents show as well.
    """
    where, values = selection.where()
    codes = {pk: code for book in rulebooks.values() for pk, code in book.codes.items()}
    values["round"] = selection.round
    with connection.chunked_cursor() as entries, connection.chunked_cursor() as marks:
        entries.execute(_ENTRIES.format(identity=_columns(identity), where=where), values)
        marks.execute(_MARKS.format(where=where), values)
        groups = groupby(_rows(marks), itemgetter(0))
        pending = next(groups, None)
        for row in _rows(entries):
            taken = []
            if pending is not None and pending[0] == row[0]:
                taken = [_mark(codes, mark) for mark in pending[1]]
                pending = next(groups, None)
            yield Dossier(*row[:5], taken, Identity(*row[5:]) if identity else None)


def count(selection):
    where, values = selection.where()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM candidates_entry AS entry WHERE {where}", values)
        return cursor.fetchone()[0]


def _columns(identity):
    return "".join(f", {column}" for column in _IDENTITY.values()) if identity else ""


def _rows(cursor):
    while rows := cursor.fetchmany(CHUNK):
        yield from rows


def _mark(codes, row):
    _, test_id, value, status, round_, origin = row
    return MarkTaken(codes[test_id], value, _STATUSES[status], round_, origin)


# The jury's points of the round that decides: the first for those whom it did not call further.
_ENTRIES = """
SELECT entry.id, entry.speciality_id, entry.withheld,
    coalesce(first.verdict = 'CONTROL', false) AS called, jury.points {identity}
FROM candidates_entry AS entry
JOIN candidates_candidate AS candidate ON candidate.id = entry.candidate_id
LEFT JOIN results_decision AS first ON first.entry_id = entry.id AND first.round = 1
LEFT JOIN results_jurydecision AS jury
    ON jury.entry_id = entry.id
    AND jury.round = CASE WHEN first.verdict = 'CONTROL' THEN %(round)s ELSE 1 END
WHERE {where}
ORDER BY entry.id
"""

_MARKS = """
SELECT mark.entry_id, mark.test_id, mark.value, mark.status, mark.round, mark.origin
FROM results_mark AS mark
JOIN candidates_entry AS entry ON entry.id = mark.entry_id
WHERE {where}
ORDER BY mark.entry_id, mark.test_id, mark.round
"""
