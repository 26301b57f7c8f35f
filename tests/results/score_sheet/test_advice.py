"""What the back of a score sheet says, in words that agree with their numbers."""

from uuid import uuid4

import pytest

from results.score_sheet.advice import advice
from results.score_sheet.sheet import score_sheet_html
from tests.results import documents


@pytest.mark.parametrize(
    ("missing", "said"),
    [("0.5", "0,50 point"), ("1", "1,00 point"), ("1.5", "1,50 point"), ("2", "2,00 points")],
)
def test_points_that_are_missing_are_counted_as_french_counts(missing, said):
    control = documents.control()["control"] | {"points_missing": missing}
    sheet = advice(documents.document(verdict="CONTROL", control=control))
    assert sheet["control"]["points_missing"] == said


@pytest.mark.parametrize(("points", "said"), [("1", "1,00 point ;"), ("2", "2,00 points ;")])
def test_points_that_were_obtained_are_counted_as_french_counts(points, said):
    refused = documents.document(verdict="REFUSED", points=points, average="0.05", reasons=[])
    assert any(said in reason for reason in advice(refused)["reasons"])


def test_the_back_says_that_a_kept_mark_cost_the_mention_and_to_nobody_else():
    lost = documents.baccalaureat_without_mention()
    said = "Une note gardée d’une session précédente compte dans votre moyenne"
    for document, is_said in (
        (lost, True),
        (documents.baccalaureat_without_mention("REP", of_part=True), True),
        (lost | {"mention": "Assez bien"}, False),
        (lost | {"round": 2}, False),
        (lost | {"rules": documents.DNB_RULES}, False),
        (documents.baccalaureat(mention=None), False),
    ):
        assert (said in score_sheet_html(document, code=uuid4())) is is_said


def test_of_a_test_with_parts_those_at_ten_are_the_units_that_are_kept():
    kept = advice(documents.refused_with_parts())["kept"]
    assert [(unit["code"], unit["mark"]) for unit in kept] == [
        ("U11", "11,00"),
        ("U3", "12,00"),
        ("U7", "11,00"),
    ]


def test_a_mark_below_a_minimum_is_told_with_the_minimum():
    eliminated = documents.under_a_minimum()
    said = "La note obtenue à une épreuve (U4, Culture économique, juridique et managériale) est"
    assert advice(eliminated)["reasons"] == [f"{said} éliminatoire : il fallait au moins 6,00."]
    del eliminated["tests"][3]["minimum"]
    assert advice(eliminated)["reasons"] == [f"{said} éliminatoire."]


def test_an_absence_names_the_part_of_a_test_that_was_missed():
    part = {"code": "U31", "label": "Oral", "coefficient": "1", "mark": None, "status": "ABS"}
    tests = documents.document()["tests"]
    tests[2]["parts"] = [part]
    absent = documents.document(
        tests=tests, verdict="ELIMINATED", average=None, reasons=["ABSENT:U31"]
    )
    assert advice(absent)["reasons"] == [
        "Une absence a été constatée à une épreuve obligatoire (U31, Oral)."
    ]
