"""The way out for a candidate called to the second round: what to choose, and the marks needed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, product
from math import lcm
from typing import NamedTuple

from results.rules.decider import Points, decider
from results.rules.lines import TestLine, lines
from results.rules.regulation import (
    HIGHEST_HUNDREDTHS,
    MarkTaken,
    Outcome,
    Regulation,
    TestRule,
    open_to_second_round,
)

_MARKS = tuple(Fraction(hundredths, 100) for hundredths in range(HIGHEST_HUNDREDTHS + 1))


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
    if regulation.second_round is None:
        raise ValueError(f"{regulation.code} has no second round")
    marks = list(marks)
    outcome = decider(regulation).decide(marks, jury_points=jury_points)
    return options_of(regulation, outcome, lines(regulation, marks, round=1))


def options_of(
    regulation: Regulation, outcome: Outcome, first_round: Iterable[TestLine]
) -> ControlOptions:
    """`control_options` where the outcome and the lines of the first round are known."""
    stakes = _stakes(regulation)
    counted = {line.test.code: line.counted for line in first_round if line.counted is not None}
    lists = [[test for test in tests if test.code in counted] for tests in stakes.lists]
    missing = max(Fraction(0), outcome.points_required - outcome.points)
    # Marks in 1/`fine` and coefficients in 1/`weights`: whole numbers, thirty times as fast.
    present = [counted[test.code] for tests in lists for test in tests]
    fine = lcm(100, *(mark.denominator for mark in present), missing.denominator)
    lacking = _whole(missing, fine) * stakes.weights
    at_stake = {
        test.code: (_whole(counted[test.code], fine), stakes.coefficients[test.code])
        for tests in lists
        for test in tests
    }
    choices = []
    for chosen in _choices(lists, stakes.choose):
        codes = tuple(test.code for test in chosen)
        needed = _least_mark([at_stake[code] for code in codes], lacking, fine)
        choices.append(Choice(codes, needed))
    tests = tuple(test for test in regulation.tests if test.code in at_stake)
    return ControlOptions(missing, stakes.choose, tests, tuple(choices))


class _Stakes(NamedTuple):
    """The tests open to the second round of a regulation, and their coefficients in 1/`weights`."""

    lists: tuple[tuple[TestRule, ...], ...]
    coefficients: dict[str, int]
    weights: int
    choose: int


@lru_cache(maxsize=256)
def _stakes(regulation: Regulation) -> _Stakes:
    lists = open_to_second_round(regulation)
    exact = {test.code: Fraction(test.coefficient) for tests in lists for test in tests}
    weights = lcm(*(coefficient.denominator for coefficient in exact.values()))
    coefficients = {code: int(coefficient * weights) for code, coefficient in exact.items()}
    second = regulation.second_round
    return _Stakes(lists, coefficients, weights, second.choose if second else 0)


def _whole(value: Fraction, fine: int) -> int:
    return value.numerator * (fine // value.denominator)


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
            return None if hundredths > HIGHEST_HUNDREDTHS else _MARKS[hundredths]
    return None


def _choices(lists: list[list[TestRule]], choose: int) -> Iterator[tuple[TestRule, ...]]:
    """Each way to choose; with fewer tests open than asked for, all of them."""
    lists = [tests for tests in lists if tests]
    if len(lists) == 1:
        return combinations(lists[0], min(choose, len(lists[0])))
    return product(*lists) if lists else iter(())
