"""The exams of the office and their regulations in force, for the help pages that differ by exam.

Nothing here depends on any result, and all of it is law. With the rights of a visitor.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.text import slugify

from candidates.models import Session
from results.document import exams
from results.gate.lookup import PUBLIC
from results.models import Regulation, Test
from results.regulations import rulebook
from results.rules import ExamRules
from results_portal.caches import BoundedCache

_SECONDS = 60.0  # for which rules are remembered: as long as browsers keep the page
_remembered: BoundedCache[tuple[str, int, int], tuple[float, list[ExamRules]]] = BoundedCache(100)


@dataclass(frozen=True)
class OfficeExam:
    """An exam that the office has sessions of, the latest first."""

    code: str
    sessions: tuple[Session, ...]

    @property
    def slug(self) -> str:
        return slug(self.code)

    @property
    def facts(self) -> exams.Exam:
        return exams.exam(self.code)


def slug(code: str) -> str:
    """Return an exam's code as it stands in addresses: "bac-pro"."""
    return slugify(code.replace("_", " "))


def of_office(sessions: Iterable[Session]) -> list[OfficeExam]:
    """Return the exams of these sessions, by name."""
    found: dict[str, list[Session]] = {}
    for session in sessions:
        found.setdefault(session.exam, []).append(session)
    by_name = sorted(found, key=lambda code: str(exams.exam(code).name))
    return [OfficeExam(code, tuple(found[code])) for code in by_name]


def regulations_in_force(exam: OfficeExam) -> list[ExamRules]:
    """Return the rules for the sessions of this year and later, or of the last one, by name.

    Two queries, or none within a minute.
    """
    this_year = timezone.localdate().year
    newest = max(session.year for session in exam.sessions)
    years = [session.year for session in exam.sessions if session.year >= min(this_year, newest)]
    key = exam.code, min(years), newest
    made = _remembered.get(key)
    if not made or made[0] + _SECONDS < time.monotonic():
        _remembered[key] = made = time.monotonic(), _read(*key)
    return made[1]


def _read(code: str, first: int, last: int) -> list[ExamRules]:
    records = [
        record
        for record in Regulation.objects.using(PUBLIC)
        .filter(speciality__exam=code, speciality__from_session__lte=last)
        .select_related("speciality")
        .order_by("speciality__label", "speciality__from_session")
        if (record.speciality.until_session or last) >= first
    ]
    tests: dict[int, list[Test]] = {}
    specialities = [record.pk for record in records]
    for test in Test.objects.using(PUBLIC).filter(speciality__in=specialities).order_by("position"):
        tests.setdefault(test.speciality_id, []).append(test)
    return [rulebook.rules_in(record, tests.get(record.pk, [])) for record in records]
