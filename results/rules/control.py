"""The tests that a candidate called to the second round may choose, and the marks they need.

The BTS calls this round the control tests (épreuves de contrôle, D. 643-22), the baccalauréat the
second group.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, product
from math import lcm
from typing import NamedTuple

from results.rules.decider import EVERYTHING, Points, decider
from results.rules.lines import TestLine, lines
from results.rules.regulation import (
    HIGHEST_HUNDREDTHS,
    Enrolment,
    ExamRules,
    MarkTaken,
    Outcome,
    TestRule,
    open_to_second_round,
)

_MARKS = tuple(Fraction(hundredths, 100) for hundredths in range(HIGHEST_HUNDREDTHS + 1))


class Choice(NamedTuple):
    """Tests that may be chosen together.

    `needed`: the lowest mark out of 20, to the hundredth, that reaches the pass mark when it is
    obtained in each of them; None when even 20 does not.
    """

    codes: tuple[str, ...]
    needed: Fraction | None


@dataclass(frozen=True, slots=True)
class ControlOptions:
    """Options of a candidate called to the second round.

    `points_missing`: points (marks × coefficients) to the pass mark. `choose`: number of tests to
    take. `tests`: those open, in the order of the regulation. `pairs`: every possible choice.
    """

    points_missing: Fraction
    choose: int
    tests: tuple[TestRule, ...]
    pairs: tuple[Choice, ...]


def control_options(
    regulation: ExamRules,
    marks: Iterable[MarkTaken],
    *,
    jury_points: Points = 0,
    enrolment: Enrolment = EVERYTHING,
) -> ControlOptions:
    """Return the tests open to a candidate, and the mark that each choice of them needs.

    Exempt tests are not open; one with a kept mark is, like any other. Marks of the second round
    are ignored. Raises `ValueError` when the regulation has no second round.
    """
    if regulation.second_round is None:
        raise ValueError(f"{regulation.code} has no second round")
    marks = list(marks)
    outcome = decider(regulation).decide(marks, jury_points=jury_points, enrolment=enrolment)
    return options_of(regulation, outcome, lines(regulation, marks, round=1, enrolment=enrolment))


def options_of(
    regulation: ExamRules, outcome: Outcome, first_round: Iterable[TestLine]
) -> ControlOptions:
    """Return `control_options` from a known outcome and known lines of the first round."""
    stakes = _stakes(regulation)
    counted = {line.test.code: line.counted for line in first_round if line.counted is not None}
    lists = [[test for test in tests if test.code in counted] for tests in stakes.lists]
    missing = max(Fraction(0), outcome.points_required - outcome.points)
    # Marks in 1/`fine` and coefficients in 1/`weights`: integers are thirty times as fast.
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
def _stakes(regulation: ExamRules) -> _Stakes:
    lists = open_to_second_round(regulation)
    exact = {test.code: Fraction(test.coefficient) for tests in lists for test in tests}
    weights = lcm(*(coefficient.denominator for coefficient in exact.values()))
    coefficients = {code: int(coefficient * weights) for code, coefficient in exact.items()}
    second = regulation.second_round
    return _Stakes(lists, coefficients, weights, second.choose if second else 0)


def _whole(value: Fraction, fine: int) -> int:
    """Return `value` in 1/`fine`, which its denominator divides."""
    return value.numerator * (fine // value.denominator)


def _least_mark(stakes: list[tuple[int, int]], missing: int, fine: int) -> Fraction | None:
    """Return the lowest mark, on the grid of hundredths, that brings `missing` points.

    `stakes`: present mark, in 1/`fine`, and weight of each test in which it is obtained; a test
    gains only what goes beyond its present mark. `missing`: marks times weights. None: no mark up
    to 20 is enough.
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
    """Return each way to choose; all open tests when there are fewer than `choose`."""
    lists = [tests for tests in lists if tests]
    if len(lists) == 1:
        return combinations(lists[0], min(choose, len(lists[0])))
    return product(*lists) if lists else iter(())
