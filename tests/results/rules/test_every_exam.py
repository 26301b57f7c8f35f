"""Worked cases of the exams beside the BTS, each under the article or the case it comes from.

D-, C-, S- and G- are the derived cases of the domain review; the others are those of its issue.
"""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from results.rules import (
    Enrolment,
    MentionRule,
    control_options,
    decide,
    lines,
    may_be_carried,
    nearest_raise,
    show,
    unit_kept,
)
from tests.results.sheets import SHIPPED, marks, regulation, rule, second_round

MCO = SHIPPED["MCO-2026"]
BAC = SHIPPED["BAC-G-2026"]

MENTIONS = tuple(
    MentionRule(label, Decimal(average))
    for label, average in [
        ("Assez bien", 12),
        ("Bien", 14),
        ("Très bien", 16),
        ("Très bien avec les félicitations du jury", 18),
    ]
)


def shown(exam, words, **more):
    """Return average, verdict and mention of a sheet."""
    outcome = decide(exam, marks(words), **more)
    average = None if outcome.average is None else show(outcome.average)
    return average, outcome.verdict, outcome.mention


# --- DNB: continuous assessment 40 %, tests 60 % (arrêté of 31 December 2015, note of 2/9/2025)

DNB = SHIPPED["DNB-G-2026"]
TESTS = DNB.tests[1:]
OF_DNB = {
    "absence": "zero",
    "shares": {"continuous": Decimal(40), "terminal": Decimal(60)},
    "caps": {"continuous": Decimal(20)},
    "mentions": MENTIONS,
}
SUBJECTS = regulation(
    *(rule(f"C{number}", 1, "continuous") for number in range(11)),
    rule("LAT", 1, "continuous", optional=True),
    *TESTS,
    code="SUBJECTS",
    **OF_DNB,
)

DNB_CASES = [
    ("CC:13 FRA:9 MAT:8 HG:7 EMC:7 SCI:7 ORA:9", ("10.00", "ADMITTED", None)),
    ("CC:12.99 FRA:9 MAT:8 HG:7 EMC:7 SCI:7 ORA:9", ("9.99", "REFUSED", None)),
    ("CC:13 FRA:8 MAT:8 HG:8 EMC:8 SCI:8 ORA:8", ("10.00", "ADMITTED", None)),  # D-1
    ("CC:12.99 FRA:8 MAT:8 HG:8 EMC:8 SCI:8 ORA:8", ("9.99", "REFUSED", None)),  # D-2
    ("CC:12 FRA:12 MAT:12 HG:12 EMC:12 SCI:12 ORA:12", ("12.00", "ADMITTED", MENTIONS[0].label)),
    ("CC:20 FRA:18 MAT:18 HG:18 EMC:18 SCI:18 ORA:18", ("18.80", "ADMITTED", MENTIONS[3].label)),
    ("CC:18 FRA:18 MAT:18 HG:18 EMC:18 SCI:18 ORA:18", ("18.00", "ADMITTED", MENTIONS[3].label)),
    ("CC:12 FRA:9.5 MAT:7 HG:12 EMC:14 SCI:8.5 ORA:15", ("11.10", "ADMITTED", None)),  # D-6
    ("CC:13 FRA:ABS MAT:8 HG:8 EMC:8 SCI:8 ORA:8", ("9.04", "REFUSED", None)),  # counts 0
]


@pytest.mark.parametrize(("sheet", "expected"), DNB_CASES)
def test_the_dnb_counts_40_and_60(sheet, expected):
    assert shown(DNB, sheet) == expected


def test_shares_are_points_of_100():
    outcome = decide(DNB, marks(DNB_CASES[0][0]))
    assert (outcome.points, outcome.divisor, outcome.points_required) == (1000, 100, 1000)
    assert outcome.groups == (("continuous", 40, 13), ("terminal", 60, 8))


@pytest.mark.parametrize(
    ("subject", "latin", "continuous"),
    [
        ("19.5", "18", Fraction(20)),  # D-7: (214.5 + 8) / 11, capped
        ("11", "18", Fraction(129, 11)),  # D-8
        ("11", "9", Fraction(11)),  # D-9: nothing taken
        ("11", None, Fraction(11)),
    ],
)
def test_an_option_of_the_dnb_adds_to_continuous_assessment_up_to_20(subject, latin, continuous):
    sheet = " ".join(f"C{number}:{subject}" for number in range(11))
    sheet += " FRA:8 MAT:8 HG:8 EMC:8 SCI:8 ORA:8" + (f" LAT:{latin}" if latin else "")
    outcome = decide(SUBJECTS, marks(sheet))
    assert outcome.groups[0].average == continuous
    assert outcome.average == (40 * continuous + 60 * 8) / 100


def test_a_group_all_of_whose_tests_are_exempt_leaves_with_its_share():
    outcome = decide(DNB, marks("CC:DISP FRA:9 MAT:9 HG:9 EMC:9 SCI:9 ORA:9"))
    assert (outcome.average, outcome.points, outcome.divisor) == (9, 900, 100)
    assert outcome.groups == (("continuous", 40, None), ("terminal", 60, 9))


def test_points_of_the_jury_are_of_100_where_there_are_shares():
    sheet = marks(DNB_CASES[1][0])
    assert nearest_raise(DNB, sheet).missing == Fraction("0.4")
    raised = decide(DNB, sheet, jury_points=Decimal("0.4"))
    assert (raised.verdict, raised.average) == ("ADMITTED", 10)


def test_a_cap_without_shares_bounds_the_points_of_its_group():
    exam = regulation(
        rule("A", 2, "capped"),
        rule("B", 1),
        rule("O", 3, "capped", optional=True),
        caps={"capped": Decimal(12)},
    )
    outcome = decide(exam, marks("A:11 B:10 O:14"))
    assert (outcome.points, outcome.divisor) == (2 * 12 + 10, 3)


# --- CAP (D. 337-16), bac pro (arrêté of 25/11/2021), DSCG (arrêté of 4/8/2025)

ELECTRICIEN = "UP1 UP2 UP3 UG1 UG2 UG3 UG4 UF"
CAP_CASES = [
    # code, marks in the order of its tests, average shown, verdict
    ("ELECTRICIEN", "10 10 10 10 10 10 10", "10.00", "ADMITTED"),  # C-1
    ("ELECTRICIEN", "9.5 10 10.5 14 12 16 13", "11.21", "REFUSED"),  # C-2
    ("ELECTRICIEN", "12 11 10 6 5 11 9", "9.68", "REFUSED"),  # C-3
    ("ELECTRICIEN", "11 9 10 8 7 12 10 15", "9.84", "REFUSED"),  # C-4
    ("ELECTRICIEN", "15 15 15 15 15 ABS 15", None, "ELIMINATED"),  # C-5
    ("ELECTRICIEN", "9.5 9.5 9.5 16 16 16 16 20", "12.42", "REFUSED"),  # no bonus in that mean
    ("ELECTRICIEN", "12.1 10 10 10 10 10 10", "10.78", "ADMITTED"),  # C-8: 12.5
    ("AEPE", "10 8 12 11 7 13 12", "10.09", "ADMITTED"),  # C-6
    ("AEPE", "9.5 10 10.5 14 12 16 13", "11.14", "REFUSED"),  # C-7
    ("AEPE", "9.5 9.5 9.5 16 16 16 16", "11.66", "REFUSED"),  # general 16, professional 9.5
]


@pytest.mark.parametrize(("code", "given", "average", "verdict"), CAP_CASES)
def test_a_cap_needs_ten_twice(code, given, average, verdict):
    pairs = zip(ELECTRICIEN.split(), given.split(), strict=False)
    sheet = " ".join(f"{unit}:{mark}" for unit, mark in pairs)
    assert shown(SHIPPED[code], sheet) == (average, verdict, None)


NDRC_CASES = [
    # marks of U1 to U6, orals, average, verdict
    ("8 7 8 11 10 10", "", "9.23", "CONTROL"),  # B-1
    ("8 7 8 11 10 10", "U1@2:12 U2@2:10", "10.23", "ADMITTED"),  # B-2
    ("8 7 8 11 10 10", "U1@2:6 U2@2:10", "9.66", "REFUSED"),  # B-3
    ("8 7 8 9 10 10", "", "8.76", "REFUSED"),  # B-4
    ("9 10 10 10 10 10", "", "9.85", "CONTROL"),  # B-5
    ("9.5 9.5 10 10 10 11", "", "10.00", "ADMITTED"),  # B-6
    ("4 10 9 11 10 10", "U1@2:10 U3@2:12", "10.52", "ADMITTED"),  # B-7
]


@pytest.mark.parametrize(("given", "orals", "average", "verdict"), NDRC_CASES)
def test_the_bts_ndrc_as_its_cases_say(given, orals, average, verdict):
    sheet = " ".join(f"U{n}:{mark}" for n, mark in enumerate(given.split(), start=1))
    outcome = decide(SHIPPED["NDRC-2022"], marks(f"{sheet} {orals}"), round=2 if orals else 1)
    assert (show(outcome.average), outcome.verdict) == (average, verdict)


INDIVIDUAL_CASES = [
    ("FRA:9 MAT:8 HG:11 EMC:7 SCI:12 LV:11", "10.00", "ADMITTED"),  # D-10
    ("FRA:9 MAT:8 HG:11 EMC:7 SCI:12 LV:ABS", "7.80", "REFUSED"),  # D-11
]


@pytest.mark.parametrize(("sheet", "average", "verdict"), INDIVIDUAL_CASES)
def test_individual_candidates_of_the_dnb_have_their_tests_alone(sheet, average, verdict):
    assert shown(SHIPPED["DNB-IND-2026"], sheet) == (average, verdict, None)


PRO = regulation(
    rule("P", 6, "professional"),
    rule("G", 4, "general"),
    second_round=second_round("general", choose=1, professional=10),
)


@pytest.mark.parametrize(
    ("sheet", "verdict"),
    [("P:9.9 G:6.4", "REFUSED"), ("P:10 G:6.25", "CONTROL"), ("P:10 G:4.99", "REFUSED")],
)
def test_control_of_a_bac_pro_needs_ten_in_the_professional_tests(sheet, verdict):
    assert decide(PRO, marks(sheet)).verdict == verdict


DSCG = SHIPPED["DSCG-2027"]
SIX_AT_12 = "UE1:12 UE2:12 UE3:12 UE4:12 UE5:12 UE6:12"


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        (f"{SIX_AT_12} UE7:5.5", ("11.23", "ELIMINATED", None)),  # S-1
        ("UE1:9 UE2:12 UE3:8 UE4:10 UE5:14 UE6:13 UE7:6", ("10.05", "ADMITTED", None)),  # S-2
        ("UE1:9 UE2:10 UE3:8 UE4:10 UE5:12 UE6:11 UE7:14", ("10.29", "ADMITTED", None)),
    ],
)
def test_a_unit_of_the_dscg_below_six_eliminates(sheet, expected):
    assert shown(DSCG, sheet) == expected


# --- units entered: D. 643-13 and D. 643-14, D. 334-8

TWO_OF_EIGHT = Enrolment(units=frozenset({"U1", "U5"}))
HELD = " ".join(f"U{number}:BEN10/2025" for number in (2, 3, 4, 6, 7, 8))


@pytest.mark.parametrize(
    ("sheet", "verdict", "reasons"),
    [
        ("U1:20 U5:20", "NOT_FINAL", 6),
        ("U1:ABS U5:20", "NOT_FINAL", 6),  # shown as absence, nothing is awarded
        ("U1:FM U5:20", "NOT_FINAL", 6),  # BTS: counts 0
        ("U1:20", "INCOMPLETE", 1),
        (f"U1:10 U5:10 {HELD}", "ADMITTED", 0),
        (f"U1:ABS U5:10 {HELD}", "ELIMINATED", 1),
        (f"U1:9 U5:10 {HELD}", "CONTROL", 0),
        (f"U1:20 U5:20 {HELD.replace('U8:BEN10/2025', '')}", "NOT_FINAL", 1),
        (f"U1:10 U5:10 {HELD.replace('U8:BEN10/2025', 'U8:DISP')}", "ADMITTED", 0),
        (f"U1:10 U5:10 {HELD.replace('U8:BEN10/2025', 'U8:REP9/2025')}", "REFUSED", 1),
    ],
)
def test_some_units_of_eight_decide_nothing_until_the_others_are_held(sheet, verdict, reasons):
    outcome = decide(MCO, marks(sheet), enrolment=TWO_OF_EIGHT)
    assert (outcome.verdict, len(outcome.reasons)) == (verdict, reasons)
    assert (outcome.average is None) == (verdict in {"NOT_FINAL", "INCOMPLETE", "ELIMINATED"})


def test_what_is_neither_entered_nor_held_is_named():
    outcome = decide(MCO, marks("U1:12 U5:9"), enrolment=TWO_OF_EIGHT)
    assert outcome.reasons == tuple(f"NOT_HELD:U{number}" for number in (2, 3, 4, 6, 7, 8))
    acquired = {
        line.test.code: unit_kept(line, outcome)
        for line in lines(MCO, marks("U1:12 U5:9"), enrolment=TWO_OF_EIGHT)
    }
    assert acquired["U1"]
    assert sum(acquired.values()) == 1


def test_without_units_every_compulsory_test_is_entered():
    assert decide(MCO, marks("U1:20 U5:20")).verdict == "INCOMPLETE"


def test_the_jury_raises_nobody_without_a_final_decision():
    assert nearest_raise(MCO, marks("U1:9 U5:9"), enrolment=TWO_OF_EIGHT) is None


def test_a_part_is_a_unit_that_may_be_entered_alone():
    exam = regulation(rule("A", 1), rule("E", 2, parts={"E1": 1, "E2": 1}))
    entered = Enrolment(units=frozenset({"A", "E1"}))
    assert decide(exam, marks("A:12 E1:12"), enrolment=entered).reasons == ("NOT_HELD:E2",)
    assert decide(exam, marks("A:12 E1:12 E2:BEN12/2024"), enrolment=entered).average == 12
    assert decide(exam, marks("A:12"), enrolment=entered).reasons == ("MISSING:E1",)
    whole = Enrolment(units=frozenset({"E"}))
    assert decide(exam, marks("E1:12 E2:9"), enrolment=whole).reasons == ("NOT_HELD:A",)


def test_units_that_the_regulation_lacks_are_impossible():
    with pytest.raises(ValueError, match="U9"):
        decide(MCO, marks("U1:20"), enrolment=Enrolment(units=frozenset({"U9"})))


# --- force majeure: D. 643-24 (zero), D. 334-19 and D. 337-157 (replacement)

ALL = "FRE:12 FRO:12 PHI:12 SPE1:12 SPE2:12 GO:12 HG:12 LVA:12 LVB:12 ES:12 EPS:12 EMC:12 SPE3:12"


def test_force_majeure_in_philosophy_defers_the_decision_to_september():
    outcome = decide(BAC, marks(ALL.replace("PHI:12", "PHI:FM")))
    assert (outcome.verdict, outcome.reasons) == ("DEFERRED", ("REPLACED:PHI",))
    assert (outcome.average, outcome.mention) == (None, None)
    assert outcome.divisor == 92  # marks sat
    philosophy = next(
        line
        for line in lines(BAC, marks(ALL.replace("PHI:12", "PHI:FM")))
        if line.test.code == "PHI"
    )
    assert (philosophy.counted, philosophy.points) == (None, None)
    assert not unit_kept(philosophy, outcome)
    assert decide(BAC, marks(ALL)).mention == "Assez bien"


PRECEDENCE = [
    # marks of A, of B, of P1 and P2 in the test P, units, verdict
    ("A:FM B:5 P1:12 P2:12", "", "DEFERRED"),
    ("A:12 B:5 P1:FM P2:12", "", "DEFERRED"),
    ("A:FM B:FM P1:FM P2:FM", "", "DEFERRED"),
    ("A:FM P1:12 P2:12", "", "INCOMPLETE"),
    ("A:FM B:ABS P1:12 P2:12", "", "DEFERRED"),
    ("A:FM", "A", "DEFERRED"),
    ("A:ABS", "A", "NOT_FINAL"),
    ("A:DISP", "A", "NOT_FINAL"),
    ("A:12 B:ABS P1:12 P2:12", "", "ELIMINATED"),
    ("A:12 B:5 P1:12 P2:12", "", "ELIMINATED"),
    ("A:DISP B:DISP P1:DISP P2:DISP", "", "INCOMPLETE"),
    ("A:12 B:12 P1:12 P2:12 O:FM", "", "ADMITTED"),
    ("A:12 B:12 P1:12 P2:12 F:FM", "", "DEFERRED"),
]


@pytest.mark.parametrize(("sheet", "units", "verdict"), PRECEDENCE)
def test_where_several_verdicts_hold_the_first_is_given(sheet, units, verdict):
    exam = regulation(
        rule("A", 1),
        rule("B", 1, minimum=6),
        rule("P", 1, parts={"P1": 1, "P2": 1}),
        rule("O", 1, optional=True),
        rule("F", 1, optional=True, counts="full"),
        force_majeure="replacement",
    )
    entered = Enrolment(units=frozenset(units.split()))
    assert decide(exam, marks(sheet), enrolment=entered).verdict == verdict
    assert decide(exam, marks(sheet), enrolment=entered, withheld=True).verdict == "WITHHELD"


# --- options of the bac: points and divisor, for whoever enters them (D. 334-8)

WITH_OPTION = replace(
    BAC,
    code="OPTION",
    tests=(
        *BAC.tests,
        *(
            rule(code, coefficient, "continuous", optional=True, counts="full")
            for code, coefficient in [("OPT", 4), ("OPT2", 4), ("OPT3", 4), ("OPT4", 2)]
        ),
    ),
)


def _all_at(mark):
    return " ".join(f"{test.code}:{mark}" for test in BAC.tests)


@pytest.mark.parametrize(
    ("everywhere", "option", "points", "divisor", "expected"),
    [
        ("9.8", "", 980, 100, ("9.80", "CONTROL", None)),  # G-1
        ("9.8", "OPT:DISP", 980, 100, ("9.80", "CONTROL", None)),
        ("9.8", "OPT:18", 1052, 104, ("10.11", "ADMITTED", None)),  # G-2
        ("10", "OPT:5", 1020, 104, ("9.80", "CONTROL", None)),  # G-3
        ("11.8", "OPT:18", 1252, 104, ("12.03", "ADMITTED", "Assez bien")),  # G-4
        ("12", "OPT:10", 1240, 104, ("11.92", "ADMITTED", None)),  # G-5
        ("9.5", "OPT:16 OPT2:16 OPT3:16 OPT4:16", 1174, 114, ("10.29", "ADMITTED", None)),  # G-6
        ("12", "OPT:ABS", 1200, 104, ("11.53", "ADMITTED", None)),
    ],
)
def test_an_option_of_the_bac_counts_in_full(everywhere, option, points, divisor, expected):
    sheet = f"{_all_at(everywhere)} {option}"
    outcome = decide(WITH_OPTION, marks(sheet))
    assert (outcome.points, outcome.divisor) == (points, divisor)
    assert shown(WITH_OPTION, sheet) == expected
    brought = [line.points for line in lines(WITH_OPTION, marks(sheet)) if line.points is not None]
    assert sum(brought) == points


def test_an_option_that_a_subject_names_needs_its_mark():
    named = Enrolment(subjects=frozenset({"OPT"}))
    outcome = decide(WITH_OPTION, marks(_all_at("12")), enrolment=named)
    assert outcome.reasons == ("MISSING:OPT",)
    excess = regulation(rule("A", 1), rule("O", 1, optional=True))
    outcome = decide(excess, marks("A:12"), enrolment=Enrolment(units=frozenset({"A", "O"})))
    assert outcome.reasons == ("MISSING:O",)


def test_options_alone_award_nothing():
    exam = regulation(rule("A", 1), rule("F", 1, optional=True, counts="full"))
    outcome = decide(exam, marks("A:DISP F:20"))
    assert (outcome.verdict, outcome.reasons) == ("INCOMPLETE", ("NOTHING_TO_AVERAGE",))


def test_absence_from_an_option_that_counts_in_full_eliminates_nobody():
    exam = regulation(rule("A", 1), rule("F", 1, optional=True, counts="full"))
    outcome = decide(exam, marks("A:20 F:ABS"))
    assert (outcome.verdict, outcome.average) == ("ADMITTED", 10)
    assert [line.points for line in lines(exam, marks("A:20 F:ABS"))] == [20, 0]


# --- step and rounding: bac (D. 334-8), CAP (arrêté of 20/11/2000)


@pytest.mark.parametrize(
    ("step", "given", "counted"),
    [
        ("0.5", "12.1", "12.50"),  # C-8
        ("0.5", "12.5", "12.50"),  # C-9
        ("0.5", "12.51", "13.00"),
        ("1", "19.01", "20.00"),
        ("0.1", "12.31", "12.40"),
        ("0.01", "12.31", "12.31"),
    ],
)
def test_a_computed_mark_goes_up_to_its_step(step, given, counted):
    exam = regulation(rule("A", 2, step=Decimal(step), rounding="up"), rule("B", 1))
    sheet = marks(f"A:{given} B:10")
    line, _other = lines(exam, sheet)
    assert (show(line.value), show(line.counted)) == (counted, counted)
    assert decide(exam, sheet).points == 2 * Fraction(counted) + 10


def test_the_average_of_parts_goes_up_to_the_step_of_their_test_or_stays_exact():
    parts = {"E1": 1, "E2": 2}
    up = regulation(rule("E", 3, parts=parts, step=Decimal("0.5"), rounding="up"))
    exact = regulation(rule("E", 3, parts=parts, step=Decimal("0.5")), code="EXACT")
    hundredth = regulation(rule("E", 3, parts=parts, rounding="up"), code="HUNDREDTH")
    sheet = marks("E1:10 E2:12.5")  # 35 / 3
    assert (decide(up, sheet).average, lines(up, sheet)[0].value) == (12, 12)
    assert decide(exact, sheet).average == Fraction(35, 3)
    assert decide(hundredth, sheet).average == lines(hundredth, sheet)[0].value == Fraction("11.67")


def test_a_mark_kept_from_another_session_keeps_its_step():
    exam = regulation(rule("A", 1, step=Decimal(1), rounding="up"))
    assert decide(exam, marks("A:BEN12.4/2024")).average == Fraction("12.4")
    assert lines(exam, marks("A:BEN12.4/2024"))[0].value == Fraction("12.4")


# --- tests that a status opens

PROJECT = regulation(
    rule("A", 3, "professional"),
    rule("CO", 1, "professional", statuses=("SCOLAIRE", "APPRENTI")),
)


@pytest.mark.parametrize(
    ("status", "sheet", "average"),
    [
        ("SCOLAIRE", "A:10 CO:14", 11),
        ("APPRENTI", "A:10 CO:14", 11),
        ("INDIVIDUEL", "A:10", 10),
        ("INDIVIDUEL", "A:10 CO:14", 10),  # counts for nothing
        ("SCOLAIRE", "A:10", None),
        ("", "A:10 CO:14", 11),
    ],
)
def test_the_chef_d_oeuvre_is_for_schools_and_apprentices(status, sheet, average):
    outcome = decide(PROJECT, marks(sheet), enrolment=Enrolment(status=status))
    assert outcome.average == average
    shown_codes = [
        line.test.code for line in lines(PROJECT, marks(sheet), enrolment=Enrolment(status=status))
    ]
    assert ("CO" in shown_codes) == (status != "INDIVIDUEL")


# Project of the bac pro (arrêté of 20 October 2020, article 4; P-11: all 10, project 13, 266 / 26)

MELEC = SHIPPED["MELEC-2026"]
PUPIL, ALONE = Enrolment(status="SCOLAIRE"), Enrolment(status="INDIVIDUEL")


def _melec(mark, project):
    codes = [test.code for test in MELEC.tests if test.code != "PROJET"]
    words = [f"{code}:{mark}" for code in codes] + ([f"PROJET:{project}"] if project else [])
    return " ".join(words)


@pytest.mark.parametrize(
    ("mark", "project", "enrolment", "points", "expected"),
    [
        ("10", "13", PUPIL, 266, ("10.23", "ADMITTED", None)),  # P-11
        ("10", "10", PUPIL, 260, ("10.00", "ADMITTED", None)),
        ("10", "9.5", PUPIL, 259, ("9.96", "CONTROL", None)),
        ("9.8", "12.6", Enrolment(status="APPRENTI"), 260, ("10.00", "REFUSED", None)),
        ("12", "8", PUPIL, 308, ("11.84", "ADMITTED", None)),
        ("11.8", "12.6", PUPIL, 312, ("12.00", "ADMITTED", "Assez bien")),
        ("10", "DISP", PUPIL, 260, ("10.00", "ADMITTED", None)),
        ("10", "", ALONE, 260, ("10.00", "ADMITTED", None)),
        ("10", "2", ALONE, 260, ("10.00", "ADMITTED", None)),  # not open: counts for nothing
    ],
)
def test_the_project_of_a_bac_pro_moves_the_total_and_not_the_divisor(
    mark, project, enrolment, points, expected
):
    sheet = marks(_melec(mark, project))
    outcome = decide(MELEC, sheet, enrolment=enrolment)
    assert (outcome.points, outcome.divisor) == (points, 26)
    if expected[1] != "REFUSED":
        assert shown(MELEC, _melec(mark, project), enrolment=enrolment) == expected
    brought = [line.points for line in lines(MELEC, sheet, enrolment=enrolment)]
    assert sum(each for each in brought if each is not None) == points


def test_the_project_is_in_no_group_mean_and_at_no_oral():
    sheet = _melec("8", "20").replace("U2:8", "U2:9.9")
    outcome = decide(MELEC, marks(sheet), enrolment=PUPIL)
    assert (outcome.verdict, outcome.reasons) == ("REFUSED", ("GROUP_MINIMUM:professional",))
    called = marks(_melec("10", "9"))
    assert decide(MELEC, called, enrolment=PUPIL).verdict == "CONTROL"
    assert "PROJET" not in [t.code for t in control_options(MELEC, called, enrolment=PUPIL).tests]
    with pytest.raises(ValueError, match="no second round"):
        decide(MELEC, [*called, *marks("PROJET@2:20")], round=2, enrolment=PUPIL)
    after = decide(MELEC, [*called, *marks("U11@2:12 U51@2:9")], round=2, enrolment=PUPIL)
    assert (after.verdict, after.points) == ("ADMITTED", 258 + 3)


@pytest.mark.parametrize(
    ("project", "enrolment", "verdict", "reasons"),
    [
        ("", PUPIL, "INCOMPLETE", ("MISSING:PROJET",)),
        ("", Enrolment(), "INCOMPLETE", ("MISSING:PROJET",)),
        ("ABS", PUPIL, "ELIMINATED", ("ABSENT:PROJET",)),
        ("ABS", ALONE, "ADMITTED", ()),
        ("FM", PUPIL, "DEFERRED", ("REPLACED:PROJET",)),
        ("FM", ALONE, "ADMITTED", ()),
        ("BEN14/2025", PUPIL, "ADMITTED", ()),
    ],
)
def test_the_status_of_an_entry_opens_its_project_or_closes_it(
    project, enrolment, verdict, reasons
):
    outcome = decide(MELEC, marks(_melec("12", project)), enrolment=enrolment)
    assert (outcome.verdict, outcome.reasons) == (verdict, reasons)


def test_no_total_is_below_zero_and_the_jury_adds_to_it():
    exam = regulation(rule("A", 1), rule("P", 2, counts="difference"), absence="zero")
    outcome = decide(exam, marks("A:5 P:ABS"))
    assert (outcome.points, outcome.average) == (0, 0)
    assert nearest_raise(exam, marks("A:5 P:ABS")).missing == 10
    assert decide(exam, marks("A:5 P:ABS"), jury_points=10).verdict == "ADMITTED"


# --- tests that force majeure does not replace (D. 334-19: terminal ones alone)


@pytest.mark.parametrize(
    ("changes", "verdict", "divisor"),
    [
        ("EPS:FM", "ADMITTED", 94),
        ("EPS:FM PHI:FM", "DEFERRED", 86),
        ("HG:FM", "DEFERRED", 94),  # an evaluation replaces it
        ("EPS:ABS", "ADMITTED", 100),
    ],
)
def test_force_majeure_in_sport_exempts_from_it_and_defers_nothing(changes, verdict, divisor):
    sheet = dict(word.split(":") for word in f"{_all_at('12')} {changes}".split())
    outcome = decide(BAC, marks(" ".join(f"{code}:{mark}" for code, mark in sheet.items())))
    assert (outcome.verdict, outcome.divisor) == (verdict, divisor)
    assert (outcome.mention or "") == ("Assez bien" if changes == "EPS:FM" else "")


def test_in_september_where_nothing_is_replaced_again_sport_is_exempt_still():
    september = replace(BAC, code="SEPTEMBER", force_majeure="zero")
    outcome = decide(september, marks(_all_at("12").replace("EPS:12", "EPS:FM")))
    assert (outcome.average, outcome.divisor) == (12, 94)


@pytest.mark.parametrize("count", ["full", "excess"])
def test_force_majeure_in_an_option_that_is_not_replaced_leaves_the_average(count):
    option = rule("OPT", 4, "continuous", optional=True, counts=count, replaced=False)
    exam = replace(BAC, code=f"NOT-{count}", tests=(*BAC.tests, option))
    sheet = f"{_all_at('12')} OPT:FM"
    assert shown(exam, sheet) == ("12.00", "ADMITTED", "Assez bien")
    line = lines(exam, marks(sheet))[-1]
    assert (line.status, line.counted, line.points) == ("DISP", None, None)


def test_an_exemption_is_told_from_an_absence_that_is_excused():
    for given, excused in (("FM", True), ("DISP", False), ("12", False), ("ABS", False)):
        sheet = marks(_all_at("12").replace("EPS:12", f"EPS:{given}"))
        assert [line.excused for line in lines(BAC, sheet) if line.test.code == "EPS"] == [excused]
    whole = regulation(rule("E", 2, parts={"E1": 1, "E2": 3}, replaced=False))
    for sheet, excused in (
        ("E1:FM E2:FM", True),
        ("E1:DISP E2:DISP", False),
        ("E1:9 E2:FM", False),
    ):
        assert lines(whole, marks(sheet))[0].excused == excused


def test_force_majeure_in_a_part_that_is_not_replaced_leaves_the_average_of_its_test():
    exam = regulation(
        rule("A", 1),
        rule("E", 2, parts={"E1": 1, "E2": 3}, replaced=False),
        force_majeure="replacement",
    )
    sheet = marks("A:10 E1:14 E2:FM")
    assert decide(exam, sheet).points == 10 + 2 * 14
    part = lines(exam, sheet)[1].parts[1]
    assert (part.value, part.status, part.excused) == (None, "DISP", True)


# --- groups of parts, kept marks

SPLIT = regulation(
    rule("G", 2, "general"),
    rule("E3", 4, "professional", parts={"U31": 1, "U32": (3, "general")}),
    rule("P", 1, "professional"),
    group_minimum={"professional": Decimal(10)},
)


@pytest.mark.parametrize(
    ("sheet", "verdict", "average"),
    [
        ("G:12 U31:10 U32:8 P:10", "REFUSED", Fraction(68, 7)),
        ("G:16 U31:10 U32:9 P:10", "ADMITTED", Fraction(79, 7)),  # professional 20 / 2
        ("G:16 U31:9 U32:12 P:10.9", "REFUSED", Fraction("87.9") / 7),  # 19.9 / 2
        ("G:16 U31:DISP U32:9 P:10", "ADMITTED", Fraction(78, 7)),
        ("G:16 U31:9 U32:DISP P:14", "ADMITTED", Fraction(82, 7)),  # professional 50 / 5
        ("G:16 U31:9 U32:DISP P:13.9", "REFUSED", Fraction("81.9") / 7),
        ("G:16 E3:BEN10/2025 P:10", "ADMITTED", Fraction(82, 7)),
    ],
)
def test_a_part_counts_in_a_group_of_its_own(sheet, verdict, average):
    outcome = decide(SPLIT, marks(sheet))
    assert (outcome.verdict, outcome.average) == (verdict, average)
    assert outcome.divisor == 7


def test_a_second_mark_of_a_test_with_parts_of_two_groups_counts_in_both():
    exam = replace(SPLIT, code="AGAIN", second_round=second_round(["E3"], choose=1))
    sheet = "G:12 U31:10 U32:7 P:10"
    assert decide(exam, marks(sheet)).verdict == "CONTROL"
    again = decide(exam, marks(f"{sheet} E3@2:12"), round=2)
    assert (again.verdict, again.average) == ("ADMITTED", Fraction(82, 7))


def test_what_is_kept_and_how_long_is_data():
    outcome = decide(DSCG, marks(f"{SIX_AT_12} UE7:5.5"))
    told = {}
    for line in lines(DSCG, marks("UE1:12 UE2:9 UE3:5.5 UE4:BEN12/2020 UE5:BEN12/2018")):
        kept = unit_kept(line, outcome, session=2027, rule=DSCG.kept)
        carried = may_be_carried(line, outcome, session=2027, rule=DSCG.kept)
        told[line.test.code] = (kept, carried)
    assert told["UE1"] == (True, False)
    assert told["UE2"] == (False, True)
    assert told["UE3"] == (False, False)
    assert told["UE4"] == (True, False)
    assert told["UE5"] == (False, False)  # its eight sessions are over
