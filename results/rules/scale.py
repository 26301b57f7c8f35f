"""The whole numbers in which a regulation counts.

Coefficients have decimals, parts are averaged and averages are compared with thresholds. Scaled
once for each regulation, all of it becomes sums and comparisons of whole numbers, and stays exact.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from results.rules.regulation import ABSENCES, Regulation, TestRule


class ScaledPart(NamedTuple):
    place: int
    code: str
    weight: int


class ScaledTest(NamedTuple):
    """A test as `Scale` counts it.

    `place` is its rank among all codes of the regulation. `weight` is its coefficient; `unit` what
    a hundredth of a mark is worth; `floor` the worth below which it eliminates (0: none).
    """

    place: int
    code: str
    weight: int
    unit: int
    floor: int
    parts: tuple[ScaledPart, ...]


class Minimum(NamedTuple):
    """The average that a group must reach; `tests` are the ranks of its compulsory tests."""

    group: str
    threshold: int
    tests: tuple[int, ...]


class Scale:
    """The numbers of one regulation.

    A weight is in 1/`weights` of a coefficient, a worth in 1/`points` of a point. The average of a
    worth over a weight reaches `average` when worth >= threshold(average) × weight.

    Raises `ValueError` for a regulation that makes no sense; `regulation_files` has better words.
    """

    def __init__(self, regulation: Regulation) -> None:
        _check(regulation)
        codes = [code for test in regulation.tests for code in _codes(test)]
        self.places = {code: place for place, code in enumerate(codes)}
        self.weights = lcm(*(Fraction(test.coefficient).denominator for test in regulation.tests))
        self.average = 100 * _fineness(regulation)
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


def _check(regulation: Regulation) -> None:
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
    """The coefficients of the parts of a test, scaled to whole numbers."""
    coefficients = [Fraction(part.coefficient) for part in test.parts]
    scale = lcm(*(coefficient.denominator for coefficient in coefficients))
    return [int(coefficient * scale) for coefficient in coefficients]


def _fineness(regulation: Regulation) -> int:
    """Into how much a hundredth is cut for thresholds and averages of parts to be whole."""
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
