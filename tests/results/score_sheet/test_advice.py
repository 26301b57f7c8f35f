"""What the back of a score sheet says, in words that agree with their numbers."""

import pytest

from results.score_sheet.advice import advice
from tests.results import documents


@pytest.mark.parametrize(
    ("missing", "said"),
    [("0.5", "0,5 point"), ("1", "1 point"), ("1.5", "1,5 point"), ("2", "2 points")],
)
def test_points_that_are_missing_are_counted_as_french_counts(missing, said):
    control = documents.control()["control"] | {"points_missing": missing}
    sheet = advice(documents.document(verdict="CONTROL", control=control))
    assert sheet["control"]["points_missing"] == said


@pytest.mark.parametrize(("points", "said"), [("1", "1,00 point ;"), ("2", "2,00 points ;")])
def test_points_that_were_obtained_are_counted_as_french_counts(points, said):
    refused = documents.document(verdict="REFUSED", points=points, average="0.05", reasons=[])
    assert any(said in reason for reason in advice(refused)["reasons"])
