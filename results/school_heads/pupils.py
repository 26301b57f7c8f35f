"""What the head of a school reads of its pupils: names and decisions, and no mark.

Everything comes through the gate, with the rights of visitors' pages: before its hour a result does
not exist here, and is not counted; withdrawn, it is gone at once.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from candidates.models import School
from results.document.contents import PlainDocument
from results.document.words import decision_words
from results.models import PublishedResult, PublishedResultQuerySet, Verdict

ORDER = list(Verdict)
HEADER = [
    "numero",
    "nom",
    "nom_usage",
    "prenoms",
    "date_naissance",
    "specialite",
    "decision",
    "etabli_le",
]


class Pupil(NamedTuple):
    """A pupil with the jury's decision in official words, as of now.

    `outcome`: the decision without the mention. `issued_at`: when the result that stands was
    published; `corrected`: it replaced another one.
    """

    entry_id: int
    name: str
    candidate: PlainDocument
    birth_date: date
    speciality: PlainDocument
    session_label: str
    verdict: Verdict
    decision: str
    outcome: str
    issued_at: datetime
    corrected: bool


class SpecialityResults(NamedTuple):
    """The pupils of a speciality, by name."""

    code: str
    label: str
    pupils: list[Pupil]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Each outcome that somebody has, and how many have it: the admitted first."""
        found = Counter((ORDER.index(pupil.verdict), pupil.outcome) for pupil in self.pupils)
        return [(outcome, number) for (_order, outcome), number in sorted(found.items())]


def sessions_of(school: School) -> list[dict[str, Any]]:
    """Return code, label and `total` of pupils of each session with results, the latest first."""
    return list(PublishedResult.objects.for_visitors().current().of_school(school).by_session())


def pupils_of(school: School, session_code: str) -> list[Pupil]:
    """Return the pupils of a school with a result in a session, by speciality and name."""
    return [_pupil(row) for row in _results(school, session_code).in_order()]


def pupil_of(school: School, session_code: str, entry_id: int) -> Pupil | None:
    """Return a pupil of the school, or None: unknown, of another school, not yet published."""
    row = _results(school, session_code).filter(entry=entry_id).first()
    return _pupil(row) if row else None


def by_speciality(pupils: list[Pupil]) -> list[SpecialityResults]:
    """Return the pupils, which come in that order, speciality by speciality."""
    groups = groupby(
        pupils, key=lambda pupil: (pupil.speciality["code"], pupil.speciality["label"])
    )
    return [SpecialityResults(code, label, list(found)) for (code, label), found in groups]


def rows(pupils: list[Pupil]) -> Iterator[list[str]]:
    """Yield the row of each pupil under `HEADER`."""
    for pupil in pupils:
        person = pupil.candidate
        names = [person[name] for name in ("number", "birth_name", "usage_name", "given_names")]
        dates = f"{pupil.birth_date:%d/%m/%Y}", f"{pupil.issued_at:%d/%m/%Y}"
        yield [*names, dates[0], pupil.speciality["code"], pupil.decision, dates[1]]


def _results(school: School, session_code: str) -> PublishedResultQuerySet:
    results = PublishedResult.objects.for_visitors().current()
    return results.of_school(school, session_code).select_related("release__session")


def _pupil(row: PublishedResult) -> Pupil:
    document = row.whole_document
    decision = outcome = _("Non communiquée pour le moment")
    if row.verdict != Verdict.WITHHELD:
        decision, outcome = map(decision_words, (document, document | {"mention": None}))
    return Pupil(
        entry_id=row.entry_id,
        name=row.list_name,
        candidate=document["candidate"],
        birth_date=date.fromisoformat(document["candidate"]["birth_date"]),
        speciality=document["speciality"],
        session_label=row.release.session.label,
        verdict=Verdict(row.verdict),
        decision=decision,
        outcome=outcome,
        issued_at=row.hour,
        corrected=document["correction"] is not None,
    )
