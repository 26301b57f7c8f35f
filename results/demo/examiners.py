"""Invented marks: each candidate has an ability, each test its own difficulty and its luck."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from results.demo.cast.situations import ABSENT, BENEFIT, CARRIED, EXEMPT, FORCE_MAJEURE
from results.demo.marks import DemoMark, chosen_for_second_round, units
from results.demo.population.draws import pick, table
from results.demo.subjects import Namer
from results.rules import Enrolment, ExamRules, TestRule, is_open

AVERAGES = {  # points out of 20
    "BTS": 12.2,
    "BAC": 13.2,
    "BAC PRO": 12.3,
    "DNB": 12.3,
    "CAP": 12.8,
    "BP": 12.4,
    "DSCG": 11.4,
}
EASIER = {"professional": 0.4, "general": -0.5, "terminal": -0.3, "continuous": 0.4}
SPREAD, LUCK = 2.3, 2.4
LUCK_DRAWS = 1 << 15
PASS = 1000  # hundredths of a point
# Examiners give points most of the time, half points often, quarters rarely.
STEPS = {100: 62, 50: 33, 25: 5}
TENTH = 10  # that of a year's marks
CONTINUOUS = "continuous"
# Where candidates may take the units of their choice: of an exam, or of its progressive form only.
BY_UNIT = {"DSCG": 0.75}
PROGRESSIVE = {"BTS", "BAC PRO", "CAP", "BP"}
SHARE_PROGRESSIVE = 0.6
COMPLETING = 0.5  # of them hold already what they do not enter
# Tests that candidates may be exempt from, where they are few.
EXEMPTIONS = {"BAC": {"EPS", "LVB"}, "DSCG": {"UE2", "UE3", "UE5", "UE6"}}


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


class Sitting(NamedTuple):
    """What a candidate takes: units entered (none: all), names of tests, first-round marks."""

    units: tuple[str, ...]
    subjects: dict[str, str]
    marks: list[DemoMark]


class Examiners:
    """Draw the marks of candidates under one regulation, in the session of one year.

    `luck`: from `luck_table`.
    """

    def __init__(
        self, rng: random.Random, regulation: ExamRules, year: int, luck: Sequence[float]
    ) -> None:
        self.rng, self.regulation, self.year = rng, regulation, year
        self.compulsory = tuple(units(regulation, optional=False))
        self.optional = tuple(units(regulation, optional=True))
        marked = dict((*self.compulsory, *self.optional))
        marked |= {test.code: test for test in regulation.tests}  # the second round, as a whole
        self._difficulty = {
            code: rng.gauss(EASIER.get(test.group, 0), 0.7) for code, test in marked.items()
        }
        self._steps = {code: _steps(test) for code, test in marked.items()}
        self._replaced = {code for code, test in marked.items() if test.replaced}
        self._kept = {code for code, test in self.compulsory if test.kept}
        self._year_long = {code for code, test in self.compulsory if test.group == CONTINUOUS}
        self._exempted = EXEMPTIONS.get(regulation.exam) or marked.keys()
        self._luck = luck
        self._namer = Namer(rng, regulation)

    def ability(self, status: str) -> float:
        """Draw the ability of a candidate of this status, in points out of 20."""
        talent = pick(self.rng, self._luck) / 100 * SPREAD / LUCK
        return AVERAGES[self.regulation.exam] + HABITS[status].ability + talent

    def sitting(self, status: str, form: str, ability: float) -> Sitting:
        """Draw what a candidate takes in the first round."""
        entered = self._entered(form)
        taken = self._marks(status, form, ability, self._open(status, entered))
        if entered:
            taken += self._held(form, ability, entered)
        subjects = self._namer.names({mark.code for mark in taken})
        return Sitting(entered, subjects, taken)

    def second_round(self, taken: list[DemoMark], ability: float) -> list[DemoMark]:
        """Draw the marks of the orals."""
        return [
            DemoMark(code, self.value(ability + 1.2, code))
            for code in chosen_for_second_round(self.regulation, taken)
        ]

    def is_replaced(self, mark: DemoMark) -> bool:
        """Whether the test of this mark is sat in September (D. 334-19)."""
        return mark.status == FORCE_MAJEURE and mark.code in self._replaced

    def value(self, ability: float, code: str) -> int:
        """Draw a mark in hundredths, on the step of its test."""
        step = pick(self.rng, self._steps[code])
        drawn = (ability + self._difficulty[code]) * 100 + pick(self.rng, self._luck)
        return min(2000, max(0, int(drawn / step + 0.5) * step))

    def _entered(self, form: str) -> tuple[str, ...]:
        """Draw the units entered; none: all."""
        chance = BY_UNIT.get(self.regulation.exam, SHARE_PROGRESSIVE if form == "P" else 0)
        if not chance or self.rng.random() >= chance:
            return ()
        codes = [test.code for test in self.regulation.tests if not test.optional]
        some = set(self.rng.sample(codes, 1 + int(self.rng.random() * (len(codes) - 1))))
        return tuple(code for code in codes if code in some)

    def _open(self, status: str, entered: tuple[str, ...]) -> list[str]:
        """Return the codes of the compulsory units that a candidate takes."""
        enrolment = Enrolment(status=status)
        return [
            code
            for code, test in self.compulsory
            if (not entered or test.code in entered) and is_open(test, enrolment)
        ]

    def _marks(self, status: str, form: str, ability: float, codes: list[str]) -> list[DemoMark]:
        rng, habits = self.rng, HABITS[status]
        never_came = rng.random() < habits.never_came
        taken = [
            DemoMark(code, None, ABSENT)
            if never_came and code not in self._year_long
            else DemoMark(code, self.value(ability, code))
            for code in codes
        ]
        if never_came:
            return taken
        if rng.random() < habits.kept:
            self._keep(taken, form)
        for share, status_given in (
            (habits.exempt, EXEMPT),
            (habits.missed_one, ABSENT),
            (habits.had_reason, FORCE_MAJEURE),
        ):
            if rng.random() < share:
                self._replace_one(taken, status_given)
        if self.optional and rng.random() < 0.4:
            taken.append(self._optional(ability))
        return taken

    def _replace_one(self, taken: list[DemoMark], status: str) -> None:
        """Replace one mark by a reason: nobody is absent from a year's marks."""
        rank = int(self.rng.random() * len(taken))
        code = taken[rank].code
        if (code in self._exempted) if status == EXEMPT else (code not in self._year_long):
            taken[rank] = DemoMark(code, None, status)

    def _optional(self, ability: float) -> DemoMark:
        code, test = pick(self.rng, self.optional)
        if test.group != CONTINUOUS and self.rng.random() < 0.1:
            return DemoMark(code, None, ABSENT)
        return DemoMark(code, self.value(ability + 1, code))

    def _keep(self, taken: list[DemoMark], form: str) -> None:
        """Replace marks by kept ones of one earlier session."""
        year = self._earlier()
        for at, mark in enumerate(taken):
            if mark.code in self._kept and self.rng.random() < 0.6:
                taken[at] = self._kept_mark(mark, form, year) or mark

    def _held(self, form: str, ability: float, entered: tuple[str, ...]) -> Iterator[DemoMark]:
        """Yield marks kept of units that are not entered: of all of them, or of some."""
        year, share = self._earlier(), 1 if self.rng.random() < COMPLETING else 0.3
        for code, test in self.compulsory:
            if test.kept and test.code not in entered and self.rng.random() < share:
                mark = DemoMark(code, self.value(ability, code))
                passed = mark._replace(value=max(PASS, mark.value or 0))
                if held := self._kept_mark(mark, form, year) or self._kept_mark(passed, form, year):
                    yield held

    def _earlier(self) -> int:
        """Draw the year of a kept mark: of up to four years ago (D. 643-15 allows five)."""
        return self.year - 1 - int(self.rng.random() ** 2 * 4)

    def _kept_mark(self, mark: DemoMark, form: str, year: int) -> DemoMark | None:
        """Return the mark as one kept from a `year`; None where the regulation forbids it."""
        rule = self.regulation.kept
        if mark.value is None:
            return None
        if mark.value >= 100 * rule.from_mark:
            return DemoMark(mark.code, mark.value, BENEFIT, year)
        carried = rule.report_from is not None and mark.value >= 100 * rule.report_from
        return DemoMark(mark.code, mark.value, CARRIED, year) if carried or form == "P" else None


def luck_table(rng: random.Random) -> tuple[float, ...]:
    """Return a table of the luck of a candidate in a test, in hundredths."""
    return tuple(rng.gauss(0, LUCK) * 100 for _ in range(LUCK_DRAWS))


def _steps(test: TestRule) -> tuple[int, ...]:
    """Return a table of the steps, in hundredths, that the marks of a test are drawn on."""
    least = int(100 * test.step)
    if test.group == CONTINUOUS:
        return (max(least, TENTH),)
    return table({step: share for step, share in STEPS.items() if step % least == 0})
