import pytest
from django.utils.translation import override

from candidates.postal.countries import choices, stored
from candidates.postal.departments import DEPARTMENTS, department, elsewhere


@pytest.mark.parametrize(
    ("postcode", "name"),
    [
        ("75011", "Paris"),
        ("97410", "La Réunion"),
        ("20090", "Corse"),
        ("98713", "Polynésie française"),
    ],
)
def test_the_first_digits_name_the_departement(postcode, name):
    assert department(postcode) == name


@pytest.mark.parametrize("postcode", ["96000", "99000", "97900"])
def test_digits_that_no_departement_has_name_none(postcode):
    assert department(postcode) is None


def test_the_95_of_the_mainland_are_there_with_corsica_as_one():
    assert {f"{n:02}" for n in range(1, 96)} <= DEPARTMENTS.keys()


@pytest.mark.parametrize(
    ("postcode", "town", "where"),
    [
        ("69003", "Paris", "Paris"),
        ("75011", "PARIS", None),
        ("75011", "Paris 11", None),
        ("75900", "PARIS CEDEX 19", None),
        ("76600", "Le Havre", None),
        ("75011", "Saint-Étienne", "Loire"),
        ("93200", "Saint-Denis", None),
    ],
)
def test_a_large_town_far_from_its_postcode_is_noticed(postcode, town, where):
    assert elsewhere(postcode, town) == where


def test_france_comes_first_and_the_others_in_french_order():
    shown = [name for _value, name in choices()]
    assert shown[:2] == ["France", "Afghanistan"]
    assert shown.index("Égypte") < shown.index("Espagne") < shown.index("Finlande")


def test_a_reader_of_english_finds_countries_by_their_english_names():
    with override("en"):
        found = choices()
    assert ("ALLEMAGNE", "Germany") in found
    names = [name for _value, name in found]
    assert names.index("Germany") < names.index("Ghana") < names.index("United Kingdom")
    assert [value for value, _name in found[:1]] == ["FRANCE"]
    assert {value for value, _name in found} == {value for value, _name in choices()}


def test_a_country_is_found_however_a_file_wrote_it():
    assert stored("COTE D'IVOIRE") == "CÔTE D’IVOIRE"
    assert stored("Royaume Uni") == "ROYAUME-UNI"
