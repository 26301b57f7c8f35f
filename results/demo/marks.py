"""Invented marks: each candidate has an ability, each test its own difficulty and its luck."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import NamedTuple

from results.demo.draws import pick, table
from results.demo.situations import ABSENT, BENEFIT, CARRIED, EXEMPT, FORCE_MAJEURE, Situation
from results.rules import Enrolment, ExamRules, TestRule, is_open, open_to_second_round

HEADER = "numero;epreuve;note;etat;tour;session_origine"
AVERAGES = {"BTS": 12.2, "BAC": 13.2, "BAC PRO": 12.3}  # points out of 20
EASIER = {"professional": 0.4, "general": -0.5}
SPREAD, LUCK = 2.3, 2.4
LUCK_DRAWS = 1 << 15
PASS = 1000  # hundredths of a point
HOPED_FOR = 1400  # at an oral
AT_TEN = 10  # what a test of no group adds to nothing
# Examiners give points most of the time, half points often, quarters rarely.
STEPS = {100: 62, 50: 33, 25: 5}
MARK_TEXTS = {value: f"{value / 100:g}".replace(".", ",") for value in range(0, 2001, min(STEPS))}


class DemoMark(NamedTuple):
    """A mark in hundredths of a point, or the reason for its absence."""

    code: str
    value: int | None
    status: str = ""
    origin: int | None = None


class Habits(NamedTuple):
    """Probabilities among candidates of one status, from 0 to 1; `ability` in points out of 20."""

    never_came: float
    missed_one: float
    had_reason: float
    exempt: float
    kept: float
    progressive: float
    ability: float


HABITS = {
    "SCOLAIRE": Habits(0.012, 0.015, 0.006, 0.004, 0.04, 0, 0.1),
    "APPRENTI": Habits(0.02, 0.02, 0.006, 0.004, 0.03, 0, 0.3),
    "FORMATION_CONTINUE": Habits(0.05, 0.02, 0.01, 0.12, 0.15, 0.3, 0.2),
    "INDIVIDUEL": Habits(0.17, 0.03, 0.01, 0.03, 0.4, 0.25, -0.9),
    "DISTANCE": Habits(0.12, 0.03, 0.01, 0.03, 0.3, 0.35, -0.5),
}


class Examiners:
    """Draw the marks of candidates under one regulation, in the session of one year."""

    def __init__(self, rng: random.Random, regulation: ExamRules, year: int) -> None:
        self.rng, self.regulation, self.year = rng, regulation, year
        self.optional = tuple(units(regulation, optional=True))
        self._difficulty = {
            code: rng.gauss(EASIER.get(test.group, 0), 0.7)
            for test in regulation.tests
            for code in (test.code, *(part.code for part in test.parts))
        }
        self._least_step = {
            code: int(100 * test.step)
            for test in regulation.tests
            for code in (test.code, *(part.code for part in test.parts))
        }
        self._kept = {code for code, test in units(regulation, optional=False) if test.kept}
        self._open_to = {status: tuple(open_units(regulation, status)) for status in HABITS}
        self._luck = tuple(rng.gauss(0, LUCK) * 100 for _ in range(LUCK_DRAWS))
        self._steps = table(STEPS)

    def ability(self, status: str) -> float:
        """Draw the ability of a candidate of this status, in points out of 20."""
        talent = pick(self.rng, self._luck) / 100 * SPREAD / LUCK
        return AVERAGES[self.regulation.exam] + HABITS[status].ability + talent

    def marks(self, status: str, form: str, ability: float) -> list[DemoMark]:
        """Draw the marks of the first round."""
        rng, habits = self.rng, HABITS[status]
        if rng.random() < habits.never_came:
            return [DemoMark(code, None, ABSENT) for code in self._open_to[status]]
        taken = [DemoMark(code, self._value(ability, code)) for code in self._open_to[status]]
        if rng.random() < habits.kept:
            self._keep(taken, form)
        for share, status_given in (
            (habits.exempt, EXEMPT),
            (habits.missed_one, ABSENT),
            (habits.had_reason, FORCE_MAJEURE),
        ):
            if rng.random() < share:
                missed = int(rng.random() * len(taken))
                taken[missed] = DemoMark(taken[missed].code, None, status_given)
        if self.optional and rng.random() < 0.4:
            taken.append(self._optional(ability))
        return taken

    def second_round(self, taken: list[DemoMark], ability: float) -> list[DemoMark]:
        """Draw the marks of the orals."""
        return [
            DemoMark(code, self._value(ability + 1.2, code))
            for code in chosen_for_second_round(self.regulation, taken)
        ]

    def _value(self, ability: float, code: str) -> int:
        step = max(pick(self.rng, self._steps), self._least_step[code])
        drawn = (ability + self._difficulty[code]) * 100 + pick(self.rng, self._luck)
        return min(2000, max(0, int(drawn / step + 0.5) * step))

    def _optional(self, ability: float) -> DemoMark:
        code, _ = pick(self.rng, self.optional)
        if self.rng.random() < 0.1:
            return DemoMark(code, None, ABSENT)
        return DemoMark(code, self._value(ability + 1, code))

    def _keep(self, taken: list[DemoMark], form: str) -> None:
        """Replace marks by kept ones of up to four years ago (D. 643-15 allows five)."""
        year = self.year - 1 - int(self.rng.random() ** 2 * 4)
        for at, mark in enumerate(taken):
            kept = mark.code in self._kept and self.rng.random() < 0.6
            if kept and mark.value is not None and mark.value >= PASS:
                taken[at] = DemoMark(mark.code, mark.value, BENEFIT, year)
            elif kept and form == "P":
                taken[at] = DemoMark(mark.code, mark.value, CARRIED, year)


def units(regulation: ExamRules, *, optional: bool) -> Iterator[tuple[str, TestRule]]:
    """Yield code and test of each unit with a mark: the parts of a test, or the test itself."""
    for test in regulation.tests:
        if test.optional is optional:
            yield from ((unit.code, test) for unit in test.parts or (test,))


def open_units(regulation: ExamRules, status: str) -> Iterator[str]:
    """Yield the codes of the compulsory units that an entry of this status takes."""
    for code, test in units(regulation, optional=False):
        if is_open(test, Enrolment(status=status)):
            yield code


def unit_at(regulation: ExamRules, group: str, rank: int) -> str:
    """Return the code of the unit of this rank in its group."""
    return [code for code, test in units(regulation, optional=False) if test.group == group][rank]


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
    taken: dict[str, DemoMark] = {}
    met: Counter[str] = Counter()
    for code, test in units(regulation, optional=False):
        if not is_open(test, Enrolment(status=situation.status)):
            continue
        given = situation.marks.get(test.group, situation.marks.get("*", AT_TEN))
        points = given if isinstance(given, tuple) else (given,)
        taken[code] = _mark(code, points[met[test.group] % len(points)])
        met[test.group] += 1
    for (group, rank), replacement in situation.instead.items():
        code = unit_at(regulation, group, rank)
        taken[code] = _mark(code, *replacement)
    return list(taken.values())


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
