import pytest

from candidates.names.sorting import display_name, search_key, sort_key


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("EDMOND", "ÉLUARD"),
        ("ÉLUARD", "EMILE"),
        ("DE SOUSA", "DEBRAY"),
        ("D’ALMEIDA", "DA SILVA"),
        ("LE-GALL", "LEGAL"),
        ("MC NEIL", "MCNEIL"),
        ("NOËL", "NOELLE"),
        ("OEUVRAND", "ŒUVRARD"),
        ("ŒUVRARD", "OFFREDO"),
    ],
)
def test_the_first_name_comes_before_the_second(first, second):
    assert sort_key(first, "Zoé").encode() < sort_key(second, "Anne").encode()


def test_an_accent_only_settles_a_tie():
    assert sort_key("ELUARD", "Zoé") < sort_key("ÉLUARD", "Zoé")
    assert sort_key("ÉLUARD", "Anne") < sort_key("ELUARD", "Zoé")


def test_given_names_settle_equal_family_names():
    assert sort_key("MARTIN", "Ève") < sort_key("MARTIN", "Jean-Paul") < sort_key("MARTIN", "Zoé")


def test_a_hyphen_and_a_space_sort_alike():
    assert sort_key("LE-GALL", "Anna") < sort_key("LE GALL", "Yann")


def test_a_name_is_shown_with_its_accents_in_capitals():
    assert display_name("Lefèvre-d’Ôr", "Anaïs Zoé") == "LEFÈVRE-D’ÔR Anaïs Zoé"


def test_a_search_key_has_neither_accent_case_nor_punctuation():
    assert (
        search_key("  D’Être-Œuvré   Zoë ß Nguyễn Łukasz ") == "D ETRE OEUVRE ZOE SS NGUYEN LUKASZ"
    )
