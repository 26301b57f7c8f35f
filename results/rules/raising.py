"""The points that the jury may add: no more than are missing to the nearest threshold above."""

from collections.abc import Iterable, Iterator
from decimal import ROUND_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from results.rules.decider import EVERYTHING, decider
from results.rules.regulation import UNDECIDED, Enrolment, ExamRules, MarkTaken, Verdict

_HUNDREDTH = Decimal("0.01")
_BEYOND_RAISING = UNDECIDED | {Verdict.INCOMPLETE, Verdict.ELIMINATED, Verdict.WITHHELD}


class Raise(NamedTuple):
    """The nearest threshold above an entry.

    `missing`: points (marks × coefficients) to it. `verdict`, `mention`: what it gives.
    """

    missing: Fraction
    verdict: Verdict
    mention: str | None

    @property
    def most_points(self) -> Decimal:
        """The most points that the jury may add: those missing, up to the next hundredth."""
        exact = Decimal(self.missing.numerator) / self.missing.denominator
        return exact.quantize(_HUNDREDTH, rounding=ROUND_UP)


def nearest_raise(
    regulation: ExamRules,
    marks: Iterable[MarkTaken],
    *,
    round: int = 1,
    called: bool | None = None,
    enrolment: Enrolment = EVERYTHING,
) -> Raise | None:
    """Return the nearest threshold to which the jury may raise an entry after `round`, or None.

    The jury is sovereign: candidates are declared admitted, or called to the second round, "after
    its deliberation" (D. 334-8, D. 643-22). It raises to the average of the second round, of
    admission or of a mention, and no further. A threshold that changes nothing is none: the points
    lift neither an elimination nor a group of tests below its minimum. After the second round there
    is admission alone (D. 334-8: no mention), and only for those called to it. `marks`, `called`
    and `enrolment` are those of `decide`, without points of the jury.
    """
    marks = tuple(marks)
    decide = decider(regulation).decide
    present = decide(marks, round=round, called=called, enrolment=enrolment)
    if present.verdict in _BEYOND_RAISING or present.round != round:
        return None
    for average in sorted(set(thresholds(regulation, round))):
        missing = Fraction(average) * present.divisor - present.points
        if missing <= 0:
            continue
        raised = decide(
            marks, round=round, called=round == 2, jury_points=missing, enrolment=enrolment
        )
        if (raised.verdict, raised.mention) != (present.verdict, present.mention):
            return Raise(missing, raised.verdict, raised.mention)
    return None


def thresholds(regulation: ExamRules, round: int) -> Iterator[Decimal]:
    """Yield the averages, out of 20, to which the jury may raise in `round`."""
    yield regulation.pass_mark
    if round == 1:
        yield from (mention.from_average for mention in regulation.mentions)
        if regulation.second_round:
            yield regulation.second_round.from_average
