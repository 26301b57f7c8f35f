"""Invented marks: each candidate has an ability, each test its own difficulty and its luck."""

from collections import Counter
from typing import NamedTuple

from results.demo.draws import pick, table
from results.demo.situations import ABSENT, BENEFIT, CARRIED, EXEMPT, FORCE_MAJEURE
from results.rules import open_to_second_round

HEADER = "numero;epreuve;note;etat;tour;session_origine"
AVERAGES = {"BTS": 12.2, "BAC": 13.2, "BAC PRO": 12.3}  # points out of 20
EASIER = {"professional": 0.4, "general": -0.5}
SPREAD, LUCK = 2.3, 2.4
LUCK_DRAWS = 1 << 15
PASS = 1000  # hundredths of a point
HOPED_FOR = 1400  # at an oral
# Examiners give points most of the time, half points often, quarters rarely.
STEPS = {100: 62, 50: 33, 25: 5}
MARK_TEXTS = {value: f"{value / 100:g}".replace(".", ",") for value in range(0, 2001, min(STEPS))}


class Mark(NamedTuple):
    """A mark in hundredths of a point, or the reason why there is none."""

    code: str
    value: int | None
    status: str = ""
    origin: int | None = None


class Habits(NamedTuple):
    """What is common among candidates of one status; shares from 0 to 1, ability in points."""

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
    """Marks the candidates of one regulation (`rules.ExamRules`) in the session of one year."""

    def __init__(self, rng, regulation, year):
        self.rng, self.regulation, self.year = rng, regulation, year
        self.compulsory = tuple(units(regulation, optional=False))
        self.optional = tuple(units(regulation, optional=True))
        self._difficulty = {
            unit.code: rng.gauss(EASIER.get(test.group, 0), 0.7)
            for test in regulation.tests
            for unit in (test, *test.parts)
        }
        self._kept = {code for code, test in units(regulation, optional=False) if test.kept}
        self._luck = tuple(rng.gauss(0, LUCK) * 100 for _ in range(LUCK_DRAWS))
        self._steps = table(STEPS)

    def ability(self, status):
        """How good a candidate of this status is, in points out of 20."""
        talent = pick(self.rng, self._luck) / 100 * SPREAD / LUCK
        return AVERAGES[self.regulation.exam] + HABITS[status].ability + talent

    def marks(self, status, form, ability):
        """The marks of the first round."""
        rng, habits = self.rng, HABITS[status]
        if rng.random() < habits.never_came:
            return [Mark(code, None, ABSENT) for code, _ in self.compulsory]
        taken = [Mark(code, self._value(ability, code)) for code, _ in self.compulsory]
        if rng.random() < habits.kept:
            self._keep(taken, form)
        for share, status_given in (
            (habits.exempt, EXEMPT),
            (habits.missed_one, ABSENT),
            (habits.had_reason, FORCE_MAJEURE),
        ):
            if rng.random() < share:
                missed = int(rng.random() * len(taken))
                taken[missed] = Mark(taken[missed].code, None, status_given)
        if self.optional and rng.random() < 0.4:
            taken.append(self._optional(ability))
        return taken

    def second_round(self, taken, ability):
        """Marks of the orals."""
        return [
            Mark(code, self._value(ability + 1.2, code))
            for code in chosen_for_second_round(self.regulation, taken)
        ]

    def _value(self, ability, code):
        step = pick(self.rng, self._steps)
        drawn = (ability + self._difficulty[code]) * 100 + pick(self.rng, self._luck)
        return min(2000, max(0, int(drawn / step + 0.5) * step))

    def _optional(self, ability):
        code, _ = pick(self.rng, self.optional)
        if self.rng.random() < 0.1:
            return Mark(code, None, ABSENT)
        return Mark(code, self._value(ability + 1, code))

    def _keep(self, taken, form):
        """Marks obtained up to four years ago, as the law lets them be kept."""
        year = self.year - 1 - int(self.rng.random() ** 2 * 4)
        for at, mark in enumerate(taken):
            kept = mark.code in self._kept and self.rng.random() < 0.6
            if kept and mark.value >= PASS:
                taken[at] = Mark(mark.code, mark.value, BENEFIT, year)
            elif kept and form == "P":
                taken[at] = Mark(mark.code, mark.value, CARRIED, year)


def units(regulation, *, optional):
    """Code and test of what a mark is given for: the parts of a test, or the test itself."""
    for test in regulation.tests:
        if test.optional is optional:
            yield from ((unit.code, test) for unit in test.parts or (test,))


def unit_at(regulation, group, rank):
    """The code of the unit of this rank among those of the group."""
    return [code for code, test in units(regulation, optional=False) if test.group == group][rank]


def chosen_for_second_round(regulation, taken):
    """The codes of the tests that a candidate called to the second round chooses.

    Those where an oral would bring most points.
    """
    values = {mark.code: mark.value or 0 for mark in taken if mark.status not in (EXEMPT, ABSENT)}

    def gain(test):
        found = [values[unit.code] for unit in test.parts or (test,) if unit.code in values]
        return (HOPED_FOR - sum(found) / len(found)) * float(test.coefficient) if found else 0

    lists = open_to_second_round(regulation)
    from_each = regulation.second_round.choose if len(lists) == 1 else 1
    for tests in lists:
        promising = sorted((test for test in tests if gain(test)), key=gain, reverse=True)
        yield from (test.code for test in promising[:from_each])


def of_situation(situation, regulation):
    """The first-round marks of a member of the cast."""
    taken, met = {}, Counter()
    for code, test in units(regulation, optional=False):
        points = situation.marks.get(test.group, situation.marks.get("*"))
        points = points if isinstance(points, tuple) else (points,)
        taken[code] = _mark(code, points[met[test.group] % len(points)])
        met[test.group] += 1
    for (group, rank), replacement in situation.instead.items():
        code = unit_at(regulation, group, rank)
        taken[code] = _mark(code, *replacement)
    return list(taken.values())


def second_round_of_situation(situation, taken, regulation):
    """Its second-round marks; none when it is not called."""
    if not situation.second:
        return []
    codes = chosen_for_second_round(regulation, taken)
    return [_mark(code, points) for code, points in zip(codes, situation.second, strict=True)]


def _mark(code, points, status="", origin=None):
    if points == ABSENT:
        points, status = None, ABSENT
    return Mark(code, None if points is None else round(points * 100), status, origin)


def rows(number, taken, round=1):
    """Their rows of the marks file."""
    return [
        f"{number};{code};{'' if value is None else MARK_TEXTS[value]};{status};{round};"
        f"{origin or ''}\n"
        for code, value, status, origin in taken
    ]
