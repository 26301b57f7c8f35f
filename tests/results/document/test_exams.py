"""What each exam says for itself, and the file it is read from."""

from dataclasses import fields

import pytest
from django.utils.translation import override

from results.document.exams import EXAMS, FILE, Bilingual, Exam, ExamsFileError, exam, read
from tests.results.sheets import SHIPPED

SHARED = FILE.read_text(encoding="utf-8").partition("\n[BTS]")[0]


def test_every_shipped_regulation_is_of_an_exam_that_has_a_name():
    assert {regulation.exam for regulation in SHIPPED.values()} <= set(EXAMS)


def test_an_exam_is_found_as_offices_write_its_code():
    assert exam("bac_pro") is exam("BAC-PRO") is EXAMS["BAC PRO"]


def test_an_exam_nobody_named_goes_by_its_code_and_claims_nothing():
    unnamed = exam("XYZ")
    assert str(unnamed.name) == "XYZ"
    assert str(unnamed.second_round) == "épreuves de contrôle"
    claims = {field.name: getattr(unnamed, field.name) for field in fields(Exam)}
    assert not any(value for name, value in claims.items() if name.endswith(("_text", "_hours")))


def test_the_words_shared_by_exams_are_no_exam():
    assert str(exam("other").name) == "other"


def test_each_exam_has_its_own_authority_and_word_of_refusal():
    assert str(exam("DNB").refused) == "Refusé"
    assert str(exam("DNB").fraud_authority) == "le président du jury"
    assert str(exam("BTS").refused) == "Ajourné"
    assert exam("DSCG").fraud_authority is None


def test_words_follow_the_language_of_the_reader():
    with override("en"):
        assert str(exam("BAC").second_round) == "second-group tests"
    with override("fr"):
        assert str(exam("BAC").second_round) == "épreuves du second groupe"


def test_every_text_has_its_english():
    texts = [
        text
        for one in EXAMS.values()
        for field in fields(Exam)
        if isinstance(text := getattr(one, field.name), Bilingual)
    ]
    assert len(texts) > 50
    assert all(text.fr and text.en for text in texts)


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ('[X]\nname = "X"\nhours = 48', r"\[X\] hours: unknown key"),
        ('[X]\nname = "X"\nrefused = "Refusé"', r"\[X\] refused: not of the right kind"),
        ('[X]\nname = "X"\nrefused = { fr = "Refusé" }', r"\[X\] refused: fr and en"),
        ('[X]\nname = "X"\nforce_majeure_hours = "48"', r"\[X\] force_majeure_hours: not of"),
    ],
)
def test_a_mistake_in_the_file_stops_the_start(table, wrong):
    assert read(SHARED)
    with pytest.raises(ExamsFileError, match=wrong):
        read(f"{SHARED}\n{table}")


def test_an_exam_without_a_word_of_refusal_stops_the_start():
    with pytest.raises(ExamsFileError, match=r"refused: missing"):
        read('[X]\nname = "X"')
