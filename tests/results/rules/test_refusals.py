"""Marks and regulations to which the rules give no answer."""

import pytest

from results.rules import ExamRules, MarkStatus, MarkTaken, decide
from tests.results.sheets import SHIPPED, marks, regulation, rule

SIO = SHIPPED["SIO-SISR"]
OLD_MCO = SHIPPED["MCO-2020"]
ALL_TENS = "U1:10 U2:10 U3:10 U4:10 U5:10 U6:10 U7:10"


@pytest.mark.parametrize(
    "sheet",
    [
        f"{ALL_TENS} U9:10",
        f"{ALL_TENS} U1:11",
        f"{ALL_TENS} U1:ABS",
        ALL_TENS.replace("U1:10", "U1:20.01"),
        f"{ALL_TENS} U1@3:10",
        f"{ALL_TENS} U1@2:10 U1@2:11",
        f"{ALL_TENS} U1@2:BEN12/2024",
    ],
)
def test_marks_that_cannot_be_are_refused(sheet):
    with pytest.raises(ValueError, match=r"U[19]"):
        decide(SIO, marks(sheet))


@pytest.mark.parametrize(
    "mark",
    [
        MarkTaken("U1", None),
        MarkTaken("U1", -1),
        MarkTaken("U1", None, MarkStatus.BENEFIT),
        MarkTaken("U1", 500, MarkStatus.ABSENT),
        MarkTaken("U1", None, "???"),
    ],
)
def test_a_status_and_its_mark_must_agree(mark):
    with pytest.raises(ValueError, match="no use"):
        decide(SIO, [mark])


@pytest.mark.parametrize("words", ["E2:12 E21:10 E22:10", "E2:12", "E2:BEN12/2021 E21:10"])
def test_a_test_with_parts_is_not_marked_twice_nor_by_itself(words):
    with pytest.raises(ValueError, match="marked by its parts"):
        decide(OLD_MCO, marks(f"E1:10 {words} E3:10 E41:10 E42:10 E5:10 E6:10"))


@pytest.mark.parametrize(
    "changes",
    [
        {"absence": "forgiven"},
        {"tests": (rule("A", 1), rule("A", 2))},
        {"tests": (rule("A", 1, parts={"A": 1, "B": 1}),)},
        {"tests": (rule("A", 0),)},
        {"tests": (rule("A", 1), rule("B", 1, optional=True, minimum=8))},
        {"tests": ()},
    ],
)
def test_a_regulation_without_sense_decides_nothing(changes):
    with pytest.raises(ValueError, match="makes no sense"):
        decide(regulation(rule("A", 1), **changes), [])


def test_equal_regulations_are_one():
    again = ExamRules(**{name: getattr(SIO, name) for name in ExamRules.__dataclass_fields__})
    assert again == SIO
    assert hash(again) == hash(SIO)
