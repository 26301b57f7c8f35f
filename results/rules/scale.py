"""Scale the decimals of a regulation to integers.

Coefficients have decimals, parts are averaged, and averages are compared with thresholds. Scaled
once for each regulation, all of this becomes exact sums and comparisons of integers.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from results.rules.regulation import (
    ABSENCES,
    COUNTS,
    DIFFERENCE,
    FORCE_MAJEURES,
    STEPS,
    UP,
    ExamRules,
    TestRule,
)


class ScaledPart(NamedTuple):
    """A part of a test as `Scale` counts it.

    `weight`: its coefficient within the test. `slot`: its place in the slots of the test.
    """

    place: int
    code: str
    weight: int
    slot: int


class ScaledTest(NamedTuple):
    """A test as `Scale` counts it.

    `place`: its rank among all codes of the regulation. `weight`: its coefficient. `unit`: the
    worth of a hundredth of a mark. `floor`: the worth below which it eliminates (0: none). `step`:
    hundredths that its marks go up to (0: they stay). `slots`: ranks of its sums, one for each
    group of its parts, and `slot_weights` their weights. `group`: rank in `Scale.groups`, or -1.
    `replaced`: whether force majeure is replaced, where the regulation replaces it.
    """

    place: int
    code: str
    weight: int
    unit: int
    floor: int
    step: int
    parts: tuple[ScaledPart, ...]
    slots: tuple[int, ...]
    slot_weights: tuple[int, ...]
    group: int
    replaced: bool


class Minimum(NamedTuple):
    """The average required of a group; `slots`: the ranks of its sums."""

    group: str
    threshold: int
    slots: tuple[int, ...]


class ScaledGroup(NamedTuple):
    """A group with a share or a cap. `share`: 0 where no group has one. `cap`: a threshold."""

    name: str
    share: int
    cap: int | None
    slots: tuple[int, ...]


class Scale:
    """The integers of one regulation.

    A weight is in 1/`weights` of a coefficient, a worth in 1/`points` of a point. The average of a
    worth over a weight reaches `average` when worth >= threshold(average) × weight. Each compulsory
    test, and each optional one that counts in full (`full`), adds to one slot, or to one for each
    group of its parts; what adds to the points alone, to none (`excess`, `differences`).
    `ungrouped`: the slots in none of `groups`. `compulsory_slots`: how many come first.

    Raises `ValueError` for an inconsistent regulation; `results.regulations.files` checks the same
    with a message for each error.
    """

    def __init__(self, regulation: ExamRules) -> None:
        _check(regulation)
        codes = [code for test in regulation.tests for code in _codes(test)]
        self.places = {code: place for place, code in enumerate(codes)}
        self.weights = lcm(
            *(Fraction(test.coefficient).denominator for test in regulation.tests),
            *(
                weight.denominator
                for test in regulation.tests
                for weight in _by_group(test).values()
            ),
        )
        self.average = 100 * _resolution(regulation)
        self.points = self.weights * self.average
        self._named = list(regulation.shares) or list(regulation.caps)
        compulsory = [t for t in regulation.tests if not t.optional and not t.in_difference]
        full = [test for test in regulation.tests if test.in_full]
        self._groups: list[str] = []
        self.compulsory = tuple(map(self._test, compulsory))
        self.compulsory_slots = len(self._groups)
        self.full = tuple(map(self._test, full))
        self.excess = tuple(
            self._test(test) for test in regulation.tests if test.optional and not test.in_full
        )
        self.differences = tuple(
            self._test(test) for test in regulation.tests if test.in_difference
        )
        self.groups = self._scaled_groups(regulation)
        grouped = {slot for group in self.groups for slot in group.slots}
        self.ungrouped = tuple(i for i in range(len(self._groups)) if i not in grouped)

    def threshold(self, average: Decimal) -> int:
        return int(Fraction(average) * self.average)

    def minima(self, minima: Mapping[str, Decimal]) -> tuple[Minimum, ...]:
        of_compulsory = self._groups[: self.compulsory_slots]
        return tuple(
            Minimum(
                name,
                self.threshold(average),
                tuple(i for i, group in enumerate(of_compulsory) if group == name),
            )
            for name, average in minima.items()
        )

    def _test(self, test: TestRule) -> ScaledTest:
        weight = int(Fraction(test.coefficient) * self.weights)
        by_group = _by_group(test)
        slots: tuple[int, ...] = ()
        if test.in_full or not (test.optional or test.in_difference):
            slots = tuple(range(len(self._groups), len(self._groups) + len(by_group)))
            self._groups += by_group
        names = list(by_group)
        parts = tuple(
            ScaledPart(
                self.places[part.code],
                part.code,
                part_weight,
                names.index(part.group or test.group),
            )
            for part, part_weight in zip(test.parts, part_weights(test), strict=True)
        )
        return ScaledTest(
            place=self.places[test.code],
            code=test.code,
            weight=weight,
            unit=weight * self.average // 100,
            floor=weight * self.threshold(test.minimum or Decimal(0)),
            step=rounding_step(test),
            parts=parts,
            slots=slots,
            slot_weights=tuple(int(weight * self.weights) for weight in by_group.values()),
            group=self._named.index(test.group) if test.group in self._named else -1,
            replaced=test.replaced,
        )

    def _scaled_groups(self, regulation: ExamRules) -> tuple[ScaledGroup, ...]:
        fine = lcm(*(Fraction(share).denominator for share in regulation.shares.values()))
        return tuple(
            ScaledGroup(
                name,
                int(Fraction(regulation.shares.get(name, 0)) * fine),
                self.threshold(regulation.caps[name]) if name in regulation.caps else None,
                tuple(i for i, group in enumerate(self._groups) if group == name),
            )
            for name in self._named
        )


def _codes(test: TestRule) -> list[str]:
    return [test.code, *(part.code for part in test.parts)]


def _check(regulation: ExamRules) -> None:
    tests = regulation.tests
    codes = [code for test in tests for code in _codes(test)]
    coefficients = [test.coefficient for test in tests]
    coefficients += [part.coefficient for test in tests for part in test.parts]
    if (
        regulation.absence not in ABSENCES
        or regulation.force_majeure not in FORCE_MAJEURES
        or len(codes) != len(set(codes))
        or min(coefficients, default=0) <= 0
        or any(test.optional and (test.parts or test.minimum) for test in tests)
        or any(test.step not in STEPS or test.rounding not in ("", UP) for test in tests)
        or any(test.counts not in COUNTS for test in tests)
        or any(test.optional and test.counts == DIFFERENCE for test in tests)
        or any(test.in_difference and (test.parts or test.minimum) for test in tests)
        or _shares_make_no_sense(regulation)
    ):
        raise ValueError(f"the regulation {regulation.code} makes no sense")


def _shares_make_no_sense(regulation: ExamRules) -> bool:
    """Whether a mark would be in no share, a part in another than its test, or in two rounds."""
    shares, caps, tests = regulation.shares, regulation.caps, regulation.tests
    if not shares and not caps:
        return any(part.group and test.rounding for test in tests for part in test.parts)
    if shares and (
        sum(shares.values()) != 100
        or min(shares.values()) <= 0
        or not caps.keys() <= shares.keys()
        or any(test.group not in shares for test in tests)
    ):
        return True
    return (
        any(part.group for test in tests for part in test.parts)
        or any(test.in_difference for test in tests)
        or regulation.second_round is not None
    )


def part_weights(test: TestRule) -> list[int]:
    """Return the coefficients of the parts of a test, scaled to integers."""
    coefficients = [Fraction(part.coefficient) for part in test.parts]
    scale = lcm(*(coefficient.denominator for coefficient in coefficients))
    return [int(coefficient * scale) for coefficient in coefficients]


def rounding_step(test: TestRule) -> int:
    """Return the hundredths that computed marks of a test go up to; 0: they stay as they are."""
    return int(100 * test.step) if test.rounding == UP else 0


def up(hundredths: int, step: int) -> int:
    """Return the least multiple of `step` that is not below a mark in hundredths."""
    return -(-hundredths // step) * step


def _by_group(test: TestRule) -> dict[str, Fraction]:
    """Return the coefficient that a test has in each group: its own, or those of its parts."""
    coefficient = Fraction(test.coefficient)
    if not any(part.group for part in test.parts):
        return {test.group: coefficient}
    whole = sum(Fraction(part.coefficient) for part in test.parts)
    found: dict[str, Fraction] = {}
    for part in test.parts:
        group = part.group or test.group
        of_part = coefficient * Fraction(part.coefficient) / whole
        found[group] = found.get(group, Fraction(0)) + of_part
    return found


def _resolution(regulation: ExamRules) -> int:
    """Return the least division of a hundredth that makes thresholds and averages integers."""
    second = regulation.second_round
    averages = [
        regulation.pass_mark,
        *regulation.group_minimum.values(),
        *regulation.caps.values(),
        *(mention.from_average for mention in regulation.mentions),
        *(test.minimum for test in regulation.tests if test.minimum is not None),
        *(() if second is None else (second.from_average, *second.group_minimum.values())),
    ]
    sums = [sum(part_weights(test)) for test in regulation.tests if test.parts]
    return lcm(*sums, *((100 * Fraction(average)).denominator for average in averages))
