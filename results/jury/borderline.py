"""Candidates just below a threshold of their regulation: whom the jury looks at first."""

import hashlib
import heapq
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import DecimalField, ExpressionWrapper, F, Q, TextChoices, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from candidates.models import Entry, Session, Speciality
from results import rules
from results.document.dossier import Dossier
from results.jury import deliberation, dossiers
from results.jury.raising import excess, nearest_of
from results.models import Decision, JuryDecision, Verdict
from results.regulations.rulebook import Rulebook

NEAREST_BAND = Decimal("0.10")  # of an average out of 20
MOST = 1000  # candidates weighed at once, the nearest ones
_TRUNCATED = Decimal("0.0001")  # what columns of sums may lack of the exact ones
_RAISABLE = [Verdict.ADMITTED, Verdict.CONTROL, Verdict.REFUSED]


class Threshold(TextChoices):
    ADMISSION = "admission", _("admission")
    SECOND_ROUND = "second-tour", _("second tour")
    MENTION = "mention", _("mention")


@dataclass(frozen=True)
class Borderline:
    """A candidate as the jury sees it: marks, decision, and what is missing to which threshold.

    `nearest`: None when no threshold is above it. `granted`: what the jury has given.
    """

    entry: Entry
    dossier: Dossier
    book: Rulebook
    round: int
    decision: Decision
    granted: JuryDecision | None
    nearest: rules.Raise | None

    @property
    def distance(self) -> Fraction:
        """The average missing to the threshold, out of 20, without the points of the jury."""
        return (
            self.nearest.missing / Fraction(self.decision.divisor) if self.nearest else Fraction()
        )

    @property
    def threshold(self) -> Threshold | None:
        if self.nearest is None:
            return None
        if self.nearest.mention is not None:
            return Threshold.MENTION
        admits = self.nearest.verdict is rules.Verdict.ADMITTED
        return Threshold.ADMISSION if admits else Threshold.SECOND_ROUND

    @property
    def state(self) -> str:
        """A digest of the marks, the decision and the points that the jury sees."""
        granted, decision = self.granted, self.decision
        seen = (
            sorted(map(repr, self.dossier.marks)),
            self.dossier.withheld,
            self.dossier.enrolment.status,
            (decision.verdict, decision.mention, decision.points, decision.divisor),
            granted and (granted.points, granted.reason),
        )
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]

    def with_points(self, points: Decimal | None) -> rules.Outcome:
        """Return the outcome of the rules with so many points of the jury, instead of its own."""
        dossier = self.dossier._replace(jury_points=points or None)
        books = {dossier.speciality_id: self.book}
        return deliberation.decide(dossier, books, self.round)[0]


def near(
    session: Session,
    speciality: Speciality,
    *,
    round: int,
    within: Decimal,
    threshold: str = "",
    school: str = "",
) -> list[Borderline]:
    """Return those whose average lacks at most `within` of a threshold, the nearest first.

    By the marks, without the points of the jury, which the rows give too. `threshold`: one of
    `Threshold`; `school`: its UAI. As many queries for thousands as for one. Raises
    `DeliberationRefused` without a regulation.
    """
    book = _book(session, speciality)
    averages = set(rules.thresholds(book.regulation, round))
    sums = _close_to(averages, within).filter(
        entry__session=session, entry__speciality=speciality, round=round
    )
    if school:
        sums = sums.filter(entry__school=school)
    rows = sums.order_by().values_list("entry", "own", "divisor")
    close = heapq.nsmallest(MOST, rows.iterator(), key=lambda row: _gap(row[1], row[2], averages))
    found = read(session, speciality, round=round, entry_ids=[row[0] for row in close], book=book)
    kept = [
        row
        for row in found.values()
        if row.nearest and row.distance <= within and (not threshold or row.threshold == threshold)
    ]
    return sorted(kept, key=lambda row: (row.distance, row.entry.number))


def read(
    session: Session,
    speciality: Speciality,
    *,
    round: int,
    entry_ids: Collection[int],
    book: Rulebook | None = None,
) -> dict[int, Borderline]:
    """Return those of these entries that are decided in the round, by primary key."""
    book = book or _book(session, speciality)
    selection = dossiers.Selection(session.pk, round, speciality.pk, tuple(entry_ids))
    with transaction.atomic():
        streamed = list(dossiers.stream(selection, rulebooks={speciality.pk: book}))
    entries = Entry.objects.select_related("session").in_bulk([int(d.entry_id) for d in streamed])
    of_round = {"entry__in": list(entries), "round": round}
    decisions = {one.entry_id: one for one in Decision.objects.filter(**of_round)}
    granted = {one.entry_id: one for one in JuryDecision.objects.filter(**of_round)}
    return {
        (pk := int(dossier.entry_id)): Borderline(
            entry=entries[pk],
            dossier=dossier,
            book=book,
            round=round,
            decision=decisions[pk],
            granted=granted.get(pk),
            nearest=None if dossier.withheld else nearest_of(dossier, book, round),
        )
        for dossier in streamed
        if int(dossier.entry_id) in decisions
    }


def grant(asked: Iterable[tuple[Borderline, Decimal]], *, reason: str, by: User) -> None:
    """Record the points that the jury grants for one `reason`; 0 takes its decision back.

    The rows were read under the lock of their session. In as many queries for many as for one.
    Raises `ValidationError` for more points than are missing to the nearest threshold above.
    """
    asked = list(asked)
    problems = [excess(points, row.nearest) for row, points in asked if points]
    if any(problems):
        raise ValidationError([problem for problem in problems if problem])
    now = timezone.now()
    back = [row.granted.pk for row, points in asked if row.granted and not points]
    JuryDecision.objects.filter(pk__in=back).delete()
    JuryDecision.objects.bulk_create(
        [
            JuryDecision(
                entry=row.entry,
                round=row.round,
                points=points,
                reason=reason,
                author=by,
                created_at=now,
            )
            for row, points in asked
            if points
        ],
        update_conflicts=True,
        unique_fields=["entry", "round"],
        update_fields=["points", "reason", "author", "created_at"],
    )


def left(session_ids: Iterable[int]) -> Mapping[int, int]:
    """Return how many are within `NEAREST_BAND` of a threshold of the first round, by session.

    Without those whom the jury has raised. One query; group minima are not looked at.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, {"sessions": list(session_ids), "within": NEAREST_BAND})
        return dict(cursor.fetchall())


def _book(session: Session, speciality: Speciality) -> Rulebook:
    return deliberation.rulebooks(session, speciality_ids=[speciality.pk])[speciality.pk]


def _close_to(averages: Iterable[Decimal], within: Decimal):
    """Return the decisions whose `own` points, without the jury's, are close below an average."""
    close = Q(pk__in=[])
    for average in averages:
        upto = F("divisor") * Value(average)
        since = F("divisor") * Value(average - within) - Value(_TRUNCATED)
        close |= Q(own__lt=upto, own__gte=since)
    own = F("points") - Coalesce(F("jury_points"), Value(Decimal(0)))
    sums = ExpressionWrapper(own, output_field=DecimalField(max_digits=12, decimal_places=4))
    return Decision.objects.annotate(own=sums).filter(close, verdict__in=_RAISABLE)


def _gap(own: Decimal, divisor: Decimal, averages: Iterable[Decimal]) -> Decimal:
    gaps = [average - own / divisor for average in averages]
    return min((gap for gap in gaps if gap > 0), default=Decimal(20))


_LEFT = """
SELECT entry.session_id, count(*)
FROM results_decision AS decision
JOIN candidates_entry AS entry ON entry.id = decision.entry_id
JOIN results_regulation AS regulation ON regulation.speciality_id = entry.speciality_id
WHERE entry.session_id = ANY(%(sessions)s) AND decision.round = 1
    AND decision.verdict IN ('ADMITTED', 'CONTROL', 'REFUSED') AND decision.jury_points IS NULL
    AND EXISTS (
        SELECT FROM (
            SELECT regulation.pass_mark AS average
            UNION ALL SELECT (regulation.second_round ->> 'from_average')::numeric
            UNION ALL SELECT (mentions.rule ->> 'from_average')::numeric
            FROM jsonb_array_elements(regulation.mentions) AS mentions(rule)
        ) AS threshold
        WHERE decision.points < threshold.average * decision.divisor
            AND decision.points >= (threshold.average - %(within)s) * decision.divisor
    )
GROUP BY entry.session_id
"""
