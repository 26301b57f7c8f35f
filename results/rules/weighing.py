"""What the marks of an entry are worth."""

from dataclasses import dataclass, field
from fractions import Fraction

from results.rules.regulation import KEPT, MarkStatus, MarkTaken
from results.rules.scale import ScaledTest

Worth = Fraction | int


@dataclass(slots=True)
class Sheet:
    """What the compulsory tests of an entry are worth, in the order of the regulation."""

    worth: list[Worth] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)
    added: Worth = 0
    missing: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    low: list[str] = field(default_factory=list)
    kept: bool = False


def weigh(test: ScaledTest, mark: MarkTaken, sheet: Sheet) -> tuple[int, int]:
    """Worth and weight of a mark with a status: kept, exempt, absent or force majeure."""
    if mark.status in KEPT:
        sheet.kept = True
        return test.unit * (mark.value or 0), test.weight
    if mark.status == MarkStatus.EXEMPT:
        return 0, 0
    if mark.status == MarkStatus.ABSENT:
        sheet.absent.append(test.code)
    return 0, test.weight
