"""The rules of every exam against definitions written again, with fractions alone."""

from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.rules import (
    Enrolment,
    MarkStatus,
    MarkTaken,
    MentionRule,
    Verdict,
    decide,
    lines,
    nearest_raise,
    open_to_second_round,
)
from tests.results.sheets import regulation, rule, second_round

pytestmark = pytest.mark.long

COEFFICIENTS = st.sampled_from(["0.5", "1", "1.5", "2", "3", "4"])
STEPS = st.sampled_from([Decimal(1), Decimal("0.5"), Decimal("0.1"), Decimal("0.01")])
GROUPS = ["continuous", "terminal"]
STATUSES = st.sampled_from([""] * 6 + ["ABS", "FM", "DISP", "BEN", "REP"])


@st.composite
def regulations(draw):
    kind = draw(st.sampled_from(["plain", "shares", "caps", "split", "control"]))
    tests = [_test(draw, f"T{number}", kind) for number in range(draw(st.integers(2, 5)))]
    grouped = [test.group for test in tests]
    tests += [
        rule(
            f"O{number}",
            draw(COEFFICIENTS),
            draw(st.sampled_from(grouped)) if kind in ("shares", "caps") else "",
            optional=True,
            counts=draw(st.sampled_from(["excess", "full"])),
            replaced=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    if kind in ("plain", "split", "control"):
        tests += [_project(draw, f"P{number}") for number in range(draw(st.integers(0, 2)))]
    groups = sorted(set(grouped))
    changes = {
        "absence": draw(st.sampled_from(["eliminatory", "zero"])),
        "force_majeure": draw(st.sampled_from(["zero", "replacement"])),
    }
    if kind == "shares":
        weights = [Decimal(100)] if len(groups) == 1 else [Decimal(40), Decimal(60)]
        changes["shares"] = dict(zip(groups, weights, strict=True))
    if kind in ("shares", "caps"):
        changes["caps"] = {groups[0]: Decimal(draw(st.sampled_from([11, 20])))}
    if kind == "split":
        changes["group_minimum"] = {"terminal": Decimal(9)} if "terminal" in groups else {}
    if kind == "control":
        among = draw(st.sampled_from(["", groups[0]]))
        changes["second_round"] = second_round(among, choose=draw(st.integers(1, 2)))
    if draw(st.booleans()):
        changes["mentions"] = (MentionRule("Bien", Decimal("11.5")),)
    return regulation(*tests, code=kind.upper(), **changes)


def _project(draw, code):
    return rule(
        code,
        draw(COEFFICIENTS),
        draw(st.sampled_from(["", *GROUPS])),
        counts="difference",
        step=draw(STEPS),
        rounding=draw(st.sampled_from(["", "up"])),
        statuses=draw(st.sampled_from([(), ("SCOLAIRE",), ("SCOLAIRE",)])),
        replaced=draw(st.booleans()),
    )


def _test(draw, code, kind):
    group = draw(st.sampled_from(GROUPS))
    parts = {}
    if draw(st.integers(0, 2)) == 0:
        parts = {f"{code}{letter}": draw(COEFFICIENTS) for letter in "AB"}
        if kind == "split":
            parts[f"{code}B"] = (parts[f"{code}B"], GROUPS[1 - GROUPS.index(group)])
    return rule(
        code,
        draw(COEFFICIENTS),
        group,
        parts=parts,
        minimum=draw(st.sampled_from([None, None, 5])),
        step=draw(STEPS),
        rounding="" if kind == "split" else draw(st.sampled_from(["", "up"])),
        statuses=draw(st.sampled_from([(), (), ("SCOLAIRE",)])),
        replaced=draw(st.sampled_from([True, True, False])),
    )


@st.composite
def entries(draw):
    exam = draw(regulations())
    units = [unit for test in exam.tests for unit in (test.parts or (test,))]
    taken = []
    for unit in units:
        if draw(st.integers(0, 9)) == 0:
            continue
        status = MarkStatus(draw(STATUSES))
        value = None if status in ("ABS", "FM", "DISP") else draw(st.integers(600, 1400))
        taken.append(MarkTaken(unit.code, value, status))
    entered = draw(st.sets(st.sampled_from([unit.code for unit in units])))
    options = draw(st.sets(st.sampled_from([test.code for test in exam.tests])))
    status = draw(st.sampled_from(["", "SCOLAIRE", "INDIVIDUEL"]))
    named = frozenset(options) if draw(st.booleans()) else frozenset()
    some = frozenset(entered) if draw(st.booleans()) else frozenset()
    return exam, taken, Enrolment(some, named, status)


@given(entries())
def test_the_outcome_is_the_one_that_the_definitions_give(entry):
    exam, taken, enrolment = entry
    verdict, average = by_definition(exam, taken, enrolment)
    outcome = decide(exam, taken, enrolment=enrolment)
    assert outcome.verdict is verdict
    assert outcome.average == average
    if average is not None:
        assert outcome.points == average * outcome.divisor
        assert outcome.points_required == 10 * outcome.divisor


@given(entries())
def test_lines_bring_the_points_that_coefficients_alone_give(entry):
    exam, taken, enrolment = entry
    outcome = decide(exam, taken, enrolment=enrolment)
    if outcome.average is None or exam.shares or exam.caps:
        return
    shown = lines(exam, taken, enrolment=enrolment)
    brought = sum(line.points for line in shown if line.points is not None)
    assert max(0, brought) == outcome.points


@given(entries(), st.data())
def test_after_the_second_round_the_better_of_two_marks_counts(entry, data):
    exam, taken, enrolment = entry
    taken = [mark for mark in taken if not mark.test.startswith("P")]
    told = Told(exam, taken, enrolment)
    if by_definition(exam, taken, enrolment)[0] is not Verdict.CONTROL:
        return
    (listed,) = open_to_second_round(exam)
    weighed = {code for code, *_rest in told.whole}
    offered = [test.code for test in listed if test.code in weighed]
    chosen = data.draw(st.permutations(offered))[: exam.second_round.choose]
    orals = [MarkTaken(code, data.draw(st.integers(0, 2000)), round=2) for code in chosen]
    steps = {test.code: test for test in exam.tests}
    better = {oral.test: _graded(steps[oral.test], oral) for oral in orals}
    sat = [
        (group, weight, max(mark, better.get(code, 0)), optional)
        for code, group, weight, mark, optional in told.whole
    ]
    average = _average(exam, sat, told.bonus)
    outcome = decide(exam, [*taken, *orals], round=2, enrolment=enrolment)
    assert (outcome.average, outcome.round, outcome.mention) == (average, 2, None)
    assert outcome.verdict is (Verdict.ADMITTED if average >= 10 else Verdict.REFUSED)


@given(entries())
def test_the_jury_raises_by_what_is_missing_and_a_little_less_changes_nothing(entry):
    exam, taken, enrolment = entry
    present = decide(exam, taken, enrolment=enrolment)
    nearest = nearest_raise(exam, taken, enrolment=enrolment)
    if nearest is None:
        return
    divisor = 100 if exam.shares else present.divisor
    assert present.points + nearest.missing in {a * divisor for a in (8, 10, Fraction("11.5"))}
    raised = decide(exam, taken, jury_points=nearest.missing, enrolment=enrolment)
    assert (raised.verdict, raised.mention) == (nearest.verdict, nearest.mention)
    assert (raised.verdict, raised.mention) != (present.verdict, present.mention)
    less = decide(
        exam, taken, jury_points=nearest.missing * Fraction(999, 1000), enrolment=enrolment
    )
    assert (less.verdict, less.mention) == (present.verdict, present.mention)


class Told:
    """Units of a sheet that count, bonus by group, and what stands in the way of a decision."""

    def __init__(self, exam, taken, enrolment):
        self.exam, self.enrolment = exam, enrolment
        self.marks = {mark.test: mark for mark in taken}
        self.sat = []  # group, coefficient, mark, optional
        self.whole = []  # code of the test, then the same
        self.bonus = {}
        self.missing = self.deferred = self.unheld = self.absent = self.low = False
        for test in exam.tests:
            if not (enrolment.status == "INDIVIDUEL" and test.statuses):
                self.read(test)

    def read(self, test):
        pairs = [(unit, self.marks.get(unit.code)) for unit in test.parts or (test,)]
        units, named, _status = self.enrolment
        if test.optional and pairs[0][1] is None:
            self.missing |= test.code in units | named
        elif test.optional and test.counts == "excess":
            self.add(test.group, test, max(0, _graded(test, pairs[0][1]) - 10))
        elif test.counts == "difference":
            self.look_for_gaps(test, pairs)
            mark = pairs[0][1]
            if mark is not None and mark.status != "DISP" and not self.is_left(test, mark):
                self.add("beside", test, _graded(test, mark) - 10)
        else:
            self.look_for_gaps(test, pairs)
            self.count(test, [pair for pair in pairs if pair[1] is not None])

    def add(self, group, test, marks):
        points = marks * Fraction(test.coefficient)
        self.bonus[group] = self.bonus.get(group, 0) + points

    def look_for_gaps(self, test, pairs):
        units = self.enrolment.units
        for unit, mark in pairs:
            left_out = bool(units) and not {unit.code, test.code} & units and not test.optional
            self.missing |= mark is None and not left_out
            self.unheld |= mark is None and left_out
            self.absent |= mark is not None and mark.status == "ABS" and not test.optional
            self.deferred |= mark is not None and self.is_left(test, mark) and test.replaced

    def is_left(self, test, mark):
        replacing = self.exam.force_majeure == "replacement"
        return mark.status == "FM" and (replacing or not test.replaced)

    def count(self, test, given):
        counted = [
            (unit, Fraction(unit.coefficient), _graded(test, mark))
            for unit, mark in given
            if mark.status != "DISP" and not self.is_left(test, mark)
        ]
        if not counted:
            return
        inner = sum(coefficient for _unit, coefficient, _mark in counted)
        mean = sum(coefficient * mark for _unit, coefficient, mark in counted) / inner
        if test.parts and test.rounding:
            mean = ceil(mean / Fraction(test.step)) * Fraction(test.step)
        self.low |= test.minimum is not None and mean < test.minimum
        if any(part.group for part in test.parts):
            for unit, coefficient, mark in counted:
                share = coefficient / inner * Fraction(test.coefficient)
                self.sat.append((unit.group or test.group, share, mark, False))
        else:
            self.sat.append((test.group, Fraction(test.coefficient), mean, test.optional))
        self.whole.append((test.code, test.group, Fraction(test.coefficient), mean, test.optional))


def by_definition(exam, taken, enrolment):
    """Return verdict and average: each rule as its article says it, one after the other."""
    told = Told(exam, taken, enrolment)
    average = _average(exam, told.sat, told.bonus)
    for stands, verdict in (
        (told.missing, Verdict.INCOMPLETE),
        (told.deferred, Verdict.DEFERRED),
        (told.unheld, Verdict.NOT_FINAL),
        (all(optional for *_rest, optional in told.sat), Verdict.INCOMPLETE),
        (told.absent and exam.absence == "eliminatory", Verdict.ELIMINATED),
    ):
        if stands:
            return verdict, None
    if told.low:
        return Verdict.ELIMINATED, average
    if average >= 10:
        enough = all(_reaches(told.sat, *minimum) for minimum in exam.group_minimum.items())
        return (Verdict.ADMITTED if enough else Verdict.REFUSED), average
    called = exam.second_round is not None and average >= 8
    return (Verdict.CONTROL if called else Verdict.REFUSED), average


def _graded(test, mark):
    value = Fraction(mark.value or 0, 100)
    if test.rounding and not mark.status:
        value = ceil(value / Fraction(test.step)) * Fraction(test.step)
    return value


def _average(exam, sat, bonus):
    groups = {group for group, _coefficient, _mark, _optional in sat}
    weights = {g: sum(c for group, c, _mark, _o in sat if group == g) for g in groups}
    if not weights:
        return None
    points = {
        g: sum(c * mark for group, c, mark, _o in sat if group == g) + bonus.get(g, 0)
        for g in groups
    }
    for group, cap in exam.caps.items():
        if group in points:
            points[group] = min(points[group], Fraction(cap) * weights[group])
    if not exam.shares:
        outside = sum(value for group, value in bonus.items() if group not in groups)
        if exam.caps:
            outside = sum(v for g, v in bonus.items() if g not in groups and g not in exam.caps)
        return max(0, sum(points.values()) + outside) / sum(weights.values())
    shares = {group: Fraction(exam.shares[group]) for group in groups}
    weighed = sum(shares[group] * points[group] / weights[group] for group in groups)
    return weighed / sum(shares.values())


def _reaches(sat, group, least):
    mine = [(c, mark) for name, c, mark, optional in sat if name == group and not optional]
    return sum(c * mark for c, mark in mine) >= Fraction(least) * sum(c for c, _mark in mine)
