"""Stored documents: their named places, and what comes back of them."""

from dataclasses import replace

import pytest

from results.document.contents import PublishedPart, PublishedTest, plain
from results.document.published_rules import PublishedRules
from results.packed_document import packing

HEADINGS = [
    {
        "code": "U1",
        "label": "Culture générale",
        "group": "general",
        "optional": False,
        "coefficient": "2",
        "in_full": False,
        "ects": 11,
        "parts": [
            {"code": "U11", "label": "Écrit", "coefficient": "1"},
            {"code": "U12", "label": "Oral", "coefficient": "1"},
        ],
    }
]
GIVEN = PublishedTest(
    code="U1",
    label="Culture générale",
    group="general",
    optional=False,
    coefficient="2",
    mark="12.00",
    status="",
    origin=None,
    second_mark=None,
    second_status="",
    counted="12.00",
    points="24",
    kept_for_next=False,
    parts=(),
    ects=11,
)
PARTS = tuple(
    PublishedPart(**part, mark=mark, status="")
    for part, mark in zip(HEADINGS[0]["parts"], ("10.00", "14.00"), strict=True)
)
TESTS = {
    "a mark given": GIVEN,
    "exempt": replace(GIVEN, mark=None, counted=None, points=None, status="DISP"),
    "kept from another session": replace(GIVEN, status="BEN", origin=2024),
    "better in the second round": replace(GIVEN, second_mark="13.00", counted="13.00"),
    "absent from the second round": replace(GIVEN, second_status="ABS"),
    "kept for the next session": replace(GIVEN, kept_for_next=True),
    "made of parts": replace(GIVEN, parts=PARTS),
    "with a subject": replace(GIVEN, label=f"{GIVEN.label}\u00a0: Latin", subject="Latin"),
}


@pytest.mark.parametrize("test", TESTS.values(), ids=TESTS)
def test_a_test_comes_back_as_it_was_before_it_was_stored(test):
    assert packing.unpack_test(HEADINGS, packing.pack_test(test, 0)) == plain(test)


def test_a_mark_that_counts_as_given_takes_three_places():
    lengths = {name: len(packing.pack_test(test, 0)) for name, test in TESTS.items()}
    assert lengths.pop("a mark given") == 3
    assert lengths.pop("with a subject") == len(packing.PackedTest._fields)
    assert set(lengths.values()) == {len(packing.PackedTest._fields) - 1}


def test_places_are_read_by_name():
    rows = [packing.pack_test(test, place) for place, test in enumerate(TESTS.values())]
    assert packing.places(rows) == tuple(range(len(TESTS)))
    assert packing.kept_places(rows) == [list(TESTS).index("kept for the next session")]
    assert packing.statuses(rows) == ["", "BEN", "DISP"]
    assert len(set(packing.cache_keys(rows))) == len(rows)


def test_what_comes_back_of_two_tests_is_not_shared():
    row = packing.pack_test(GIVEN, 0)
    packing.unpack_test(HEADINGS, row)["parts"].append("changed")
    assert packing.unpack_test(HEADINGS, row)["parts"] == []


def test_a_document_of_another_version_is_refused():
    with pytest.raises(ValueError, match="version 2"):
        packing.unpack({"version": 2, "shared": ["a", "b", None], "entry": {}}, {})


def test_headings_of_before_they_held_the_rules_are_read_with_the_rules_of_then():
    older = {key: value for key, value in HEADINGS[0].items() if key not in ("in_full", "ects")}
    assert packing.unpack_test([older], packing.pack_test(GIVEN, 0)) == plain(
        replace(GIVEN, ects=None)
    )
    assert packing.rules_in({"tests": [older]}) == plain(PublishedRules())
    assert packing.rules_in({"tests": [], "rules": {"pass_mark": "12"}}) == {"pass_mark": "12"}
