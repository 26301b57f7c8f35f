import csv
from pathlib import Path

import pytest
from django.db import connection

from candidates.models import Candidate
from candidates.names.searching import BareName, named
from candidates.names.sorting import search_key, sort_key
from tests import factories

pytestmark = pytest.mark.django_db


def found(text):
    return [str(person) for person in named(Candidate.objects.all(), text)]


@pytest.fixture(autouse=True)
def _people():
    factories.entry(birth_name="LEFÈVRE-D’AMBRE", given_names="Zoë Anne")
    factories.entry(birth_name="LEFORT", usage_name="ŒUVRARD", given_names="Anne")
    factories.entry(birth_name="ØSTERGÅRD", given_names="Łucja")


@pytest.mark.parametrize(
    "text", ["lefevre", "LEFÈVRE D'AMB", "lefevre-d’ambre zoe", "zoé lefevre", "Lefe Anne"]
)
def test_a_person_is_found_without_accents_or_hyphens_or_the_whole_name(text):
    assert found(text) == ["LEFÈVRE-D’AMBRE Zoë Anne"]


@pytest.mark.parametrize("text", ["lefort", "oeuvrard", "Œuvrard anne"])
def test_a_person_is_found_under_either_family_name(text):
    assert found(text) == ["ŒUVRARD Anne"]


def test_letters_of_other_countries_are_typed_plainly():
    assert found("ostergard lucja") == ["ØSTERGÅRD Łucja"]


@pytest.mark.parametrize("text", ["", " - ", "evre", "lefevre paul"])
def test_what_begins_no_name_finds_nobody(text):
    assert found(text) == []


CASE = Path(__file__).parents[2] / "cases/d07-noms.csv"


@pytest.fixture
def odd_people():
    with CASE.open(encoding="utf-8") as file:
        people = [(row["nom"], row["prenoms"]) for row in csv.DictReader(file, delimiter=";")]
    for birth_name, given_names in people:
        factories.entry(birth_name=birth_name, given_names=given_names)
    return people


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("dupont martin", {"DUPONT--MARTIN"}),
        ("anne marie dupont", {"DUPONT--MARTIN"}),
        ("d'angelo", {"DʼANGELO", "D'ANGELO", "D´ANGELO"}),
        ("te’ura", {"TEʻURA"}),
        ("strasse", {"Straße"}),
        ("STRAẞE", {"Straße"}),
    ],
)
def test_apostrophes_hyphens_and_foreign_letters_are_typed_as_one_likes(odd_people, text, names):
    found = named(Candidate.objects.all(), text).values_list("birth_name", flat=True)
    assert set(found) == names


def test_apostrophes_of_any_form_stand_together_in_a_list(odd_people):
    ordered = [family for family, given in sorted(odd_people, key=lambda name: sort_key(*name))]
    assert ordered == [
        *("DʼANGELO", "D'ANGELO", "D´ANGELO"),
        *("DANGER", "DUPONT--MARTIN", "DZIRI", "Straße", "TEʻURA"),
    ]


def test_the_office_and_the_public_search_by_the_same_key():
    """Every Latin letter and sign, inside a word: the database's key is Python's.

    All but U+019B, which has a capital since Unicode 16 only.
    """
    scripts = [(0x20, 0x24F), (0x2B0, 0x36F), (0x1E00, 0x1EFF), (0x2000, 0x2BFF), (0xA78B, 0xA78C)]
    signs = [
        chr(code) for first, last in scripts for code in range(first, last + 1) if code != 0x19B
    ]
    words = [word for sign in signs for word in (f"{sign}a--B {sign}", f"D{sign}angelo")]
    with connection.cursor() as cursor:
        key = BareName.template % {"expressions": "word"}
        cursor.execute(f"SELECT word, {key} FROM unnest(%s::text[]) AS word", [words])
        differing = [(w, key, search_key(w)) for w, key in cursor if key != search_key(w)]
    assert differing == []


@pytest.mark.parametrize(
    "name", ["Þorsteinn Ðe Đorđe", "þorsteinn ðe đorđe", "THORSTEINN DE DORDE"]
)
def test_icelandic_and_serbian_letters_are_found_in_plain_ones(name):
    assert search_key(name) == "THORSTEINN DE DORDE"
