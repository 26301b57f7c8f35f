from datetime import date

import pytest

from candidates import values
from results_portal.tabular import CellError


def refusal(parse, cell):
    with pytest.raises(CellError) as caught:
        parse(cell)
    return str(caught.value).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("cell", "number"),
    [("2612345678", "2612345678"), (" 26 1234 5678 ", "2612345678"), ("ab12", "AB12")],
)
def test_a_candidate_number_is_letters_and_digits_without_spaces_or_case(cell, number):
    assert values.candidate_number(cell) == number


def test_a_bad_candidate_number_is_explained():
    assert refusal(values.candidate_number, " ") == "le numéro de candidat est obligatoire"
    expected = "lettres et chiffres seulement, 20 au plus"
    assert refusal(values.candidate_number, "26-123") == expected
    assert refusal(values.candidate_number, "1" * 21) == expected
    assert refusal(values.candidate_number, "26é") == expected
    assert "abîmé par le tableur" in refusal(values.candidate_number, "2,61234E+09")


@pytest.mark.parametrize("code", ["0750655E", "0750654D", "0750663N"])
def test_the_check_letters_of_real_schools_are_right(code):
    assert values.uai(code.lower()) == code


def test_a_wrong_check_letter_is_refused_with_the_right_one():
    assert refusal(values.uai, "0750655F") == (
        "la lettre de contrôle d’un UAI est fausse : 0750655 finit par E"
    )


def test_a_uai_whose_zero_a_spreadsheet_lost_is_known_by_its_letter():
    assert refusal(values.uai, "750655E") == (
        "UAI attendu : 7 chiffres et une lettre ; 0750655E si le tableur a perdu le zéro"
    )


@pytest.mark.parametrize("cell", ["", "750655F", "0750655", "07506555", "0750655É"])
def test_what_has_not_the_shape_of_a_uai_is_refused(cell):
    assert refusal(values.uai, cell) == "UAI attendu : 7 chiffres et une lettre, comme 0750655E"


@pytest.mark.parametrize(
    "cell",
    ["123456789ab", "1234567890A", "_123456789Z", "1234A56789B", "0ex8p00l1z5", "12345678901", ""],
)
def test_the_four_forms_of_ine_are_taken_and_nothing_too(cell):
    assert values.ine(cell) == cell.upper()


@pytest.mark.parametrize("cell", ["12345", "1234567890", "123456789ABC", "12345678ABC"])
def test_other_forms_of_ine_are_refused(cell):
    assert refusal(values.ine, cell).startswith("INE attendu")


def test_an_ine_whose_zero_a_spreadsheet_may_have_lost_is_given_with_it():
    assert refusal(values.ine, "70123456AB").endswith(
        " ; 070123456AB si le tableur a perdu le zéro"
    )


def test_an_academy_that_lost_its_zero_gets_it_back():
    assert values.academy_code("1") == values.academy_code("01") == "01"
    assert refusal(values.academy_code, "Paris").startswith("code d’académie attendu")


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("", "la date de naissance est obligatoire (JJ/MM/AAAA)"),
        ("24/11/2026", "date de naissance dans l’avenir"),
        ("31/12/1899", "date de naissance avant 1900"),
        ("31/02/2004", "cette date n’existe pas (JJ/MM/AAAA)"),
        ("12/31/2004", "cette date n’existe pas (JJ/MM/AAAA)"),
        ("31/12/04", "l’année s’écrit avec quatre chiffres (JJ/MM/AAAA)"),
        ("31122004", "date attendue : JJ/MM/AAAA ou AAAA-MM-JJ"),
    ],
)
def test_an_impossible_birth_date_is_refused(cell, message):
    assert refusal(values.birth_date(date(2026, 11, 23)), cell) == message


@pytest.mark.parametrize("cell", ["31/12/2004", "2004-12-31", "2004-12-31 00:00:00", "31.12.2004"])
def test_a_birth_date_may_be_french_or_iso(cell):
    assert values.birth_date(date(2026, 11, 23))(cell) == date(2004, 12, 31)


def test_an_address_line_has_38_characters_at_the_most():
    assert values.address_line("x" * 38) == "x" * 38
    assert refusal(values.address_line, "x" * 39) == (
        "ligne d’adresse de 39 caractères, 38 au plus (norme postale)"
    )


def address_problems(**parts):
    whole = {"lines": ["12 rue X"], "postcode": "75011", "city": "Paris", "country": "FRANCE"}
    return [column for column, _value, _message in values.check_address(**(whole | parts))]


def test_a_french_postcode_has_five_digits():
    assert address_problems() == []
    assert address_problems(postcode="1000") == ["code_postal"]
    assert address_problems(postcode="") == ["code_postal"]


def test_a_foreign_postcode_is_free():
    assert address_problems(postcode="1000", country="BELGIQUE") == []
    assert address_problems(postcode="", country="IRLANDE") == []
    assert values.postcode("sw1a 1aa") == "SW1A 1AA"
    assert refusal(values.postcode, "=1").startswith("code postal attendu")


def test_a_lost_zero_and_a_forgotten_country_are_both_suggested():
    [problem] = values.check_address(lines=["x"], postcode="1000", city="X", country="FRANCE")
    assert "01000" in problem[2]
    assert "pays" in problem[2]


def test_an_address_without_town_is_refused():
    assert address_problems(city="") == ["ville"]
    assert address_problems(lines=["", ""], postcode="", city="") == []


def test_the_country_is_france_unless_said_otherwise():
    assert values.country("") == "FRANCE"
    assert values.country("Belgique") == "BELGIQUE"


def test_an_email_address_is_looked_at():
    assert values.email(" lea@exemple.fr ") == "lea@exemple.fr"
    assert values.email("") == ""
    assert refusal(values.email, "lea@").startswith("adresse de courriel attendue")


@pytest.mark.parametrize("address", ["d'or+examen@exemple.fr", "lea@forêt.fr", "LEA@EXEMPLE.FR"])
def test_an_email_address_may_look_unusual(address):
    assert values.email(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "=?utf-8?q??=@exemple.fr",
        "=?utf-8?q?autre=40exemple.org?=@exemple.fr",
        '"autre@exemple.org"@exemple.fr',
        '"\x01"@exemple.fr',
        "lea@[127.0.0.1]",
        f"lea@{'é' * 60}.fr",
        "lea@\ufdfa.fr",
    ],
)
def test_an_email_address_that_programs_read_in_different_ways_is_refused(address):
    assert refusal(values.email, address).startswith("adresse de courriel attendue")


def test_an_access_code_has_eight_characters_at_least_letters_and_digits():
    assert values.access_code("k3qm-7t2a 9xzb") == "K3QM7T2A9XZB"
    assert values.access_code("") == ""
    assert "au moins 8" in refusal(values.access_code, "abc-1234")
    assert "au moins 8" in refusal(values.access_code, "=cmd()abcd")
    assert "des chiffres" in refusal(values.access_code, "PASSWORD")
    assert "des lettres" in refusal(values.access_code, "31122004")


def test_a_name_holds_a_letter():
    assert values.name(80)(" D’Être  Œuvré ") == "D’Être Œuvré"
    assert refusal(values.name(80), "123") == "un nom contient au moins une lettre"
    assert refusal(values.name(5), "Dupont") == "6 caractères, 5 au plus"


@pytest.mark.parametrize(
    "cell",
    [
        *("", "France", "france métropolitaine", "FRANCE (METROPOLITAINE)", "République française"),
        *("FR", "fra", "100", "99100", "La Réunion", "REUNION", "Guadeloupe", "nouvelle-calédonie"),
    ],
)
def test_france_has_many_names(cell):
    assert values.country(cell) == "FRANCE"


@pytest.mark.parametrize("cell", ["Guyana", "Monaco", "Île Maurice", "USA"])
def test_other_countries_stay_what_they_are(cell):
    assert values.country(cell) == cell.upper()


@pytest.mark.parametrize("cell", ["109", "99109", "BE", "de"])
def test_a_code_is_no_country_on_an_envelope(cell):
    assert refusal(values.country, cell) == "pays attendu en toutes lettres, comme BELGIQUE"


@pytest.mark.parametrize("line", ["- Bât. B", "-Bât B", "+1 étage", "- 2e étage, porte 3/4"])
def test_an_address_line_may_begin_with_a_dash(line):
    assert values.address_line(line) == line


@pytest.mark.parametrize("line", ["=1+1", "@SUM(A1)", "-2+3+cmd|' /C calc'!A0", "+33", "-A1*(2)"])
def test_a_formula_is_no_address_line(line):
    assert "formule" in refusal(values.address_line, line)


def test_a_town_may_have_the_longest_name_of_france():
    town = "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson"
    assert values.town(town) == town
    assert refusal(values.town, "A" * 61) == "61 caractères, 60 au plus"
