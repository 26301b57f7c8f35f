import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidates.postal.envelope import (
    LINES,
    LINES_ABROAD,
    WIDTH,
    postal_address,
    recipient,
    unprintable,
)


def address(*lines, family_name="Dupont", given_names="Léa Marie"):
    return postal_address(family_name=family_name, given_names=given_names, lines=lines)


def test_the_name_comes_first_and_the_town_last():
    assert address("12 rue des Lilas", "75011 Paris") == [
        "Léa DUPONT",
        "12 RUE DES LILAS",
        "75011 PARIS",
    ]


def test_the_last_three_lines_have_capitals_and_digits_only():
    lines = address(
        "Appartement 3, 2e étage", "Bât. B", "12 bis, rue de l’Été", "94240 L’Haÿ-les-Roses"
    )
    assert lines == [
        "Léa DUPONT",
        "Appartement 3, 2e étage",
        "BAT B",
        "12 BIS RUE DE L ETE",
        "94240 L HAY LES ROSES",
    ]


def test_no_blank_line_is_printed():
    assert address("", "12 rue des Lilas", "   ", "75011 Paris") == [
        "Léa DUPONT",
        "12 RUE DES LILAS",
        "75011 PARIS",
    ]


def test_mail_for_france_does_not_name_the_country():
    assert address("12 rue des Lilas", "75011 Paris", "France")[-1] == "75011 PARIS"


def test_a_foreign_address_keeps_its_punctuation_and_ends_with_its_country():
    lines = address("Apartado 12", "Rua da Prata 80-2", "1100-420 Lisboa", "Portugal")
    assert lines == [
        "Léa DUPONT",
        "Apartado 12",
        "RUA DA PRATA 80-2",
        "1100-420 LISBOA",
        "PORTUGAL",
    ]


def test_abbreviations_are_used_only_when_the_line_is_too_long():
    assert address("3 boulevard Voltaire", "75011 Paris")[1] == "3 BOULEVARD VOLTAIRE"
    long = "128 boulevard du Maréchal de Lattre de Tassigny"
    assert address(long, "93110 Rosny")[1] == "128 BD DU MAL DE LATTRE DE TASSIGNY"


def test_a_line_that_stays_too_long_goes_on_to_the_next_one():
    lines = address(
        "7 rue des Filles du Calvaire et des Anciens Moulins de Montfermeil", "75003 Paris"
    )
    assert lines[1:] == [
        "7 RUE DES FILLES DU CALVAIRE ET DES",
        "ANCIENS MOULINS DE MONTFERMEIL",
        "75003 PARIS",
    ]


def test_the_town_survives_whatever_comes_before_it():
    lines = address(*["x" * 30 + " " + "y" * 30] * 5, "75011 Paris")
    assert len(lines) == LINES
    assert lines[0] == "Léa DUPONT"
    assert lines[-1] == "75011 PARIS"


@pytest.mark.parametrize(
    ("family_name", "given_names", "printed"),
    [
        ("Dupont", "Léa Marie", "Léa DUPONT"),
        ("Élan-Œuvrard", "Zoé", "Zoé ÉLAN-ŒUVRARD"),
        (
            "De la Rochefoucauld-Montmorency",
            "Marie-Antoinette",
            "M.-A. DE LA ROCHEFOUCAULD-MONTMORENCY",
        ),
        (
            "Rakotoarimanana Andriamihajanirina Razafindrakotohasina",
            "Jean",
            "RAKOTOARIMANANA ANDRIAMIHAJANIRINA",
        ),
        ("A" * 80, "Léa", "A" * 38),
        ("Dupont", "", "DUPONT"),
    ],
)
def test_a_long_name_is_shortened_the_least_possible(family_name, given_names, printed):
    assert recipient(family_name, given_names) == printed


@given(
    st.lists(st.text("abcéœ' -0123,", max_size=90), max_size=6),
    st.text("abcdé -", min_size=1, max_size=80),
    st.sampled_from(["75011 Paris", "97400 Saint-Denis", "Belgique"]),
)
def test_every_address_fits_the_standard(lines, family_name, last):
    printed = address(*lines, last, family_name=family_name)
    assert len(printed) <= (LINES_ABROAD if last == "Belgique" else LINES)
    assert all(len(line) <= WIDTH for line in printed)
    assert all(printed[1:])
    assert printed[-1] == last.upper().replace("-", " ")


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("12 bis, rue de l’Été (bât. B) n° 4", ""),
        ("Łódź, Çankırı, Þórshöfn", ""),
        ("e\u0301te\u0301", ""),
        ("12 شارع 🙂🙂", "شارع🙂"),
        ("Αθήνα", "Αθήνα"),
        ("①", "①"),
    ],
)
def test_what_no_sorting_machine_reads_is_named_once(text, lost):
    assert unprintable(text) == lost


@pytest.mark.parametrize(
    ("town", "printed"),
    [
        (
            "51290 Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson",
            "51290 ST REMY EN BOUZEMONT ST GENEST",
        ),
        (
            "70100 Beaujeu-Saint-Vallier-Pierrejux-et-Quitteur",
            "70100 BEAUJEU ST VALLIER PIERREJUX ET",
        ),
    ],
)
def test_a_town_too_long_for_its_line_is_shortened(town, printed):
    assert address("2 Grande Rue", town)[-1] == printed
