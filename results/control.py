"""The way out for a candidate called to the second round: what to choose, and the marks needed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import ceil
from typing import NamedTuple

from results.decider import Points, decider
from results.lines import lines
from results.regulation import HIGHEST_MARK, MarkTaken, Regulation, TestRule, open_to_second_round


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
    choices = []
    for chosen in _choices(lists, second.choose):
        stakes = [(counted[test.code], Fraction(test.coefficient)) for test in chosen]
        codes = tuple(test.code for test in chosen)
        choices.append(Choice(codes, least_mark(stakes, missing)))
    open_tests = {test.code for tests in lists for test in tests}
    tests = tuple(test for test in regulation.tests if test.code in open_tests)
    return ControlOptions(missing, second.choose, tests, tuple(choices))


def least_mark(stakes: Sequence[tuple[Fraction, Fraction]], missing: Fraction) -> Fraction | None:
    """The least mark on the grid of hundredths that brings `missing` points.

    `stakes`: present mark and coefficient of each test in which it is obtained; a test gains only
    what goes beyond its present mark.
    """
    weight = points = Fraction(0)
    stakes = sorted(stakes)
    for rank, (present, coefficient) in enumerate(stakes, start=1):
        weight += coefficient
        points += coefficient * present
        needed = (missing + points) / weight
        if rank == len(stakes) or needed <= stakes[rank][0]:
            rounded = Fraction(ceil(needed * 100), 100)
            return rounded if rounded <= HIGHEST_MARK else None
    return None


def _choices(lists: list[list[TestRule]], choose: int) -> Iterator[tuple[TestRule, ...]]:
    """Each way to choose; with fewer tests open than asked for, all of them."""
    lists = [tests for tests in lists if tests]
    if len(lists) == 1:
        return combinations(lists[0], min(choose, len(lists[0])))
    return product(*lists) if lists else iter(())
