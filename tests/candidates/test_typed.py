"""What people type or paste is read however it comes, and never taken for something else."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidates import typed

TODAY = date(2026, 7, 2)
BORN = date(2005, 3, 14)
CASE = Path(__file__).parents[1] / "cases" / "d08-dates-a-six-chiffres.csv"


@pytest.mark.parametrize(
    "text",
    [
        "14/03/2005",
        "14/3/05",
        "14/03/05",
        "140305",
        "14032005",
        "20050314",
        "2005-03-14",
        "14,03,2005",
        "14.03.2005.",
        "14 03 2005",
        "14-03-2005",
        "14–03–2005",
        "14//03//2005",
        "14_03_2005",
        "14\u00a003\u202f2005",
        "\u200b14/03/2005\ufeff",
        "１４/０３/２００５",
        "14 mars 2005",
        "14 MARS 05",
        "14mars2005",
        "14 march 2005",
        "March 14, 2005",
        " 14 / 03 / 2005 ",
    ],
)
def test_a_birth_date_is_read_however_it_is_typed(text):
    assert typed.birth_date(text, today=TODAY) == BORN


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("1er janvier 2005", 1),
        ("1 févr. 2005", 2),
        ("1 fevrier 2005", 2),
        ("1 avr 2005", 4),
        ("1st May 2005", 5),
        ("1 juin 2005", 6),
        ("1er juil. 2005", 7),
        ("1er août 2005", 8),
        ("1 aou\u0302t 2005", 8),
        ("1 Sept 2005", 9),
        ("1 déc. 2005", 12),
    ],
)
def test_months_are_read_as_words(text, month):
    assert typed.birth_date(text, today=TODAY) == date(2005, month, 1)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("02/07/26", TODAY),
        ("03/07/26", date(1926, 7, 3)),
        ("290200", date(2000, 2, 29)),
        ("01/01/00", date(2000, 1, 1)),
        ("01/01/1900", date(1900, 1, 1)),
    ],
)
def test_a_year_of_two_digits_is_the_last_one_that_is_not_to_come(text, read):
    assert typed.birth_date(text, today=TODAY) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hier",
        "2005",
        "14/03",
        "14/03/205",
        "14/03/20055",
        "14/13/2005",
        "03/14/2005",
        "31/02/2004",
        "31/12/1899",
        "03/07/2026",
        "31/12/2035",
        "1403205",
        "1432005",
        "00/00/0000",
        "14 ju 2005",
        "14 jui 2005",
        "14 brumaire 2005",
        "14/03/2005 à Paris",
        "14/03/2005 14",
        "14+03+2005",
        "²/03/2005x",
        "-14/03/2005",
        "9" * 5000,
        "9" * 59 + "+",
        "\x00",
    ],
)
def test_what_cannot_be_a_birth_date_is_none(text):
    assert typed.birth_date(text, today=TODAY) is None


def test_six_or_eight_digits_are_never_a_year_before_1900():
    with CASE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    read = {row["saisie"]: typed.birth_date(row["saisie"], today=TODAY) for row in rows}
    assert {text: str(day or "") for text, day in read.items()} == {
        row["saisie"]: row["lue"] for row in rows
    }


@pytest.mark.property
@given(st.dates(date(1900, 1, 1), TODAY))
def test_every_birth_date_is_read_back_from_each_usual_form(born):
    for form in ("%d/%m/%Y", "%d%m%Y", "%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d %B %Y"):
        assert typed.birth_date(born.strftime(form), today=TODAY) == born


@pytest.mark.property
@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_date_that_can_be_or_none(text):
    found = typed.birth_date(text, today=TODAY)
    assert found is None or typed.is_birth_date(found, today=TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "26A2345678",
        " 26a 234 5678 ",
        "26-A-234-5678",
        "26.A.234.5678",
        "26–A–2345678",
        "26_A_2345678",
        "N° 26A2345678",
        "n°26A2345678",
        "Nº 26A2345678",
        "№ 26A2345678",
        "Numéro de candidat : 26A2345678",
        "Numéro de candidat\u202f: 26A2345678.",
        "26A\u200b2345678",
        "\ufeff26A2\u00ad345678",
        "26A\u00a0234\u202f5678",
        "２６Ａ２３４５６７８",
        "«\u00a026A2345678\u00a0»",
        "(26A2345678)",
    ],
)
def test_a_number_is_read_however_it_is_copied(text):
    assert typed.number(text) == "26A2345678"


@pytest.mark.parametrize("text", ["26é", "26🙂", "26+5"])
def test_what_is_no_separator_stays_in_a_number_which_is_then_nobody_s(text):
    assert typed.number(text) != typed.number(text[:2])


@pytest.mark.parametrize("text", ["75011", "75 011", "75\u00a0011", "75-011", "７５０１１"])
def test_a_french_postcode_is_read_with_whatever_separates_its_digits(text):
    assert typed.french_postcode(text) == "75011"


@pytest.mark.parametrize("text", ["", "7501", "750 111", "SW1A 1AA", "D-10115 B"])
def test_another_postcode_stays_as_it_is(text):
    assert typed.french_postcode(text) == text
