"""Marks of the demo, as the rows of an office's file, and those of the cast."""

from collections import Counter
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import NamedTuple

from results.demo.cast.situations import EXEMPT, Situation
from results.rules import (
    Enrolment,
    ExamRules,
    MarkStatus,
    MarkTaken,
    TestRule,
    is_open,
    open_to_second_round,
)

HEADER = "numero;epreuve;note;etat;tour;session_origine"
HOPED_FOR = 1400  # at an oral
AT_TEN = 10  # what a test of no group adds to nothing
MARK_TEXTS = [f"{value / 100:g}".replace(".", ",") for value in range(2001)]


class DemoMark(NamedTuple):
    """A mark in hundredths of a point, or the reason for its absence."""

    code: str
    value: int | None
    status: str = ""
    origin: int | None = None


def units(regulation: ExamRules, *, optional: bool) -> Iterator[tuple[str, TestRule]]:
    """Yield code and test of each unit with a mark: the parts of a test, or the test itself."""
    for test in regulation.tests:
        if test.optional is optional:
            yield from ((unit.code, test) for unit in test.parts or (test,))


def chosen_for_second_round(regulation: ExamRules, taken: list[DemoMark]) -> Iterator[str]:
    """Yield the codes of the tests in which an oral would bring most points; no exempt one."""
    values = {mark.code: mark.value or 0 for mark in taken if mark.status != EXEMPT}

    def gain(test: TestRule) -> float | None:
        found = [values[unit.code] for unit in test.parts or (test,) if unit.code in values]
        return (HOPED_FOR - sum(found) / len(found)) * float(test.coefficient) if found else None

    lists = open_to_second_round(regulation)
    second = regulation.second_round
    from_each = second.choose if second and len(lists) == 1 else 1
    for tests in lists:
        gains = [(gained, test.code) for test in tests if (gained := gain(test)) is not None]
        promising = sorted(gains, key=itemgetter(0), reverse=True)
        yield from (code for _gained, code in promising[:from_each])


def of_situation(situation: Situation, regulation: ExamRules) -> list[DemoMark]:
    """Return the first-round marks of a member of the cast."""
    taken: list[DemoMark] = []
    met: Counter[str] = Counter()
    for test in regulation.tests:
        given = situation.marks.get(test.group, situation.marks.get("*", AT_TEN))
        recurring = given if isinstance(given, tuple) else (given,)
        for unit in test.parts or (test,):
            points = recurring[met[test.group] % len(recurring)]
            met[test.group] += not test.optional
            if unit.code in situation.instead:
                taken.append(_mark(unit.code, *situation.instead[unit.code]))
            elif unit.code in situation.marks:
                taken.append(_mark(unit.code, situation.marks[unit.code]))
            elif _sits(situation, test, unit.code):
                taken.append(_mark(unit.code, points))
    return taken


def _sits(situation: Situation, test: TestRule, code: str) -> bool:
    """Whether a member of the cast takes a test without being said to by name."""
    if test.optional or not is_open(test, Enrolment(status=situation.status)):
        return False
    return not situation.units or bool({code, test.code} & set(situation.units))


def second_round_of_situation(
    situation: Situation, taken: list[DemoMark], regulation: ExamRules
) -> list[DemoMark]:
    """Return the second-round marks of a member of the cast; none when it is not called."""
    if not situation.second:
        return []
    codes = chosen_for_second_round(regulation, taken)
    return [_mark(code, points) for code, points in zip(codes, situation.second, strict=True)]


def _mark(
    code: str, points: float | str | None, status: str = "", origin: int | None = None
) -> DemoMark:
    """Return a mark of `points` out of 20, or of an absence."""
    if isinstance(points, str):
        return DemoMark(code, None, points, origin)
    return DemoMark(code, None if points is None else round(points * 100), status, origin)


def rows(number: str, taken: Iterable[DemoMark], round: int = 1) -> list[str]:
    """Return the rows of the marks file of one candidate."""
    return [
        f"{number};{code};{'' if value is None else MARK_TEXTS[value]};{status};{round};"
        f"{origin or ''}\n"
        for code, value, status, origin in taken
    ]


def taken_marks(taken: Iterable[DemoMark], round: int = 1) -> list[MarkTaken]:
    """Return the marks as the rules read them."""
    return [
        MarkTaken(mark.code, mark.value, MarkStatus(mark.status), round, mark.origin)
        for mark in taken
    ]
