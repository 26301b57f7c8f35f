"""Lines of the score sheet, marks that are kept, and the format of numbers."""

import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import pytest

from results.rules import (
    MarkStatus,
    Verdict,
    decide,
    lines,
    show,
    show_points,
    unit_kept,
    units_acquired,
)
from tests.results.sheets import SHIPPED, marks, regulation, rule

SIO = SHIPPED["SIO-SISR"]
OLD_MCO = SHIPPED["MCO-2020"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(219, 22), "9.95"),
        (Fraction(10), "10.00"),
        (Fraction(999_999, 100_000), "9.99"),
        (Fraction(37, 3), "12.33"),
        (Fraction(0), "0.00"),
        (Fraction(1, 200), "0.00"),
        (20, "20.00"),
        (Decimal("7.5"), "7.50"),
    ],
)
def test_a_mark_is_cut_and_never_rounded_up(value, shown):
    assert show(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(248), "248"),
        (Fraction("46.8"), "46.8"),
        (Fraction("19.125"), "19.125"),
        (Fraction("0.0001"), "0.0001"),
        (Fraction("0.00019"), "0.00"),
        (Fraction(95, 3), "31.66"),
        (Fraction(0), "0"),
        (Decimal("1.50"), "1.5"),
        (Decimal("100"), "100"),
        (300, "300"),
    ],
)
def test_points_are_exact_where_four_decimals_can_say_them(value, shown):
    assert show_points(value) == shown


@pytest.mark.parametrize(
    ("mark", "value", "counted", "points"),
    [
        ("12.5", Fraction("12.5"), Fraction("12.5"), Fraction("37.5")),
        ("FM", None, 0, 0),
        ("ABS", None, None, None),
        ("DISP", None, None, None),
        ("BEN12/2024", 12, 12, 36),
        ("REP8/2024", 8, 8, 24),
    ],
)
def test_a_line_says_what_counts(mark, value, counted, points):
    line = lines(SIO, marks(f"U3:{mark}"))[2]
    assert (line.test.code, line.value, line.counted, line.points) == (
        "U3",
        value,
        counted,
        points,
    )


def test_a_line_says_where_a_kept_mark_comes_from():
    line = lines(SIO, marks("U1:BEN12/2024"))[0]
    assert (line.status, line.origin) == (MarkStatus.BENEFIT, 2024)


def test_an_absence_that_counts_zero_brings_no_points():
    line = lines(regulation(rule("A", 2), absence="zero"), marks("A:ABS"))[0]
    assert (line.value, line.status, line.counted, line.points) == (None, "ABS", 0, 0)


def test_a_compulsory_test_has_a_line_even_without_a_mark_and_an_optional_one_has_none():
    exam = regulation(rule("A", 1), rule("OPT", 1, optional=True))
    (line,) = lines(exam, [])
    assert (line.test.code, line.value, line.status, line.counted) == ("A", None, "", None)


@pytest.mark.parametrize("mark", ["ABS", "FM", "DISP"])
def test_an_optional_test_without_a_value_counts_nothing(mark):
    line = lines(regulation(rule("OPT", 1, optional=True)), marks(f"OPT:{mark}"))[0]
    assert (line.status, line.counted, line.points) == (mark, None, None)


@pytest.mark.parametrize(
    ("parts", "value", "status", "points"),
    [
        ("E21:9 E22:12", Fraction("10.5"), "", Fraction("31.5")),
        ("E21:FM E22:12", 6, "", 18),
        ("E21:DISP E22:12", 12, "", 36),
        ("E21:DISP E22:DISP", None, "DISP", None),
        ("E21:FM E22:FM", None, "FM", 0),
        ("E21:ABS E22:12", None, "ABS", None),
        ("E21:BEN12/2024 E22:BEN13/2024", Fraction("12.5"), "BEN", Fraction("37.5")),
        ("E21:BEN12/2024 E22:9", Fraction("10.5"), "", Fraction("31.5")),
        ("E21:12", None, "", None),
    ],
)
def test_a_test_with_parts_shows_their_average(parts, value, status, points):
    line = lines(OLD_MCO, marks(parts))[1]
    assert (line.value, line.status, line.points) == (value, status, points)


def test_parts_show_their_own_marks_in_hundredths():
    line = lines(OLD_MCO, marks("E21:FM E22:12.5"))[1]
    assert [(each.part.code, each.value, each.status) for each in line.parts] == [
        ("E21", None, "FM"),
        ("E22", 1250, ""),
    ]


def test_parts_kept_from_one_year_give_their_origin_to_the_whole():
    assert lines(OLD_MCO, marks("E21:BEN12/2024 E22:BEN13/2024"))[1].origin == 2024
    assert lines(OLD_MCO, marks("E21:BEN12/2023 E22:BEN13/2024"))[1].origin is None


# --- units that stay acquired

REFUSED = "U1:10 U2:9.99 U3:12 U4:FM U5:BEN14/2024 U6:2 U7:2"


def test_a_refused_candidate_keeps_the_units_at_ten_or_more():
    sheet = marks(REFUSED)
    outcome = decide(SIO, sheet)
    assert outcome.verdict is Verdict.REFUSED
    kept = [line.test.code for line in lines(SIO, sheet) if unit_kept(line, outcome)]
    assert kept == ["U1", "U3", "U5"]


def test_an_absence_does_not_cost_the_units_acquired():
    sheet = marks("U1:ABS U2:12 U3:9 U4:10 U5:10 U6:10 U7:10")
    outcome = decide(SIO, sheet)
    kept = [line.test.code for line in lines(SIO, sheet) if unit_kept(line, outcome)]
    assert kept == ["U2", "U4", "U5", "U6", "U7"]


@pytest.mark.parametrize(
    "sheet",
    [
        "U1:10 U2:10 U3:10 U4:10 U5:10 U6:10 U7:10",
        "U1:10 U2:9 U3:10 U4:10 U5:10 U6:10 U7:10",
        "U1:10",
    ],
    ids=["admitted", "called", "incomplete"],
)
def test_nothing_is_said_to_stay_acquired_before_a_refusal(sheet):
    outcome = decide(SIO, marks(sheet))
    assert not unit_kept(lines(SIO, marks(sheet))[0], outcome)


def test_the_mark_of_an_oral_is_no_unit_acquired():
    sheet = marks("U1:9 U2:8 U3:9 U4:9 U5:10 U6:10 U7:10 U1@2:10 U2@2:ABS")
    outcome = decide(SIO, sheet, round=2)
    assert outcome.verdict is Verdict.REFUSED
    assert not unit_kept(lines(SIO, sheet)[0], outcome)


def test_a_test_with_parts_is_kept_when_one_of_its_parts_is():
    for parts, kept in (("E21:10 E22:12", True), ("E21:9 E22:20", True), ("E21:9 E22:9", False)):
        sheet = marks(f"E1:5 {parts} E3:5 E41:5 E42:5 E5:5 E6:5")
        outcome = decide(OLD_MCO, sheet)
        assert unit_kept(lines(OLD_MCO, sheet)[1], outcome) is kept


def test_continuous_assessment_is_not_kept_at_the_baccalaureat():
    bac = SHIPPED["BAC-G-2026"]
    sheet = marks(
        " ".join(f"{t.code}:{'12' if t.code in ('PHI', 'HG') else '2'}" for t in bac.tests)
    )
    outcome = decide(bac, sheet)
    kept = [line.test.code for line in lines(bac, sheet) if unit_kept(line, outcome)]
    assert kept == ["PHI"]


def test_an_optional_test_is_no_unit_that_stays():
    exam = regulation(rule("A", 1), rule("OPT", 1, optional=True))
    sheet = marks("A:2 OPT:15")
    assert not unit_kept(lines(exam, sheet)[1], decide(exam, sheet))


@pytest.mark.parametrize(("origin", "kept"), [(2021, False), (2022, True), (2025, True)])
def test_a_kept_mark_lasts_five_years(origin, kept):
    sheet = marks(f"U1:BEN12/{origin} U2:2 U3:2 U4:2 U5:2 U6:2 U7:2")
    outcome = decide(SIO, sheet)
    assert unit_kept(lines(SIO, sheet)[0], outcome, session=2026) is kept


def _blocks(exam, words, *, session=2026):
    sheet = marks(words)
    outcome = decide(exam, sheet)
    return [
        tuple(unit)
        for line in lines(exam, sheet)
        for unit in units_acquired(line, outcome, session=session, rule=exam.kept)
    ]


def test_the_units_acquired_tell_their_session_and_the_last_they_are_kept_for():
    assert _blocks(SIO, REFUSED) == [("U1", 2026, 2031), ("U3", 2026, 2031), ("U5", 2024, 2029)]


def test_each_part_at_ten_is_a_unit_acquired_whatever_the_other_has():
    words = "E1:5 E21:10 E22:9.99 E3:5 E41:BEN12/2023 E42:11 E5:5 E6:FM"
    assert _blocks(OLD_MCO, words) == [
        ("E21", 2026, 2031),
        ("E41", 2023, 2028),
        ("E42", 2026, 2031),
    ]


def test_a_unit_whose_sessions_are_over_is_acquired_no_more():
    words = "E1:BEN14/2021 E21:BEN12/2021 E22:BEN12/2022 E3:5 E41:5 E42:5 E5:5 E6:5"
    assert _blocks(OLD_MCO, words) == [("E22", 2022, 2027)]


def test_no_unit_is_acquired_by_whoever_is_admitted_called_or_deferred():
    assert _blocks(SIO, "U1:10 U2:10 U3:10 U4:10 U5:10 U6:10 U7:10") == []
    assert _blocks(SIO, "U1:10 U2:9 U3:10 U4:10 U5:10 U6:10 U7:10") == []
    bakery = SHIPPED["BOULANGER"]
    assert _blocks(bakery, "UP1:12 UP2:FM UG1:8 UG2:8 UG3:8 UG4:8") == []


def test_a_cap_refused_for_its_professional_tests_has_its_general_units():
    words = "UP1:9.5 UP2:9.5 UG1:16 UG2:16 UG3:16 UG4:16 UF:18"
    assert [code for code, *_ in _blocks(SHIPPED["BOULANGER"], words)] == [
        "UG1",
        "UG2",
        "UG3",
        "UG4",
    ]


def test_the_rules_need_no_framework():
    program = "import sys, results.rules, results.regulations.files; print('django' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "False"
