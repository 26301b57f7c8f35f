"""Promises of the rules that hold for any regulation and any marks."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from results.rules import (
    MarkStatus,
    MarkTaken,
    MentionRule,
    Verdict,
    control_options,
    decide,
    lines,
    show,
    show_points,
)
from tests.results.sheets import regulation, rule, second_round

pytestmark = pytest.mark.long

COEFFICIENTS = st.sampled_from(["0.8", "1", "1.2", "1.5", "2", "2.5", "3", "4", "16"])
GROUPS = st.sampled_from(["general", "professional"])
GRADES = st.integers(0, 2000)
MIDDLING = st.integers(700, 1300)
MENTIONS = (MentionRule("Assez bien", Decimal(12)), MentionRule("Bien", Decimal(14)))
RANKS = [Verdict.ELIMINATED, Verdict.REFUSED, Verdict.CONTROL, Verdict.ADMITTED]


@st.composite
def exam_tests(draw):
    tests = []
    for number in range(draw(st.integers(2, 7))):
        code = f"U{number}"
        parts = {}
        if draw(st.integers(0, 3)) == 0:
            parts = {
                f"{code}{letter}": draw(COEFFICIENTS) for letter in "ABC"[: draw(st.integers(2, 3))]
            }
        minimum = draw(st.none() | st.sampled_from([2, Decimal("5.5")]))
        tests.append(rule(code, draw(COEFFICIENTS), draw(GROUPS), parts=parts, minimum=minimum))
    for number in range(draw(st.integers(0, 2))):
        tests.append(rule(f"OPT{number}", draw(COEFFICIENTS), optional=True))
    return tests


@st.composite
def regulations(draw, kinds=("plain", "control", "minima")):
    tests = draw(exam_tests())
    groups = {test.group for test in tests if not test.optional}
    changes = {
        "absence": draw(st.sampled_from(["eliminatory", "zero"])),
        "mentions": draw(st.sampled_from([(), MENTIONS])),
    }
    kind = draw(st.sampled_from(kinds))
    if kind == "control":
        minima = {"professional": 10} if "professional" in groups and draw(st.booleans()) else {}
        changes["second_round"] = second_round(
            draw(st.sampled_from(["", *sorted(groups)])), **minima
        )
    if kind == "minima":
        changes["group_minimum"] = {group: Decimal(9) for group in sorted(groups)}
    return regulation(*tests, **changes)


def _marked(exam):
    for test in exam.tests:
        yield from test.parts or (test,)


@st.composite
def sheets(draw, exam, *, grades=GRADES, statuses=tuple(MarkStatus)):
    taken = []
    for marked in _marked(exam):
        status = draw(st.sampled_from([MarkStatus.GRADED] * 4 + list(statuses)))
        value = draw(grades)
        if status == MarkStatus.BENEFIT:
            value = max(value, 1000)
        if status == MarkStatus.CARRIED:
            value = min(value, 999)
        if status in (MarkStatus.ABSENT, MarkStatus.FORCE_MAJEURE, MarkStatus.EXEMPT):
            value = None
        taken.append(MarkTaken(marked.code, value, status))
    return taken


@st.composite
def entries(draw, **more):
    exam = draw(regulations())
    return exam, draw(sheets(exam, **more))


@st.composite
def called_entries(draw):
    """Entries called to a second round, with the marks of their orals."""
    exam = draw(regulations(kinds=("control",)))
    sheet = []
    for test in exam.tests:
        grades = st.integers(1000, 1040) if test.group == "professional" else st.integers(600, 990)
        sheet += [MarkTaken(marked.code, draw(grades)) for marked in test.parts or (test,)]
    assume(decide(exam, sheet).verdict is Verdict.CONTROL)
    options = control_options(exam, sheet)
    chosen = draw(st.sampled_from(options.pairs)) if options.pairs else ((), None)
    orals = [MarkTaken(code, draw(GRADES), round=2) for code in chosen[0]]
    return exam, sheet, orals


@given(entries(), st.randoms())
def test_the_order_of_marks_never_matters(entry, random):
    exam, sheet = entry
    shuffled = random.sample(sheet, len(sheet))
    assert decide(exam, shuffled) == decide(exam, sheet)
    assert lines(exam, shuffled) == lines(exam, sheet)


@given(entries())
def test_an_optional_test_never_lowers_anyone(entry):
    exam, sheet = entry
    optional = {test.code for test in exam.tests if test.optional}
    with_it, without = (
        decide(exam, sheet),
        decide(exam, [m for m in sheet if m.test not in optional]),
    )
    assert with_it.points >= without.points
    assert with_it.divisor == without.divisor
    if without.verdict in RANKS:
        assert RANKS.index(with_it.verdict) >= RANKS.index(without.verdict)
        assert _worth(exam, with_it) >= _worth(exam, without)


def _worth(exam, outcome):
    labels = [None, *(mention.label for mention in exam.mentions)]
    return labels.index(outcome.mention)


@given(entries(grades=st.integers(800, 1400)), st.data())
def test_raising_a_mark_never_undoes_an_admission(entry, data):
    exam, sheet = entry
    before = decide(exam, sheet)
    assume(before.verdict is Verdict.ADMITTED)
    at = data.draw(st.integers(0, len(sheet) - 1))
    assume(sheet[at].value is not None)
    higher = data.draw(st.integers(sheet[at].value, 2000))
    raised = [*sheet[:at], sheet[at]._replace(value=higher), *sheet[at + 1 :]]
    after = decide(exam, raised)
    assert after.verdict is Verdict.ADMITTED
    assert after.average >= before.average
    assert _worth(exam, after) >= _worth(exam, before)


@given(called_entries(), st.integers(1300, 2000), st.data())
def test_raising_the_mark_of_an_oral_never_undoes_an_admission(entry, high, data):
    exam, sheet, orals = entry
    orals = [oral._replace(value=high) for oral in orals]
    assume(orals and decide(exam, sheet + orals, round=2).verdict is Verdict.ADMITTED)
    at = data.draw(st.integers(0, len(orals) - 1))
    orals[at] = orals[at]._replace(value=data.draw(st.integers(high, 2000)))
    assert decide(exam, sheet + orals, round=2).verdict is Verdict.ADMITTED


@given(entries() | entries(grades=MIDDLING, statuses=(MarkStatus.GRADED,)))
def test_the_decision_is_the_one_that_fractions_give(entry):
    exam, sheet = entry
    taken = {mark.test: mark for mark in sheet}
    weighed = [(test, Fraction(test.coefficient), _exact(test, taken)) for test in exam.tests]
    bonus = sum(max(0, (mark or 0) - 10) * c for test, c, mark in weighed if test.optional)
    sat = [(test, c, mark) for test, c, mark in weighed if not test.optional and mark is not None]
    outcome = decide(exam, sheet)
    assert outcome.divisor == sum(c for _test, c, _mark in sat)
    assert outcome.points == sum(c * mark for _test, c, mark in sat) + bonus
    assert outcome.points_required == 10 * outcome.divisor
    assert outcome.verdict is _by_the_book(exam, taken, sat, outcome.points)


def _by_the_book(exam, taken, sat, points):
    """Return the verdict of complete marks, by the definitions and with fractions only."""
    if not sat:
        return Verdict.INCOMPLETE
    compulsory = {m.code for test in exam.tests if not test.optional for m in test.parts or (test,)}
    absent = any(taken[code].status == MarkStatus.ABSENT for code in compulsory)
    if absent and exam.absence == "eliminatory":
        return Verdict.ELIMINATED
    if any(test.minimum is not None and mark < test.minimum for test, _c, mark in sat):
        return Verdict.ELIMINATED
    average = points / sum(c for _test, c, _mark in sat)
    if average >= 10:
        return Verdict.ADMITTED if _reach(sat, exam.group_minimum) else Verdict.REFUSED
    second = exam.second_round
    if second and average >= 8 and _reach(sat, second.group_minimum):
        return Verdict.CONTROL
    return Verdict.REFUSED


def _reach(sat, minima):
    groups = {name: [(c, mark) for test, c, mark in sat if test.group == name] for name in minima}
    return all(
        sum(c * mark for c, mark in group) >= Fraction(minima[name]) * sum(c for c, _mark in group)
        for name, group in groups.items()
    )


def _exact(test, taken):
    """Return the mark out of 20, 0 for an absence or force majeure, None when exempt."""
    if not test.parts:
        mark = taken[test.code]
        if mark.status == MarkStatus.EXEMPT:
            return None
        return Fraction(mark.value or 0, 100)
    sat = [(Fraction(part.coefficient), _exact(rule(part.code, 1), taken)) for part in test.parts]
    sat = [(coefficient, mark) for coefficient, mark in sat if mark is not None]
    if not sat:
        return None
    return sum(c * m for c, m in sat) / sum(c for c, _mark in sat)


@given(entries(), st.sampled_from([2, 3, Decimal("0.5")]))
def test_scaling_every_coefficient_changes_no_decision(entry, factor):
    exam, sheet = entry
    scaled = replace(
        exam,
        code="SCALED",
        tests=tuple(replace(test, coefficient=test.coefficient * factor) for test in exam.tests),
    )
    one, other = decide(exam, sheet), decide(scaled, sheet)
    assert (other.verdict, other.average, other.mention, other.reasons) == (
        one.verdict,
        one.average,
        one.mention,
        one.reasons,
    )
    assert other.points == one.points * Fraction(factor)


@given(called_entries())
def test_the_second_round_takes_no_points_away(entry):
    exam, sheet, orals = entry
    first, second = decide(exam, sheet), decide(exam, sheet + orals, round=2)
    assert second.points >= first.points
    assert second.divisor == first.divisor
    assert (second.round, second.mention) == (2, None)
    assert second.verdict in (Verdict.ADMITTED, Verdict.REFUSED)


@given(called_entries())
def test_lines_add_up_to_the_points_in_both_rounds(entry):
    exam, sheet, orals = entry
    for round_ in (1, 2):
        outcome = decide(exam, sheet + orals, round=round_)
        shown = lines(exam, sheet + orals, round=outcome.round)
        assert sum(line.points for line in shown if line.points is not None) == outcome.points


@given(entries())
def test_lines_add_up_to_the_points_whatever_the_statuses(entry):
    exam, sheet = entry
    outcome = decide(exam, sheet)
    assume(outcome.average is not None)
    brought = [line.points for line in lines(exam, sheet) if line.points is not None]
    assert sum(brought) == outcome.points


@given(called_entries())
def test_the_mark_needed_reaches_the_pass_mark_and_a_hundredth_less_does_not(entry):
    exam, sheet, _orals = entry
    for codes, needed in control_options(exam, sheet).pairs:
        if needed is None:
            assert _with_orals(exam, sheet, codes, 2000) is Verdict.REFUSED
        else:
            hundredths = int(needed * 100)
            assert hundredths == needed * 100
            assert _with_orals(exam, sheet, codes, hundredths) is Verdict.ADMITTED
            assert _with_orals(exam, sheet, codes, hundredths - 1) is Verdict.REFUSED


def _with_orals(exam, sheet, codes, value):
    orals = [MarkTaken(code, value, round=2) for code in codes]
    return decide(exam, sheet + orals, round=2).verdict


@given(st.fractions(min_value=0, max_value=2000))
def test_what_is_shown_is_never_more_than_the_value(value):
    assert Fraction(show(value)) <= value < Fraction(show(value)) + Fraction(1, 100)
    assert Fraction(show_points(value)) <= value < Fraction(show_points(value)) + Fraction(1, 100)


@given(st.integers(0, 200_000))
def test_points_in_decimals_are_shown_exactly(units):
    value = Fraction(units, 1000)
    assert Fraction(show_points(value)) == value
