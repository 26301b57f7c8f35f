"""Codes that an office makes itself hold nothing that others know of the candidate."""

from datetime import date

import pytest

from candidates.imports.office_codes import weakness

PERSON = {
    "number": "2612345678",
    "birth_date": date(1999, 5, 4),
    "names": ("DE LA TOUR", "LI", "Léo-Paul Œuvré"),
}


@pytest.mark.parametrize(
    "code", ["A2612345678", "2612345678B", "26L2345678XY", "X26123456 78"], ids=str
)
def test_a_code_with_the_number_of_the_candidate_is_weak(code):
    assert "numéro" in weakness(code, **PERSON)


@pytest.mark.parametrize(
    "code",
    [
        "AB04051999",
        "AB040599",
        "AB19990504",
        "AB990504",
        "AB05041999",
        "AB451999",
        "AB4051999",
        "ABO4O51999",
        "4MAI1999",
        "04MAI99X",
        "X4MA1KRT",
    ],
)
def test_a_code_with_the_birth_date_is_weak_however_it_is_written(code):
    assert "date de naissance" in weakness(code, **PERSON)


@pytest.mark.parametrize(
    "code", ["TOUR7391", "TOUR73TT", "73DELATOUR", "LEO73915", "1EO73915", "7PAUL391", "OEUVRE73"]
)
def test_a_code_with_a_name_of_the_candidate_is_weak(code):
    assert "nom" in weakness(code, **PERSON)


def test_two_letters_are_a_name_where_they_stand_alone():
    assert "nom" in weakness("73LI9154", **PERSON)
    assert not weakness("73LIQ154", **PERSON)


@pytest.mark.parametrize("code", ["K3QM7T2A", "ABCD1234", "A1999XYZ", "T0R73915", "0504ABCD"])
def test_any_other_code_is_the_offices_choice(code):
    assert weakness(code, **PERSON) == ""


def test_a_short_number_is_found_by_chance_and_tells_nothing():
    assert weakness("K3QM7T2A", **PERSON | {"number": "7"}) == ""
