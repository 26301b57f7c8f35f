"""What the minutes of a jury (procès-verbal) say of one speciality and round."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet

from candidates.models import Entry, Session, Speciality
from results.jury import deliberation, dossiers
from results.models import Decision, ExaminedBooklet, JuryDecision, JurySitting, Verdict
from results.rules import MarkTaken

_EXAMINED = [Verdict.REFUSED, Verdict.CONTROL, Verdict.ELIMINATED]
ROWS_OF_A_TABLE = 100  # short tables: laying out a long one takes more than its share of time


@dataclass(frozen=True)
class MinutesLine:
    """One candidate: `name` is "" in anonymous minutes; `reason`: the jury's, for its points."""

    number: str
    name: str
    marks: list[MarkTaken]
    decision: Decision
    points: Decimal | None
    reason: str
    booklet: bool


@dataclass(frozen=True)
class Minutes:
    """`codes`: those of the tests that anybody has a mark of, in order. `unexamined`: numbers of
    the candidates whose school record was to be examined, and is not ticked.
    """

    session: Session
    speciality: Speciality
    round: int
    named: bool
    sitting: JurySitting
    codes: list[str]
    booklet: bool
    lines: list[MinutesLine]
    counts: list[tuple[str, int]]
    unexamined: list[str] = field(default_factory=list)

    @property
    def tables(self) -> Iterator[list[MinutesLine]]:
        for start in range(0, len(self.lines), ROWS_OF_A_TABLE):
            yield self.lines[start : start + ROWS_OF_A_TABLE]

    @property
    def raised(self) -> list[MinutesLine]:
        """Those whom the jury has given points."""
        return [line for line in self.lines if line.points]


def minutes(session: Session, speciality: Speciality, *, round: int, named: bool) -> Minutes | None:
    """Return the minutes of one speciality and round; None where nobody is decided.

    By number. Seven queries, however many candidates. Raises `DeliberationRefused` without a
    regulation.
    """
    decided = Decision.objects.filter(
        entry__session=session, entry__speciality=speciality, round=round
    )
    decisions = {one.entry_id: one for one in decided}
    if not decisions:
        return None
    book = deliberation.rulebooks(session, speciality_ids=[speciality.pk])[speciality.pk]
    selection = dossiers.Selection(session.pk, round, speciality.pk)
    with transaction.atomic():
        marks = {
            int(one.entry_id): one.marks
            for one in dossiers.stream(selection, rulebooks={speciality.pk: book})
        }
    entries = Entry.objects.filter(pk__in=decisions).select_related("candidate").order_by("number")
    granted = {
        one.entry_id: one
        for one in JuryDecision.objects.filter(entry__in=list(decisions), round=round)
    }
    ticked = examined(session, speciality)
    lines = [
        MinutesLine(
            number=entry.number,
            name=_name(entry) if named else "",
            marks=[] if entry.withheld else marks.get(entry.pk, []),
            decision=decisions[entry.pk],
            points=granted[entry.pk].points if entry.pk in granted else None,
            reason=granted[entry.pk].reason if entry.pk in granted else "",
            booklet=entry.pk in ticked,
        )
        for entry in entries
    ]
    used = {mark.test for line in lines for mark in line.marks}
    tally = Counter(line.decision.verdict for line in lines)
    asks = book.regulation.booklet
    return Minutes(
        session=session,
        speciality=speciality,
        round=round,
        named=named,
        sitting=sitting_of(session, speciality),
        codes=[code for code in book.codes.values() if code in used],
        booklet=asks,
        lines=lines,
        counts=[(verdict.value, tally[verdict]) for verdict in Verdict if tally[verdict]],
        unexamined=[
            line.number for line in lines if asks and not line.booklet and to_examine(line.decision)
        ],
    )


def to_examine(decision: Any) -> bool:
    """Whether the jury examines the school record: of whoever is decided and not admitted.

    As `ExamRules.booklet`, where the regulation asks for it.
    """
    return decision.verdict in _EXAMINED


def examined(session: Session, speciality: Speciality) -> set[int]:
    """Return the keys of the entries whose school record the jury has ticked as examined."""
    found = ExaminedBooklet.objects.filter(entry__session=session, entry__speciality=speciality)
    return set(found.values_list("entry", flat=True))


def sitting_of(session: Session, speciality: Speciality) -> JurySitting:
    """Return the sitting of the jury; an empty one, not saved, where nothing was typed."""
    found = JurySitting.objects.filter(session=session, speciality=speciality).first()
    return found or JurySitting(session=session, speciality=speciality)


def _name(entry: Entry) -> str:
    person = entry.candidate
    return f"{person.usage_name or person.birth_name} {person.given_names}"


def to_tick(session: Session, speciality: Speciality) -> QuerySet[Entry]:
    """Return the entries whose school record the jury examines, by number; none if not asked."""
    return Entry.objects.filter(
        session=session,
        speciality=speciality,
        speciality__regulation__booklet=True,
        decisions__round=1,
        decisions__verdict__in=_EXAMINED,
    ).order_by("number")


def not_examined(session: Session, specialities: Iterable[Speciality]) -> dict[str, int]:
    """Return how many school records are not ticked as examined, by code of the speciality.

    Of those that the regulation has the jury examine. One query.
    """
    left = Decision.objects.filter(
        entry__session=session,
        entry__speciality__in=list(specialities),
        entry__speciality__regulation__booklet=True,
        entry__examined_booklet=None,
        round=1,
        verdict__in=_EXAMINED,
    )
    counted = left.order_by().values_list("entry__speciality__code").annotate(Count("pk"))
    return dict(counted.order_by("entry__speciality__code"))
