"""The worth of an entry's marks, in the integers of a `Scale`."""

from dataclasses import dataclass, field
from fractions import Fraction

from results.rules.regulation import KEPT, MarkStatus, MarkTaken
from results.rules.scale import ScaledTest

Worth = Fraction | int


@dataclass(slots=True)
class WeighedMarks:
    """Worth and weight of each compulsory test of an entry, in the order of the regulation.

    `added`: bonus of optional tests, and the jury's points. `missing`, `absent`, `low`: codes of
    tests or parts without a mark, with an unjustified absence, below their minimum. `kept`: a mark
    comes from an earlier session.
    """

    worth: list[Worth] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)
    added: Worth = 0
    missing: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    low: list[str] = field(default_factory=list)
    kept: bool = False


def weigh(test: ScaledTest, mark: MarkTaken, weighed: WeighedMarks) -> tuple[int, int]:
    """Return worth and weight of a mark with a status, and note in `weighed` what it entails.

    An exempt test leaves both sums; an absence and force majeure count 0.
    """
    if mark.status in KEPT:
        weighed.kept = True
        return test.unit * (mark.value or 0), test.weight
    if mark.status == MarkStatus.EXEMPT:
        return 0, 0
    if mark.status == MarkStatus.ABSENT:
        weighed.absent.append(test.code)
    return 0, test.weight
