"""Worked cases, decided by the regulations as they are shipped.

Codes such as D-1 are those of the review of the law that derived them; P- are published ones.
"""

import pytest

from results.rules import Enrolment, decide, lines, may_be_carried, show, unit_kept
from tests.results.sheets import SHIPPED, marks


def all_at(code, mark, **others):
    """Return a mark in every compulsory unit of a regulation; `others`: those that differ.

    A project, which counts as a difference, is at 10.
    """
    return " ".join(
        f"{unit.code}:{others.get(unit.code, 10 if test.in_difference else mark)}"
        for test in SHIPPED[code].tests
        if not test.optional
        for unit in test.parts or (test,)
    )


def by_group(code, /, **mark_of_group):
    """Return the mark of its group in every compulsory unit of a regulation."""
    return " ".join(
        f"{unit.code}:{10 if test.in_difference else mark_of_group[test.group]}"
        for test in SHIPPED[code].tests
        if not test.optional
        for unit in test.parts or (test,)
    )


MELEC_LOW = {"U11": 6, "U51": 7}

TESTS = "FRA:9 MAT:8 HG:7 EMC:7 SCI:7 ORA:9"

CASES = [
    ("DNB-P-2026", f"CC:13 {TESTS}", "10.00", "ADMITTED", None),
    ("DNB-P-2026", f"CC:12.99 {TESTS}", "9.99", "REFUSED", None),
    ("DNB-P-2026", f"CC:13 {TESTS}".replace("FRA:9", "FRA:FM"), None, "DEFERRED", None),
    *(
        (code, by_group(code, professional=9.5, general=16), average, "REFUSED", None)
        for code, average in [
            ("BOULANGER", "11.47"),
            ("SECURITE", "11.47"),
            ("COIFFURE-2007", "11.56"),
        ]
    ),
    ("MELEC-2026", all_at("MELEC-2026", 10), "10.00", "ADMITTED", None),  # M-1, P-10
    ("MELEC-2026", by_group("MELEC-2026", general=8, professional=10), "8.92", "CONTROL", None),
    ("MELEC-2026", all_at("MELEC-2026", 9, U2=10, U32=10), "9.19", "REFUSED", None),  # M-3
    ("MELEC-2026", by_group("MELEC-2026", general=6, professional=10), "7.84", "REFUSED", None),
    ("MELEC-2026", all_at("MELEC-2026", 12, U31=13, U32=11), "12.19", "ADMITTED", "Assez bien"),
    ("MELEC-2026", by_group("MELEC-2026", general=7.3, professional=9.9), "8.50", "REFUSED", None),
    (
        "MELEC-2026",
        all_at("MELEC-2026", 7, U11=8, U12=8, U2=10, U31=10, U32=10),
        "8.50",
        "CONTROL",
        None,
    ),
    ("AMA-CVPM", by_group("AMA-CVPM", general=6.8, professional=9.9), "8.50", "REFUSED", None),
    (
        "AMA-CVPM",
        by_group("AMA-CVPM", general=6.5, professional=10).replace("U51:6.5", "U51:7.5"),
        "8.50",
        "CONTROL",
        None,
    ),
    ("BAC-G-2026", all_at("BAC-G-2026", 10), "10.00", "ADMITTED", None),  # P-7
    ("BAC-G-2026", all_at("BAC-G-2026", 9.8), "9.80", "CONTROL", None),  # G-1
    ("BAC-G-2026", all_at("BAC-G-2026", 12, PHI="FM"), None, "DEFERRED", None),
    ("BAC-G-2026", all_at("BAC-G-2026", 12, PHI="ABS"), "11.04", "ADMITTED", None),
    ("BAC-G-2026", all_at("BAC-G-2026", 14, PHI="BEN14/2025"), "14.00", "ADMITTED", None),
    ("BAC-G-2026", all_at("BAC-G-2026", 12, HG=11.91), "12.00", "ADMITTED", "Assez bien"),
    ("BAC-STMG-2023", all_at("BAC-STMG-2023", 14), "14.00", "ADMITTED", "Bien"),
    ("BAC-STMG-2027", all_at("BAC-STMG-2027", 10, MAA="DISP"), "10.00", "ADMITTED", None),
    ("BP-COIFFURE-2013", all_at("BP-COIFFURE-2013", 10, U41="FM"), None, "DEFERRED", None),
    ("DCG-2020", all_at("DCG-2020", 11, UE8=5), "10.53", "ELIMINATED", None),  # S-4, P-3
    ("DCG-2020", all_at("DCG-2020", 10, UE8=6, UE9=14), "10.00", "ADMITTED", None),  # S-5, P-4
    ("DCG-2020", all_at("DCG-2020", 10, UE8=6, UE9=11) + " UE14:13", "10.00", "ADMITTED", None),
    ("DCG-2020", all_at("DCG-2020", 10, UE8=6, UE9=11) + " UE14:9", "9.76", "REFUSED", None),
]


@pytest.mark.parametrize(("code", "sheet", "average", "verdict", "mention"), CASES)
def test_the_first_round_of_a_worked_case(code, sheet, average, verdict, mention):
    outcome = decide(SHIPPED[code], marks(sheet))
    shown = None if outcome.average is None else show(outcome.average)
    assert (shown, outcome.verdict, outcome.mention) == (average, verdict, mention)


MELEC = all_at("MELEC-2026", 8, U2=10, U31=10, U32=10, **MELEC_LOW)
MELEC_HIGH = all_at("MELEC-2026", 8, U2=12, U31=12, U32=11, **MELEC_LOW)
SECOND_ROUNDS = [
    ("MELEC-2026", f"{MELEC} U11@2:13 U51@2:14", "9.78", "REFUSED"),  # M-4
    ("MELEC-2026", f"{MELEC_HIGH} U11@2:17 U51@2:16", "11.05", "ADMITTED"),  # M-5
    ("BAC-G-2026", all_at("BAC-G-2026", 9.8) + " PHI@2:13 FRE@2:9", "10.05", "ADMITTED"),  # G-7
]


@pytest.mark.parametrize(("code", "sheet", "average", "verdict"), SECOND_ROUNDS)
def test_the_second_round_of_a_worked_case_brings_no_mention(code, sheet, average, verdict):
    outcome = decide(SHIPPED[code], marks(sheet), round=2)
    assert (show(outcome.average), outcome.verdict) == (average, verdict)
    assert (outcome.round, outcome.mention) == (2, None)


@pytest.mark.parametrize(
    ("code", "units", "sheet"),
    [
        ("BAC-G-2026", "FRE FRO", "FRE:14 FRO:12"),
        ("AEPE", "UP1 UP2 UP3", "UP1:12 UP2:12 UP3:12"),
    ],
)
def test_some_units_alone_have_no_final_decision(code, units, sheet):
    entered = Enrolment(units=frozenset(units.split()))
    outcome = decide(SHIPPED[code], marks(sheet), enrolment=entered)
    assert (outcome.verdict, outcome.average) == ("NOT_FINAL", None)


def test_units_of_the_dscg_kept_from_earlier_sessions_complete_it():
    held = " ".join(f"UE{number}:BEN12/2020" for number in range(3, 8))
    entered = Enrolment(units=frozenset({"UE1", "UE2"}))
    outcome = decide(SHIPPED["DSCG-2027"], marks(f"UE1:8 UE2:9 {held}"), enrolment=entered)
    assert (outcome.verdict, outcome.points, outcome.divisor) == ("ADMITTED", 93, 8.5)


def test_four_units_of_the_dcg_at_ten_or_more_stay_acquired_points_ahead_included():
    sheet = marks("UE1:10 UE2:12 UE3:11 UE4:14")  # P-6: 7 points ahead
    exam = SHIPPED["DCG-2020"]
    entered = Enrolment(units=frozenset({"UE1", "UE2", "UE3", "UE4"}))
    outcome = decide(exam, sheet, enrolment=entered)
    assert (outcome.verdict, outcome.points - 10 * outcome.divisor) == ("NOT_FINAL", 7)
    held = lines(exam, sheet, enrolment=entered)
    kept = [line.test.code for line in held if unit_kept(line, outcome, rule=exam.kept)]
    assert kept == ["UE1", "UE2", "UE3", "UE4"]


@pytest.mark.parametrize(
    ("code", "mark", "acquired", "carried"),
    [
        ("DNB-IND-2026", "12", False, False),
        ("NDRC-2022", "12", True, False),
        ("NDRC-2022", "9", False, False),
    ],
)
def test_what_a_refused_candidate_keeps(code, mark, acquired, carried):
    exam = SHIPPED[code]
    first = exam.tests[0].code
    sheet = marks(all_at(code, 7, **{first: mark}))
    outcome = decide(exam, sheet)
    assert outcome.verdict in {"REFUSED", "ELIMINATED"}
    line, *_others = lines(exam, sheet)
    assert unit_kept(line, outcome, rule=exam.kept) == acquired
    assert may_be_carried(line, outcome, rule=exam.kept) == carried
