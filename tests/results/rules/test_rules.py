"""The jury's rules, case by case. SIO: coefficients 2 2 3 3 (general) 4 4 4 (professional), 22."""

from decimal import Decimal
from fractions import Fraction

import pytest

from results.rules import (
    MarkTaken,
    MentionRule,
    Verdict,
    decide,
    lines,
    show,
    show_points,
)
from tests.results.sheets import SHIPPED, marks, regulation, rule

SIO = SHIPPED["SIO-SISR"]
MCO = SHIPPED["MCO-2026"]
OLD_MCO = SHIPPED["MCO-2020"]
BAC = SHIPPED["BAC-G-2026"]

# --- worked cases published elsewhere (DESIGN, section 3)


def test_the_btsa_gpn_example_gives_268_60_over_18():
    btsa = regulation(
        rule("E2", 3),
        rule("E3", 3),
        rule("E4", 3, parts={"E41": 1.2, "E42": 0.8, "E43": 1}),
        rule("E5", 3, parts={"E51": 1, "E52": 2}),
        rule("E6", 6, parts={"E61": 2, "E62": 1, "E63": 2}),
        rule("OPT1", 3, optional=True),
        rule("OPT2", 3, optional=True),
    )
    sheet = marks(
        "E2:13 E3:15.5 E41:17 E42:18 E43:12 E51:17 E52:10 E61:14 E62:15 E63:13 OPT1:12 OPT2:13.5"
    )
    outcome = decide(btsa, sheet)
    shown = {line.test.code: show(line.value) for line in lines(btsa, sheet)}
    assert (shown["E4"], shown["E5"], shown["E6"]) == ("15.60", "12.33", "13.80")
    assert (show_points(outcome.points), show_points(outcome.divisor)) == ("268.6", "18")
    assert show(outcome.average) == "14.92"
    assert outcome.verdict is Verdict.ADMITTED


def test_the_bp_example_gives_248_over_15():
    bp = regulation(rule("A", 2), rule("B", 3), rule("C", 1), rule("D", 4), rule("E", 5))
    outcome = decide(bp, marks("A:14 B:16 C:12 D:15 E:20"))
    assert (outcome.points, outcome.divisor) == (248, 15)
    assert show(outcome.average) == "16.53"


@pytest.mark.parametrize(
    ("coefficient", "mark", "bonus"),
    [(2, "13", 6), (3, "13", 9), (2, "10", 0), (3, "9.99", 0), (2, "0", 0), (1.5, "12", 3)],
)
def test_an_optional_test_brings_what_goes_beyond_ten(coefficient, mark, bonus):
    exam = regulation(rule("A", 5), rule("OPT", coefficient, optional=True))
    sheet = marks(f"A:10 OPT:{mark}")
    outcome = decide(exam, sheet)
    assert (outcome.points, outcome.divisor) == (50 + bonus, 5)
    assert lines(exam, sheet)[1].points == bonus


def test_219_points_of_220_show_9_95_and_do_not_admit():
    outcome = decide(SIO, marks("U1:10 U2:10 U3:10 U4:10 U5:10 U6:10 U7:9.75"))
    assert (outcome.points, outcome.divisor, outcome.points_required) == (219, 22, 220)
    assert show(outcome.average) == "9.95"
    assert outcome.verdict is Verdict.REFUSED


# --- BTS: every verdict, and the exact threshold

ALL_TENS = "U1:10 U2:10 U3:10 U4:10 U5:10 U6:10 U7:10"
BTS_CASES = [
    # marks changed from a sheet of tens, verdict, reasons
    ("", "ADMITTED", ()),
    ("U1:9.99", "CONTROL", ()),
    ("U1:9.99 U2:10.01", "ADMITTED", ()),
    ("U3:9.99 U2:10.01", "CONTROL", ()),
    ("U3:9.98 U2:10.03", "ADMITTED", ()),
    ("U5:9.99", "REFUSED", ("GROUP_MINIMUM:professional",)),
    ("U5:9.99 U6:10.01 U1:9.5", "CONTROL", ()),
    ("U5:0 U6:20 U7:10 U1:4", "CONTROL", ()),
    ("U5:0", "REFUSED", ("GROUP_MINIMUM:professional",)),
    ("U1:0 U2:1 U3:8", "CONTROL", ()),  # 176 points, 8 on average
    ("U1:0 U2:1 U3:7.99", "REFUSED", ()),
    ("U1:0 U2:0 U3:8.67", "CONTROL", ()),
    ("U1:0 U2:0 U3:8.66", "REFUSED", ()),
    ("U1:0 U2:0 U3:8.66 U4:10.01", "CONTROL", ()),
    ("U1:ABS", "ELIMINATED", ("ABSENT:U1",)),
    ("U1:ABS U2:20 U3:20 U4:20 U5:20 U6:20 U7:20", "ELIMINATED", ("ABSENT:U1",)),
    ("U7:ABS U1:ABS", "ELIMINATED", ("ABSENT:U1", "ABSENT:U7")),
    ("U1:FM", "CONTROL", ()),
    ("U1:FM U2:20", "ADMITTED", ()),
    ("U5:FM", "REFUSED", ("GROUP_MINIMUM:professional",)),
    ("U1:DISP", "ADMITTED", ()),
    ("U1:DISP U2:9.99", "CONTROL", ()),
    ("U5:DISP U6:DISP U7:DISP U1:9", "CONTROL", ()),
    ("U1:BEN12/2023", "ADMITTED", ()),
    ("U5:BEN12/2023 U6:9 U7:9 U1:8", "CONTROL", ()),
    ("U1:REP9/2024", "CONTROL", ()),
    ("U1:REP9/2024 U2:11", "ADMITTED", ()),
    ("U1:20 U2:20 U3:20 U4:20 U5:20 U6:20 U7:20", "ADMITTED", ()),
    ("U1:0 U2:0 U3:0 U4:0 U5:0 U6:0 U7:0", "REFUSED", ()),
]


@pytest.mark.parametrize(("changes", "verdict", "reasons"), BTS_CASES)
def test_a_bts_sheet_gets_its_verdict(changes, verdict, reasons):
    outcome = decide(SIO, _changed(ALL_TENS, changes))
    assert (outcome.verdict, outcome.reasons) == (verdict, reasons)
    assert (outcome.round, outcome.mention) == (1, None)


def _changed(sheet, changes):
    changed = {mark.test: mark for mark in marks(sheet)} | {m.test: m for m in marks(changes)}
    return list(changed.values())


def test_what_is_just_below_eight_shows_7_99():
    outcome = decide(SIO, _changed(ALL_TENS, "U1:0 U2:1 U3:7.99"))
    assert (show_points(outcome.points), show(outcome.average)) == ("175.97", "7.99")


def test_half_coefficients_weigh_exactly():
    # MCO: 3 1.5 1.5 3 3 3 3 3, divisor 21.
    outcome = decide(MCO, marks("U1:10 U2:9.99 U3:10.01 U4:10 U5:10 U6:10 U7:10 U8:10"))
    assert (outcome.verdict, outcome.points, outcome.divisor) == ("ADMITTED", 210, 21)
    outcome = decide(MCO, marks("U1:10 U2:9.99 U3:10 U4:10 U5:10 U6:10 U7:10 U8:10"))
    assert (outcome.verdict, outcome.points) == ("CONTROL", Decimal("209.985"))


def test_an_absence_leaves_no_average_and_an_exemption_another_divisor():
    absent = decide(SIO, _changed(ALL_TENS, "U3:ABS"))
    assert (absent.average, absent.points, absent.divisor) == (None, 190, 22)
    exempt = decide(SIO, _changed(ALL_TENS, "U3:DISP"))
    assert (exempt.average, exempt.points, exempt.divisor) == (10, 190, 19)
    assert exempt.points_required == 190


def test_absence_from_an_optional_test_does_nothing():
    exam = regulation(rule("A", 1), rule("OPT", 1, optional=True))
    for status in ("ABS", "FM", "DISP"):
        assert decide(exam, marks(f"A:10 OPT:{status}")) == decide(exam, marks("A:10"))


def test_absence_counts_zero_where_the_regulation_says_so():
    exam = regulation(rule("A", 1), rule("B", 1), absence="zero")
    outcome = decide(exam, marks("A:20 B:ABS"))
    assert (outcome.verdict, outcome.average, outcome.reasons) == ("ADMITTED", 10, ())
    assert decide(exam, marks("A:19.99 B:ABS")).verdict is Verdict.REFUSED


def test_a_threshold_may_be_finer_than_a_hundredth():
    exam = regulation(rule("A", 1), rule("B", 1), pass_mark=Decimal("9.995"))
    assert decide(exam, marks("A:9.99 B:10")).verdict is Verdict.ADMITTED
    assert decide(exam, marks("A:9.99 B:9.99")).verdict is Verdict.REFUSED


# --- before the marks are complete


def test_a_missing_mark_makes_the_entry_incomplete():
    outcome = decide(SIO, marks("U1:10 U2:10 U4:10 U5:10 U7:10"))
    assert (outcome.verdict, outcome.average) == ("INCOMPLETE", None)
    assert outcome.reasons == ("MISSING:U3", "MISSING:U6")
    assert outcome.points == 150


def test_a_missing_mark_comes_before_an_absence_that_eliminates():
    outcome = decide(SIO, marks("U1:ABS U2:10 U4:10 U5:10 U6:10 U7:10"))
    assert (outcome.verdict, outcome.reasons) == ("INCOMPLETE", ("MISSING:U3",))


def test_an_optional_test_without_a_mark_is_not_missing():
    exam = regulation(rule("A", 1), rule("OPT", 1, optional=True))
    assert decide(exam, marks("A:10")).verdict is Verdict.ADMITTED


def test_an_entry_exempt_from_everything_has_nothing_to_average():
    outcome = decide(regulation(rule("A", 1), rule("B", 2)), marks("A:DISP B:DISP"))
    assert (outcome.verdict, outcome.reasons) == ("INCOMPLETE", ("NOTHING_TO_AVERAGE",))
    assert (outcome.average, outcome.divisor) == (None, 0)


@pytest.mark.parametrize("sheet", [ALL_TENS, "U1:ABS", "", "UNKNOWN:10"])
@pytest.mark.parametrize("round_", [1, 2])
def test_a_withheld_entry_is_withheld_and_says_nothing_else(sheet, round_):
    outcome = decide(SIO, marks(sheet), round=round_, withheld=True)
    assert outcome.verdict is Verdict.WITHHELD
    assert (outcome.points, outcome.divisor, outcome.average, outcome.reasons) == (0, 0, None, ())


# --- eliminatory marks, minima of groups

EXACTING = regulation(
    rule("A", 1, "theory"),
    rule("B", 3, "practice", minimum=6),
    rule("C", 1, "practice", minimum=Decimal("8.5")),
    group_minimum={"practice": Decimal(10)},
)


@pytest.mark.parametrize(
    ("sheet", "verdict", "reasons"),
    [
        ("A:20 B:10 C:10", "ADMITTED", ()),
        ("A:20 B:6 C:20", "REFUSED", ("GROUP_MINIMUM:practice",)),
        ("A:20 B:5.99 C:20", "ELIMINATED", ("BELOW_MINIMUM:B",)),
        ("A:20 B:10.5 C:8.5", "ADMITTED", ()),
        ("A:20 B:20 C:8.49", "ELIMINATED", ("BELOW_MINIMUM:C",)),
        ("A:20 B:0 C:0", "ELIMINATED", ("BELOW_MINIMUM:B", "BELOW_MINIMUM:C")),
        ("A:20 B:FM C:20", "ELIMINATED", ("BELOW_MINIMUM:B",)),
        ("A:20 B:ABS C:20", "ELIMINATED", ("ABSENT:B",)),
        ("A:20 B:DISP C:DISP", "ADMITTED", ()),
        ("A:0 B:10 C:10", "REFUSED", ()),
        ("A:20 B:REP5/2024 C:20", "ELIMINATED", ("BELOW_MINIMUM:B",)),
    ],
)
def test_eliminatory_marks_and_group_minima(sheet, verdict, reasons):
    outcome = decide(EXACTING, marks(sheet))
    assert (outcome.verdict, outcome.reasons) == (verdict, reasons)


def test_an_eliminatory_mark_leaves_the_average():
    assert decide(EXACTING, marks("A:20 B:5 C:20")).average == 11


# --- mentions


@pytest.mark.parametrize(
    ("mark", "mention"),
    [
        ("10", None),
        ("11.99", None),
        ("12", "Assez bien"),
        ("13.99", "Assez bien"),
        ("14", "Bien"),
        ("15.99", "Bien"),
        ("16", "Très bien"),
        ("17.99", "Très bien"),
        ("18", "Très bien avec les félicitations du jury"),
        ("20", "Très bien avec les félicitations du jury"),
    ],
)
def test_the_baccalaureat_gives_a_mention_from_the_exact_average(mark, mention):
    outcome = decide(BAC, [MarkTaken(t.code, int(Decimal(mark) * 100)) for t in BAC.tests])
    assert (outcome.verdict, outcome.mention) == ("ADMITTED", mention)


@pytest.mark.parametrize("kept", ["BEN17/2025", "REP9/2025"])
def test_no_mention_at_the_baccalaureat_with_a_kept_mark(kept):
    sheet = [MarkTaken(t.code, 1500) for t in BAC.tests if t.code != "PHI"]
    assert decide(BAC, [*sheet, *marks("PHI:15")]).mention == "Bien"
    assert decide(BAC, [*sheet, *marks(f"PHI:{kept}")]).mention is None


def test_a_kept_mark_leaves_the_mention_where_the_regulation_allows_it():
    exam = regulation(rule("A", 1), mentions=(MentionRule("Assez bien", Decimal(12)),))
    assert decide(exam, marks("A:BEN12/2024")).mention == "Assez bien"


def test_a_kept_part_counts_as_a_kept_mark():
    exam = regulation(
        rule("A", 1, parts={"A1": 1, "A2": 1}),
        mentions=(MentionRule("Assez bien", Decimal(12)),),
        mention_with_kept_marks=False,
    )
    assert decide(exam, marks("A1:14 A2:14")).mention == "Assez bien"
    assert decide(exam, marks("A1:BEN14/2024 A2:14")).mention is None


def test_a_kept_optional_mark_takes_no_mention_away():
    exam = regulation(
        rule("A", 1),
        rule("OPT", 1, optional=True),
        mentions=(MentionRule("Assez bien", Decimal(12)),),
        mention_with_kept_marks=False,
    )
    assert decide(exam, marks("A:12 OPT:BEN14/2024")).mention == "Assez bien"


def test_the_dnb_of_2025_counts_in_eight_hundreds():
    # Socle 400 and exams 400, as an average: 480 of 800 points is 12 of 20, and so on.
    dnb = regulation(
        rule("SOCLE", 400),
        rule("EXAM", 400),
        absence="zero",
        mentions=tuple(
            MentionRule(label, Decimal(at))
            for label, at in (("Assez bien", 12), ("Bien", 14), ("Très bien", 16))
        ),
    )
    eight_fifties_and_nothing = decide(dnb, marks("SOCLE:20 EXAM:0"))
    assert (eight_fifties_and_nothing.verdict, eight_fifties_and_nothing.mention) == (
        "ADMITTED",
        None,
    )
    assert decide(dnb, marks("SOCLE:16 EXAM:8")).mention == "Assez bien"


# --- tests made of parts (MCO to 2025: E2 = E21 1.5 + E22 1.5, E4 = E41 3 + E42 3)

PARTS_AT_TEN = "E1:10 E21:10 E22:10 E3:10 E41:10 E42:10 E5:10 E6:10"


@pytest.mark.parametrize(
    ("changes", "verdict", "points", "divisor"),
    [
        ("", "ADMITTED", "210", 21),
        ("E21:9", "CONTROL", "208.5", 21),
        ("E21:9 E22:11", "ADMITTED", "210", 21),
        ("E41:20 E42:0", "ADMITTED", "210", 21),
        ("E21:FM E22:20", "ADMITTED", "210", 21),
        ("E21:DISP", "ADMITTED", "210", 21),
        ("E21:DISP E22:8", "CONTROL", "204", 21),
        ("E21:DISP E22:DISP", "ADMITTED", "180", 18),
        ("E21:BEN14/2024 E22:6", "ADMITTED", "210", 21),
        ("E21:ABS", "ELIMINATED", "195", 21),
        ("E42:ABS", "ELIMINATED", "180", 21),
    ],
)
def test_a_test_has_the_exact_average_of_its_parts(changes, verdict, points, divisor):
    outcome = decide(OLD_MCO, _changed(PARTS_AT_TEN, changes))
    assert (outcome.verdict, outcome.points, outcome.divisor) == (
        verdict,
        Decimal(points),
        divisor,
    )


def test_absence_from_a_part_names_the_part():
    outcome = decide(OLD_MCO, _changed(PARTS_AT_TEN, "E21:ABS E5:ABS"))
    assert outcome.reasons == ("ABSENT:E21", "ABSENT:E5")


def test_a_missing_part_is_named():
    outcome = decide(OLD_MCO, marks("E1:10 E21:10 E3:10 E41:10 E5:10 E6:10"))
    assert outcome.reasons == ("MISSING:E22", "MISSING:E42")


@pytest.mark.parametrize(
    ("whole", "verdict", "divisor"),
    [
        ("E2:BEN12/2021", "ADMITTED", 21),
        ("E2:REP9/2024", "CONTROL", 21),
        ("E2:DISP", "ADMITTED", 18),
        ("E2:FM", "CONTROL", 21),
        ("E2:ABS", "ELIMINATED", 21),
    ],
)
def test_a_test_with_parts_may_have_one_status_for_the_whole(whole, verdict, divisor):
    outcome = decide(OLD_MCO, marks(f"E1:10 {whole} E3:10 E41:10 E42:10 E5:10 E6:10"))
    assert (outcome.verdict, outcome.divisor) == (verdict, divisor)


def test_averages_of_parts_are_compared_before_they_are_cut():
    # Two parts of 1 and 2: (9.99 + 2 × 10.005…) cannot be said in hundredths.
    exam = regulation(rule("A", 1, parts={"A1": 1, "A2": 2}), rule("B", 1))
    sheet = marks("A1:10 A2:9.99 B:10")
    assert decide(exam, sheet).average == Fraction(19_993, 2_000) + Fraction(1, 6_000)
    assert decide(exam, sheet).verdict is Verdict.REFUSED
    assert decide(exam, marks("A1:10 A2:9.99 B:10.01")).verdict is Verdict.ADMITTED
