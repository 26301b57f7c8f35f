"""Scale the decimals of a regulation to integers.

Coefficients have decimals, parts are averaged, and averages are compared with thresholds. Scaled
once for each regulation, all of this becomes exact sums and comparisons of integers.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from results.rules.regulation import ABSENCES, ExamRules, TestRule


class ScaledPart(NamedTuple):
    """A part of a test as `Scale` counts it; `weight`: its coefficient within the test."""

    place: int
    code: str
    weight: int


class ScaledTest(NamedTuple):
    """A test as `Scale` counts it.

    `place`: its rank among all codes of the regulation. `weight`: its coefficient. `unit`: the
    worth of a hundredth of a mark. `floor`: the worth below which it eliminates (0: none).
    """

    place: int
    code: str
    weight: int
    unit: int
    floor: int
    parts: tuple[ScaledPart, ...]


class Minimum(NamedTuple):
    """The average required of a group; `tests`: the ranks of its compulsory tests."""

    group: str
    threshold: int
    tests: tuple[int, ...]


class Scale:
    """The integers of one regulation.

    A weight is in 1/`weights` of a coefficient, a worth in 1/`points` of a point. The average of a
    worth over a weight reaches `average` when worth >= threshold(average) × weight.

    Raises `ValueError` for an inconsistent regulation; `results.regulations.files` checks the same
    with a message for each error.
    """

    def __init__(self, regulation: ExamRules) -> None:
        _check(regulation)
        codes = [code for test in regulation.tests for code in _codes(test)]
        self.places = {code: place for place, code in enumerate(codes)}
        self.weights = lcm(*(Fraction(test.coefficient).denominator for test in regulation.tests))
        self.average = 100 * _resolution(regulation)
        self.points = self.weights * self.average
        self._groups = [test.group for test in regulation.tests if not test.optional]
        self.compulsory = tuple(self._test(t) for t in regulation.tests if not t.optional)
        self.optional = tuple(self._test(t) for t in regulation.tests if t.optional)

    def threshold(self, average: Decimal) -> int:
        return int(Fraction(average) * self.average)

    def minima(self, minima: Mapping[str, Decimal]) -> tuple[Minimum, ...]:
        return tuple(
            Minimum(
                name,
                self.threshold(average),
                tuple(i for i, group in enumerate(self._groups) if group == name),
            )
            for name, average in minima.items()
        )

    def _test(self, test: TestRule) -> ScaledTest:
        weight = int(Fraction(test.coefficient) * self.weights)
        parts = tuple(
            ScaledPart(self.places[part.code], part.code, part_weight)
            for part, part_weight in zip(test.parts, part_weights(test), strict=True)
        )
        return ScaledTest(
            place=self.places[test.code],
            code=test.code,
            weight=weight,
            unit=weight * self.average // 100,
            floor=weight * self.threshold(test.minimum or Decimal(0)),
            parts=parts,
        )


def _codes(test: TestRule) -> list[str]:
    return [test.code, *(part.code for part in test.parts)]


def _check(regulation: ExamRules) -> None:
    codes = [code for test in regulation.tests for code in _codes(test)]
    coefficients = [test.coefficient for test in regulation.tests]
    coefficients += [part.coefficient for test in regulation.tests for part in test.parts]
    if (
        regulation.absence not in ABSENCES
        or len(codes) != len(set(codes))
        or min(coefficients, default=0) <= 0
        or any(test.optional and (test.parts or test.minimum) for test in regulation.tests)
    ):
        raise ValueError(f"the regulation {regulation.code} makes no sense")


def part_weights(test: TestRule) -> list[int]:
    """Return the coefficients of the parts of a test, scaled to integers."""
    coefficients = [Fraction(part.coefficient) for part in test.parts]
    scale = lcm(*(coefficient.denominator for coefficient in coefficients))
    return [int(coefficient * scale) for coefficient in coefficients]


def _resolution(regulation: ExamRules) -> int:
    """Return the least division of a hundredth that makes thresholds and averages integers."""
    second = regulation.second_round
    averages = [
        regulation.pass_mark,
        *regulation.group_minimum.values(),
        *(mention.from_average for mention in regulation.mentions),
        *(test.minimum for test in regulation.tests if test.minimum is not None),
        *(() if second is None else (second.from_average, *second.group_minimum.values())),
    ]
    sums = [sum(part_weights(test)) for test in regulation.tests if test.parts]
    return lcm(*sums, *((100 * Fraction(average)).denominator for average in averages))
