"""The jury adds no more points than are missing to the nearest threshold above."""

from decimal import Decimal
from fractions import Fraction

import pytest

from results.rules import decide, nearest_raise
from tests.results.sheets import SHIPPED, marks, regulation, rule, second_round

SIO = SHIPPED["SIO-SISR"]
BAC = SHIPPED["BAC-G-2026"]


def alike(exam, mark):
    """The same mark in every compulsory test."""
    return marks(" ".join(f"{test.code}:{mark}" for test in exam.tests if not test.optional))


# BTS SIO: general tests of coefficients 2, 2, 3, 3 and professional ones of 4, 4, 4; 22 in all.
@pytest.mark.parametrize(
    ("sheet", "points", "verdict"),
    [
        ("U1:9 U2:9 U3:10 U4:10 U5:10 U6:10 U7:10", "4", "ADMITTED"),  # 216 of 220
        ("U1:9.5 U2:9.5 U3:9.5 U4:9.5 U5:10 U6:10 U7:10", "5", "ADMITTED"),  # 9.77
        ("U1:0 U2:0 U3:8 U4:8 U5:10 U6:10 U7:10", "8", "CONTROL"),  # 168; control from 176
        ("U1:0 U2:0 U3:9.33 U4:9.33 U5:10 U6:10 U7:10", "0.02", "CONTROL"),
        ("U1:9 U2:9 U3:9 U4:9 U5:9 U6:9 U7:9", "22", "ADMITTED"),  # no control: professional < 10
        ("U1:2 U2:2 U3:2 U4:2 U5:2 U6:2 U7:2", "176", "ADMITTED"),
        ("U1:10 U2:10 U3:10 U4:10 U5:10 U6:10 U7:10", None, None),  # admitted, and no mention
        ("U1:ABS U2:10 U3:10 U4:10 U5:10 U6:10 U7:10", None, None),
        ("U1:9 U2:9 U3:9 U4:9 U5:9 U6:9", None, None),  # a mark is missing
    ],
)
def test_the_bts_knows_control_and_admission(sheet, points, verdict):
    found = nearest_raise(SIO, marks(sheet))
    if points is None:
        assert found is None
    else:
        assert (found.most_points, found.verdict, found.mention) == (
            Decimal(points),
            verdict,
            None,
        )


@pytest.mark.parametrize(
    ("mark", "verdict", "mention"),
    [
        ("7.99", "CONTROL", None),
        ("9.99", "ADMITTED", None),
        ("10", "ADMITTED", "Assez bien"),
        ("11.99", "ADMITTED", "Assez bien"),
        ("13.99", "ADMITTED", "Bien"),
        ("15.99", "ADMITTED", "Très bien"),
        ("17.99", "ADMITTED", "Très bien avec les félicitations du jury"),
    ],
)
def test_at_the_baccalaureat_a_mention_is_a_threshold_too(mark, verdict, mention):
    found = nearest_raise(BAC, alike(BAC, mark))
    assert (found.verdict, found.mention) == (verdict, mention)


def test_above_the_last_mention_nothing_is_left_to_give():
    assert nearest_raise(BAC, alike(BAC, "18")) is None
    assert nearest_raise(BAC, alike(BAC, "20")) is None


def test_where_a_kept_mark_costs_the_mention_there_is_no_mention_to_raise_to():
    kept = marks(" ".join(f"{test.code}:12" for test in BAC.tests if not test.optional))
    kept[0] = marks(f"{kept[0].test}:BEN12/2025")[0]
    assert BAC.mention_with_kept_marks is False
    assert nearest_raise(BAC, kept) is None


def test_after_the_second_round_admission_is_the_only_threshold():
    sheet = marks("U1:9 U2:9 U3:10 U4:10 U5:10 U6:10 U7:10 U1@2:10 U2@2:9.5")
    found = nearest_raise(SIO, sheet, round=2, called=True)
    assert (found.missing, found.verdict, found.mention) == (1, "ADMITTED", None)
    passed = [
        mark._replace(value=900) if mark.test in {"PHI", "SPE1"} else mark
        for mark in alike(BAC, "10.2")
    ]
    orals = marks("PHI@2:20 SPE1@2:ABS")
    assert nearest_raise(BAC, [*passed, *orals], round=2, called=True) is None


def test_after_the_second_round_nobody_is_raised_who_was_not_called_to_it():
    assert nearest_raise(SIO, alike(SIO, "9"), round=2, called=False) is None
    assert nearest_raise(SIO, alike(SIO, "9"), round=2) is None


def test_whom_the_jury_called_is_raised_after_the_second_round():
    sheet = marks("U1:0 U2:0 U3:8 U4:10 U5:10 U6:10 U7:10 U3@2:12 U4@2:12")
    found = nearest_raise(SIO, sheet, round=2, called=True)
    assert (found.missing, found.verdict) == (28, "ADMITTED")


def test_points_do_not_lift_a_group_below_its_minimum():
    exam = regulation(
        rule("A", 1, "x"),
        rule("B", 1, "y"),
        group_minimum={"y": Decimal(10)},
        pass_mark=Decimal(10),
    )
    assert nearest_raise(exam, marks("A:9 B:9")) is None
    assert nearest_raise(exam, marks("A:8 B:10")).most_points == 2


def test_what_is_missing_is_exact_and_its_points_go_up_to_the_hundredth():
    exam = regulation(
        rule("A", 1, parts={"A1": 1, "A2": 2}), rule("B", 1), second_round=second_round()
    )
    sheet = marks("A1:9 A2:10 B:10")  # A is 9.666…
    found = nearest_raise(exam, sheet)
    assert (found.missing, found.most_points) == (Fraction(1, 3), Decimal("0.34"))
    assert decide(exam, sheet, jury_points=found.most_points).verdict == "ADMITTED"
    assert decide(exam, sheet, jury_points=Decimal("0.33")).verdict == "CONTROL"
