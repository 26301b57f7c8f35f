from datetime import date

import pytest

from candidates.models import Session
from tests import factories
from tests.office_files import run

pytestmark = pytest.mark.django_db

SESSION = """\
code = "BTS-2026"
exam = "BTS"
year = 2026
label = "BTS, session 2026"
# ce que disent les pages et les courriers
score_sheets_mailed_on = 2026-07-09
register_again_from = 2026-10-12
register_again_until = 2026-11-20
"""


@pytest.fixture
def load_session(tmp_path):
    def load(text):
        path = tmp_path / "session.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return run("import_session", path)

    return load


def test_a_session_is_created_then_left_alone_then_changed(load_session):
    assert load_session(SESSION).report == "BTS-2026 : créée."
    assert load_session(SESSION).report == "BTS-2026 : sans changement."
    assert load_session(SESSION.replace("07-09", "07-10")).report == "BTS-2026 : modifiée."
    session = Session.objects.get()
    assert (session.year, session.label) == (2026, "BTS, session 2026")
    assert session.score_sheets_mailed_on == date(2026, 7, 10)


def test_a_date_left_out_of_the_file_is_left_as_it_is(load_session):
    load_session(SESSION)
    without = SESSION.replace("score_sheets_mailed_on = 2026-07-09\n", "")
    assert load_session(without).report == "BTS-2026 : sans changement."
    assert Session.objects.get().score_sheets_mailed_on == date(2026, 7, 9)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("year = 2026", 'year = "2026"', "3: year: « 2026 » : attendu : un nombre"),
        ("2026-07-09", '"9 juillet"', "6: score_sheets_mailed_on: « 9 juillet » : attendu : "
         "une date AAAA-MM-JJ"),
        ("label", "lable", "4: lable: clé inconnue ; vouliez-vous dire « label » ?"),
        ('code = "BTS-2026"\n', "", "1: code: cette clé manque"),
        ('"BTS-2026"', '"bts 2026"', "1: code: « bts 2026 » : lettres capitales, "
         "chiffres et tirets seulement"),
        ('"BTS-2026"', '"BTS-2026', "1: fichier: ce n’est pas du TOML valide : "),
        ('"BTS, session 2026"', '"a\\u0000b"', "4: label: un caractère qui ne s’imprime pas"),
        ("label =", "replaces = \"a\\u0000b\"\nlabel =", "4: replaces: un caractère qui ne "),
        ("year = 2026", "x = " + "[" * 5000, "1: fichier: trop de crochets emboîtés"),
        ("2026-11-20", "2026-10-11", "8: fichier: La réinscription finit avant d’avoir commencé."),
    ],
)  # fmt: skip
def test_a_wrong_session_file_is_refused_on_its_line(load_session, old, new, error):
    found = load_session(SESSION.replace(old, new))
    assert found.refused
    assert any(line.startswith(error) for line in found.errors), found.errors
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "1: code: cette clé manque"),
        (b"\xff\xfe\x00", "1: fichier: texte UTF-8 attendu"),
        (b'code = "A\0"', "1: fichier: ce n’est pas du TOML valide"),
        (b"x" * 2_000_000, "1: fichier: fichier trop gros pour une session"),
    ],
)
def test_what_is_no_session_file_is_refused(load_session, content, error):
    found = load_session(content)
    assert found.refused
    assert any(line.startswith(error) for line in found.errors), found.errors


def test_a_session_with_entries_keeps_its_exam_and_year(load_session):
    load_session(SESSION)
    factories.entry(session=Session.objects.get())
    found = load_session(SESSION.replace("year = 2026", "year = 2027"))
    assert found.errors[0] == "3: year: « 2027 » : ne change plus : la session a des inscriptions"
    assert Session.objects.get().year == 2026


SEPTEMBER = """\
code = "BTS-2026-S"
exam = "BTS"
year = 2026
label = "BTS, session de remplacement 2026"
replaces = "BTS-2026"
tests_from = 2026-09-10
tests_until = 2026-09-15
"""


def test_a_september_session_says_which_one_it_replaces(load_session):
    load_session(SESSION)
    assert load_session(SEPTEMBER).report == "BTS-2026-S : créée."
    assert load_session(SEPTEMBER).report == "BTS-2026-S : sans changement."
    september = Session.objects.get(code="BTS-2026-S")
    assert september.replaces.code == "BTS-2026"
    assert september.tests_until == date(2026, 9, 15)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ('"BTS-2026"', '"BTS-2030"', "5: replaces: « BTS-2030 » : session inconnue"),
        ('"BTS-2026"', '"BTS-2026-S"', "5: replaces: Une session ne se remplace pas elle-même."),
        ('exam = "BTS"', 'exam = "CAP"', "5: replaces: Cette session est celle d’un autre examen : "
         "BTS."),
        ("year = 2026", "year = 2027", "5: replaces: Cette session est celle d’une autre année : "
         "2026."),
        ("2026-09-15", "2026-09-01", "7: fichier: Les épreuves finissent avant d’avoir commencé."),
        ('"BTS-2026"', "2026", "5: replaces: « 2026 » : attendu : un texte"),
    ],
)  # fmt: skip
def test_a_session_that_cannot_be_replaced_is_refused(load_session, old, new, error):
    load_session(SESSION)
    found = load_session(SEPTEMBER.replace(old, new))
    assert found.errors[0] == error
    assert Session.objects.count() == 1


def test_there_is_one_replacement_and_none_of_a_replacement(load_session):
    load_session(SESSION)
    load_session(SEPTEMBER)
    other = SEPTEMBER.replace('code = "BTS-2026-S"', 'code = "BTS-2026-T"')
    assert load_session(other).errors[0] == (
        "5: replaces: Cette session est déjà remplacée par une autre."
    )
    assert load_session(other.replace('"BTS-2026"', '"BTS-2026-S"')).errors[0] == (
        "5: replaces: Cette session en remplace déjà une autre : elle n’est pas remplacée."
    )
    load_session(SESSION.replace('"BTS-2026"', '"BTS-2026-B"'))
    again = SESSION + 'replaces = "BTS-2026-B"'
    assert load_session(again).errors[0] == (
        "9: replaces: Une autre session remplace celle-ci : elle n’en remplace aucune."
    )


def test_what_is_replaced_stays_once_there_are_entries(load_session):
    load_session(SESSION)
    load_session(SESSION.replace('"BTS-2026"', '"BTS-2026-B"'))
    load_session(SEPTEMBER)
    factories.entry(session=Session.objects.get(code="BTS-2026-S"))
    found = load_session(SEPTEMBER.replace('"BTS-2026"', '"BTS-2026-B"'))
    assert found.errors[0] == (
        "5: replaces: « BTS-2026-B » : ne change plus : la session a des inscriptions"
    )
