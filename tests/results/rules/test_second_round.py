"""The second round, the jury's points, and the tests open to a called candidate."""

from decimal import Decimal
from fractions import Fraction

import pytest

from results.rules import Verdict, control_options, decide, lines
from tests.results.sheets import SHIPPED, marks, regulation, rule, second_round

SIO = SHIPPED["SIO-SISR"]
BAC = SHIPPED["BAC-G-2026"]
PRO = SHIPPED["AMA-CVPM"]

# 216 points of 220: 4 are missing. Coefficients: U1 2, U2 2, U3 3, U4 3.
CALLED = "U1:9 U2:9 U3:10 U4:10 U5:10 U6:10 U7:10"


@pytest.mark.parametrize(
    ("orals", "verdict", "points"),
    [
        ("U1@2:11 U2@2:9", "ADMITTED", 220),
        ("U1@2:10.99 U2@2:9", "REFUSED", "219.98"),
        ("U1@2:10 U2@2:10", "ADMITTED", 220),
        ("U1@2:10 U2@2:9.99", "REFUSED", "219.98"),
        ("U1@2:0 U2@2:0", "REFUSED", 216),
        ("U3@2:12 U4@2:5", "ADMITTED", 222),
        ("U1@2:11 U2@2:ABS", "ADMITTED", 220),
        ("U1@2:ABS U2@2:ABS", "REFUSED", 216),
        ("U1@2:FM U2@2:10", "REFUSED", 218),
        ("U1@2:ABS U2@2:DISP", "REFUSED", 216),
        ("U1@2:20 U4@2:20", "ADMITTED", 268),
    ],
)
def test_after_the_control_the_better_mark_counts(orals, verdict, points):
    assert decide(SIO, marks(CALLED)).verdict is Verdict.CONTROL
    outcome = decide(SIO, marks(f"{CALLED} {orals}"), round=2)
    assert (outcome.verdict, outcome.round) == (verdict, 2)
    assert (outcome.points, outcome.divisor) == (Decimal(points), 22)
    assert (outcome.mention, outcome.reasons) == (None, ())


@pytest.mark.parametrize(
    ("exam", "sheet", "orals", "missing"),
    [
        (SIO, CALLED, "", 2),
        (SIO, CALLED, "U1@2:20", 1),
        (SIO, CALLED, "U1@2:ABS", 1),
        (SIO, "U1:DISP U2:DISP U3:DISP U4:8 U5:10 U6:10 U7:10", "", 1),
        (PRO, "", "U12@2:20", 1),
        (PRO, "", "U51@2:ABS", 1),
    ],
)
def test_whoever_was_called_and_has_neither_mark_nor_absence_is_incomplete(
    exam, sheet, orals, missing
):
    sheet = sheet or _sheet(PRO, "10").replace("U4:10", "U4:8")
    outcome = decide(exam, marks(f"{sheet} {orals}"), round=2)
    assert (outcome.verdict, outcome.round, outcome.average) == ("INCOMPLETE", 2, None)
    assert outcome.reasons == (f"MISSING_IN_SECOND_ROUND:{missing}",)


def test_the_jury_does_not_lift_a_gap_of_the_second_round():
    sheet = marks("U1:0 U2:0 U3:8 U4:10 U5:10 U6:10 U7:10 U3@2:9")
    outcome = decide(SIO, sheet, round=2, called=True, jury_points=200)
    assert (outcome.verdict, outcome.round) == ("INCOMPLETE", 2)


def test_exempt_tests_leave_fewer_to_retake():
    sheet = "U1:DISP U2:DISP U3:DISP U4:8 U5:10 U6:10 U7:10"
    assert decide(SIO, marks(f"{sheet} U4@2:10"), round=2).verdict is Verdict.ADMITTED


def test_marks_of_the_second_round_wait_for_it():
    sheet = marks(f"{CALLED} U1@2:20")
    assert decide(SIO, sheet) == decide(SIO, marks(CALLED))


@pytest.mark.parametrize(
    "sheet",
    [
        "U1:10 U2:10 U3:10 U4:10 U5:10 U6:10 U7:10",
        "U1:0 U2:0 U3:0 U4:0 U5:10 U6:10 U7:10",
        "U1:20 U2:20 U3:10 U4:10 U5:9 U6:9 U7:5",
        "U1:ABS U2:10 U3:10 U4:10 U5:10 U6:10 U7:10",
        "U1:10 U2:10 U3:10",
    ],
)
def test_whoever_was_not_called_keeps_the_outcome_of_the_first_round(sheet):
    first = decide(SIO, marks(sheet))
    assert first.verdict is not Verdict.CONTROL
    assert decide(SIO, marks(f"{sheet} U1@2:20 U2@2:20"), round=2) == first


def test_a_regulation_without_second_round_calls_nobody():
    exam = regulation(rule("A", 1))
    assert decide(exam, marks("A:9.99")).verdict is Verdict.REFUSED
    assert decide(exam, marks("A:9.99"), round=2, called=True).round == 1


def test_the_bonus_of_optional_tests_stays_in_both_rounds():
    exam = regulation(
        rule("A", 2), rule("B", 2), rule("OPT", 1, optional=True), second_round=second_round()
    )
    assert decide(exam, marks("A:9 B:9 OPT:12")).points == 38
    outcome = decide(exam, marks("A:9 B:9 OPT:12 A@2:10 B@2:ABS"), round=2)
    assert (outcome.verdict, outcome.points) == ("ADMITTED", 40)


def test_a_round_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="round 3"):
        decide(SIO, marks(CALLED), round=3)


@pytest.mark.parametrize(
    "orals",
    ["U5@2:20", "U1@2:10 U2@2:10 U3@2:10"],
    ids=["a professional test", "a third oral"],
)
def test_an_oral_that_is_not_open_is_refused(orals):
    with pytest.raises(ValueError, match="no second round"):
        decide(SIO, marks(f"{CALLED} {orals}"), round=2)


def test_there_is_no_oral_for_an_exempt_test():
    sheet = "U1:DISP U2:9 U3:9 U4:10 U5:10 U6:10 U7:10 U1@2:20"
    with pytest.raises(ValueError, match="no second round"):
        decide(SIO, marks(sheet), round=2)


# --- baccalauréat: two of the disciplines of written tests; bac pro: one of each list


def _sheet(exam, mark):
    return " ".join(f"{test.code}:{mark}" for test in exam.tests)


def test_the_baccalaureat_retakes_written_disciplines_only():
    sheet = _sheet(BAC, "9.5")
    assert decide(BAC, marks(sheet)).verdict is Verdict.CONTROL
    outcome = decide(BAC, marks(f"{sheet} SPE1@2:12 PHI@2:11"), round=2)
    assert (outcome.verdict, outcome.points, outcome.mention) == ("ADMITTED", 1002, None)
    for closed in ("GO", "FRO", "HG"):
        with pytest.raises(ValueError, match="no second round"):
            decide(BAC, marks(f"{sheet} {closed}@2:20"), round=2)


def test_at_the_baccalaureat_an_absence_counts_zero_and_leaves_the_second_group_open():
    sheet = _sheet(BAC, "11").replace("PHI:11", "PHI:ABS").replace("GO:11", "GO:9")
    outcome = decide(BAC, marks(sheet))
    assert (outcome.verdict, outcome.points) == ("CONTROL", 992)


def test_eighteen_at_the_second_group_brings_no_mention():
    sheet = _sheet(BAC, "9.99")
    outcome = decide(BAC, marks(f"{sheet} SPE1@2:20 SPE2@2:20"), round=2)
    assert (outcome.verdict, outcome.mention) == ("ADMITTED", None)
    assert outcome.average > 13


def test_the_bac_pro_takes_one_oral_of_each_list():
    sheet = _sheet(PRO, "10").replace("U4:10", "U4:8")
    assert decide(PRO, marks(sheet)).verdict is Verdict.CONTROL
    both = decide(PRO, marks(f"{sheet} U12@2:12 U51@2:11"), round=2)
    assert (both.verdict, both.points) == ("ADMITTED", Decimal("311.5"))
    with pytest.raises(ValueError, match="no second round"):
        decide(PRO, marks(f"{sheet} U51@2:12 U52@2:12"), round=2)


def test_the_bac_pro_calls_nobody_below_ten_in_the_professional_tests():
    sheet = _sheet(PRO, "9.9")
    outcome = decide(PRO, marks(sheet))
    assert (outcome.verdict, outcome.reasons) == ("REFUSED", ("GROUP_MINIMUM:professional",))


def test_a_minimum_for_admission_holds_in_the_second_round_too():
    exam = regulation(
        rule("A", 1, "x"),
        rule("B", 1, "y"),
        second_round=second_round(choose=1),
        group_minimum={"y": Decimal(9)},
    )
    assert decide(exam, marks("A:11 B:8.9 A@2:20"), round=2).reasons == ("GROUP_MINIMUM:y",)
    assert decide(exam, marks("A:10.9 B:8.9 B@2:9.1"), round=2).verdict is Verdict.ADMITTED


# --- the jury's points


@pytest.mark.parametrize(
    ("points", "verdict"),
    [(0, "CONTROL"), (Decimal("3.99"), "CONTROL"), (4, "ADMITTED"), (Fraction(4), "ADMITTED")],
)
def test_the_jury_lifts_with_points(points, verdict):
    outcome = decide(SIO, marks(CALLED), jury_points=points)
    assert (outcome.verdict, outcome.points) == (verdict, 216 + Fraction(points))


def test_the_jury_lifts_to_a_mention():
    sheet = _sheet(BAC, "11.99")
    assert decide(BAC, marks(sheet)).mention is None
    assert decide(BAC, marks(sheet), jury_points=1).mention == "Assez bien"


@pytest.mark.parametrize(
    ("sheet", "verdict"),
    [
        ("U1:ABS U2:10 U3:10 U4:10 U5:10 U6:10 U7:10", "ELIMINATED"),
        ("U1:10 U2:10 U3:10 U4:10 U5:10 U6:10", "INCOMPLETE"),
    ],
)
def test_the_jury_lifts_neither_an_absence_nor_a_gap(sheet, verdict):
    assert decide(SIO, marks(sheet), jury_points=200).verdict == verdict


def test_the_jury_does_not_lower():
    with pytest.raises(ValueError, match="jury points -1"):
        decide(SIO, marks(CALLED), jury_points=-1)


def test_points_granted_after_the_second_round_do_not_undo_it():
    sheet = marks(f"{CALLED} U1@2:10 U2@2:9.5")
    assert decide(SIO, sheet, round=2).verdict is Verdict.REFUSED
    outcome = decide(SIO, sheet, round=2, jury_points=1)
    assert (outcome.verdict, outcome.round, outcome.points) == ("ADMITTED", 2, 220)
    outcome = decide(SIO, sheet, round=2, jury_points=50)
    assert (outcome.verdict, outcome.round, outcome.mention) == ("ADMITTED", 2, None)


def test_points_that_admitted_in_the_first_round_stay_of_the_first_round():
    outcome = decide(SIO, marks(CALLED), round=2, jury_points=4)
    assert (outcome.verdict, outcome.round) == ("ADMITTED", 1)


def test_whoever_the_jury_called_goes_on_though_the_rule_would_not():
    sheet = marks("U1:0 U2:0 U3:8 U4:10 U5:10 U6:10 U7:10 U3@2:20 U4@2:20")
    assert decide(SIO, sheet, round=2).verdict is Verdict.REFUSED
    assert decide(SIO, sheet, round=2).round == 1
    outcome = decide(SIO, sheet, round=2, called=True)
    assert (outcome.verdict, outcome.round, outcome.points) == ("ADMITTED", 2, 240)


def test_being_called_does_not_lift_an_absence():
    sheet = marks("U1:ABS U2:10 U3:10 U4:10 U5:10 U6:10 U7:10 U2@2:20")
    assert decide(SIO, sheet, round=2, called=True).verdict is Verdict.ELIMINATED


def test_whoever_did_not_go_on_stays_called():
    outcome = decide(SIO, marks(f"{CALLED} U1@2:20"), round=2, called=False)
    assert (outcome.verdict, outcome.round) == ("CONTROL", 1)


# --- what to choose, and the marks needed


def test_control_options_say_what_is_missing_and_the_mark_that_reaches_it():
    options = control_options(SIO, marks(CALLED))
    assert (options.points_missing, options.choose) == (4, 2)
    assert [test.code for test in options.tests] == ["U1", "U2", "U3", "U4"]
    assert dict(options.pairs) == {
        ("U1", "U2"): 10,
        ("U1", "U3"): Fraction("10.40"),  # 2 × 1.40 + 3 × 0.40
        ("U1", "U4"): Fraction("10.40"),
        ("U2", "U3"): Fraction("10.40"),
        ("U2", "U4"): Fraction("10.40"),
        ("U3", "U4"): Fraction("10.67"),  # 6 × 0.666…, up to the hundredth
    }


def test_a_test_already_above_the_needed_mark_helps_nothing():
    sheet = marks("U1:2 U2:12 U3:9 U4:10 U5:10 U6:10 U7:10")
    options = dict(control_options(SIO, sheet).pairs)
    assert control_options(SIO, sheet).points_missing == 15
    assert options[("U1", "U2")] == Fraction("9.50")
    assert options[("U1", "U3")] == Fraction("9.20")


def test_twenty_may_not_be_enough():
    sheet = marks("U1:18 U2:18 U3:0 U4:2 U5:10 U6:10 U7:10")
    options = control_options(SIO, sheet)
    assert options.points_missing == 22
    assert dict(options.pairs)[("U1", "U2")] is None
    assert dict(options.pairs)[("U3", "U4")] == Fraction("4.67")


def test_exempt_tests_are_not_open_and_kept_marks_are():
    sheet = marks("U1:DISP U2:BEN10/2024 U3:9 U4:9 U5:10 U6:10 U7:10")
    options = control_options(SIO, sheet)
    assert [test.code for test in options.tests] == ["U2", "U3", "U4"]
    assert len(options.pairs) == 3


def test_with_one_test_left_there_is_one_choice():
    sheet = marks("U1:DISP U2:DISP U3:DISP U4:8 U5:10 U6:10 U7:10")
    assert control_options(SIO, sheet).pairs == ((("U4",), 10),)


def test_with_several_lists_a_choice_takes_one_of_each():
    sheet = _sheet(PRO, "10").replace("U4:10", "U4:8")
    options = control_options(PRO, marks(sheet))
    assert [pair.codes for pair in options.pairs] == [
        (scientific, literary)
        for scientific in ("U12", "U13", "U35", "U36")
        for literary in ("U51", "U52")
    ]
    assert options.pairs[0].needed == 11  # 4 points over coefficients 1.5 and 2.5


def test_options_do_not_look_at_orals_already_taken():
    assert control_options(SIO, marks(f"{CALLED} U1@2:20")) == control_options(SIO, marks(CALLED))


def test_options_take_marks_that_can_be_read_only_once():
    assert control_options(SIO, iter(marks(CALLED))).points_missing == 4


def test_the_jury_points_are_no_longer_missing():
    assert control_options(SIO, marks(CALLED), jury_points=3).points_missing == 1


def test_options_need_a_second_round():
    with pytest.raises(ValueError, match="no second round"):
        control_options(regulation(rule("A", 1)), marks("A:9"))


def test_lines_show_the_second_mark_and_count_the_better():
    sheet = marks(f"{CALLED} U1@2:11 U2@2:7 U3@2:ABS")
    shown = {line.test.code: line for line in lines(SIO, sheet, round=2)}
    assert (shown["U1"].value, shown["U1"].second_value, shown["U1"].counted) == (9, 11, 11)
    assert (shown["U2"].second_value, shown["U2"].counted, shown["U2"].points) == (7, 9, 18)
    assert (shown["U3"].second_status, shown["U3"].second_value) == ("ABS", None)
    assert shown["U4"].second_status is None


def test_lines_of_the_first_round_do_not_count_the_second():
    line = lines(SIO, marks(f"{CALLED} U1@2:11"), round=1)[0]
    assert (line.second_value, line.counted, line.points) == (11, 9, 18)
