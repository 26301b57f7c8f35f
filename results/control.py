"""The way out for a candidate called to the second round: what to choose, and the marks needed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, product
from math import lcm
from typing import NamedTuple

from results.decider import Points, decider
from results.lines import lines
from results.regulation import (
    HIGHEST_HUNDREDTHS,
    MarkTaken,
    Regulation,
    TestRule,
    open_to_second_round,
)


class Choice(NamedTuple):
    """Tests that may be chosen together.

    `needed`: the least mark, to the hundredth, that reaches the pass mark when it is obtained in
    each of them; None when even 20 does not.
    """

    codes: tuple[str, ...]
    needed: Fraction | None


@dataclass(frozen=True, slots=True)
class ControlOptions:
    """What a candidate called to the second round may do.

    `points_missing`: points to the pass mark. `choose`: how many tests. `tests`: those one may
    choose, in the order of the regulation. `pairs`: every choice of so many of them.
    """

    points_missing: Fraction
    choose: int
    tests: tuple[TestRule, ...]
    pairs: tuple[Choice, ...]


def control_options(
    regulation: Regulation, marks: Iterable[MarkTaken], *, jury_points: Points = 0
) -> ControlOptions:
    """The tests open to a candidate, and the mark that each choice of them asks for.

    Exempt tests are not open; one with a kept mark is, like any other. Marks of the second round
    are left aside. Raises `ValueError` when the regulation has no second round.
    """
    second = regulation.second_round
    if second is None:
        raise ValueError(f"{regulation.code} has no second round")
    marks = list(marks)
    outcome = decider(regulation).decide(marks, jury_points=jury_points)
    counted = {
        line.test.code: line.counted
        for line in lines(regulation, marks, round=1)
        if line.counted is not None
    }
    lists = [
        [test for test in tests if test.code in counted]
        for tests in open_to_second_round(regulation)
    ]
    missing = max(Fraction(0), outcome.points_required - outcome.points)
    # Marks in 1/`fine` and coefficients in 1/`weights`: whole numbers, thirty times as fast.
    fine = lcm(*(mark.denominator for mark in counted.values()), missing.denominator)
    coefficients = {t.code: Fraction(t.coefficient) for tests in lists for t in tests}
    weights = lcm(*(coefficient.denominator for coefficient in coefficients.values()))
    stakes = {
        code: (int(counted[code] * fine), int(coefficient * weights))
        for code, coefficient in coefficients.items()
    }
    lacking = int(missing * fine * weights)
    choices = []
    for chosen in _choices(lists, second.choose):
        codes = tuple(test.code for test in chosen)
        choices.append(Choice(codes, _least_mark([stakes[code] for code in codes], lacking, fine)))
    open_tests = {test.code for tests in lists for test in tests}
    tests = tuple(test for test in regulation.tests if test.code in open_tests)
    return ControlOptions(missing, second.choose, tests, tuple(choices))


def _least_mark(stakes: list[tuple[int, int]], missing: int, fine: int) -> Fraction | None:
    """The least mark on the grid of hundredths that brings `missing` points.

    `stakes`: present mark, in 1/`fine`, and weight of each test in which it is obtained; a test
    gains only what goes beyond its present mark. `missing`: marks times weights.
    """
    weight, points = 0, missing
    stakes.sort()
    for rank, (present, coefficient) in enumerate(stakes, start=1):
        weight += coefficient
        points += coefficient * present
        if rank == len(stakes) or points <= stakes[rank][0] * weight:
            hundredths = -(-100 * points // (weight * fine))
            return None if hundredths > HIGHEST_HUNDREDTHS else _hundredths(hundredths)
    return None


@lru_cache(maxsize=HIGHEST_HUNDREDTHS + 1)
def _hundredths(hundredths: int) -> Fraction:
    return Fraction(hundredths, 100)


def _choices(lists: list[list[TestRule]], choose: int) -> Iterator[tuple[TestRule, ...]]:
    """Each way to choose; with fewer tests open than asked for, all of them."""
    lists = [tests for tests in lists if tests]
    if len(lists) == 1:
        return combinations(lists[0], min(choose, len(lists[0])))
    return product(*lists) if lists else iter(())
