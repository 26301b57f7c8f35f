"""The import of entries, by its command, which passes in what the results have announced."""

import datetime
import shutil
from pathlib import Path

import openpyxl
import pytest
from django.db import IntegrityError, connection

from candidates.identification import access_codes
from candidates.identification.cookie import identify
from candidates.models import Candidate, Entry
from results.models import Test
from tests import factories
from tests.office_files import ENTRY, lines_of, run, write_csv

pytestmark = pytest.mark.django_db

CASES = Path(__file__).parents[2] / "cases"


def counts(found):
    return found.report.removeprefix("Inscriptions : ")


CREATED_ONE = "créations : 1 ; modifications : 0 ; sans changement : 0."
CHANGED_ONE = "créations : 0 ; modifications : 1 ; sans changement : 0."
LEFT_ALONE = "créations : 0 ; modifications : 0 ; sans changement : 1."


def test_a_row_becomes_a_candidate_and_an_entry(load_entries, empty_session):
    assert (
        counts(load_entries({"ine": "123456789AB", "nom_usage": "MARTIN", "forme": "P"}))
        == CREATED_ONE
    )
    entry = Entry.objects.get()
    assert (entry.session, entry.number, entry.speciality.code) == (
        empty_session,
        "2612345678",
        "MINI",
    )
    assert (entry.status, entry.form, entry.school_id) == ("SCOLAIRE", "P", "0750655E")
    assert (entry.web_consent, entry.withheld) == (True, False)
    person = entry.candidate
    assert (person.ine, person.birth_name, person.usage_name) == ("123456789AB", "DUPONT", "MARTIN")
    assert (person.birth_date, person.country) == (datetime.date(2004, 12, 31), "FRANCE")


def test_units_and_subjects_are_stored_one_way_however_they_are_typed(load_entries):
    typed = {"unites": "u1, U3  u1", "matieres": " u2 = Langue  des signes |F1=Chant"}
    assert counts(load_entries(typed)) == CREATED_ONE
    entry = Entry.objects.get()
    assert (entry.units, entry.subjects) == ("U1 U3", "U2=Langue des signes|F1=Chant")
    assert counts(load_entries(typed)) == LEFT_ALONE
    assert counts(load_entries({})) == CHANGED_ONE
    assert (Entry.objects.get().units, Entry.objects.get().subjects) == ("", "")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("0750655e ", "0750655E"), ("  Lycée   Hugo ", "Lycée Hugo"), ("", "")],
)
def test_a_centre_is_a_uai_or_a_name(load_entries, typed, stored):
    assert counts(load_entries({"centre": typed})) == CREATED_ONE
    assert Entry.objects.get().centre == stored
    assert counts(load_entries({"centre": typed})) == LEFT_ALONE


def test_a_centre_with_a_false_letter_or_too_long_is_refused(load_entries):
    found = load_entries({"centre": "0750655A"}, {"numero": "26B", "centre": "x" * 121})
    assert [error.split(" : ")[0] for error in found.errors[:-1]] == [
        "2: centre: « 0750655A »",
        f"3: centre: « {'x' * 39}… »",
    ]
    assert found.refused


def test_the_same_file_twice_changes_nothing_not_even_a_row_version(load_entries):
    load_entries({"ine": "123456789AB"}, {"numero": "26B", "nom": "Œuvré"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin, ctid::text FROM candidates_entry ORDER BY id")
        versions = cursor.fetchall()
    found = load_entries({"ine": "123456789AB"}, {"numero": "26B", "nom": "Œuvré"})
    assert counts(found) == "créations : 0 ; modifications : 0 ; sans changement : 2."
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin, ctid::text FROM candidates_entry ORDER BY id")
        assert cursor.fetchall() == versions


def test_a_dry_run_names_the_columns_that_would_change_and_writes_nothing(load_entries):
    load_entries({})
    found = load_entries(
        {"ville": "PARIS 11", "statut": "APPRENTI"}, {"numero": "26B"}, arguments=["--dry-run"]
    )
    assert found.report == (
        "À blanc, rien n’est enregistré. "
        "Inscriptions : créations : 1 ; modifications : 1 ; sans changement : 0.\n"
        "  à créer, ligne 3\n"
        "  à modifier, ligne 2 (statut, ville)"
    )
    assert Entry.objects.count() == Candidate.objects.count() == 1
    assert Candidate.objects.get().city == "PARIS"


def test_a_windows_file_with_commas_and_a_workbook_load_alike(
    load_entries, tmp_path, empty_session
):
    row = {"nom": "Œuvré", "prenoms": "Zoé, Anne"}
    quoted = {"prenoms": '"Zoé, Anne"', "nom": "Œuvré"}
    load_entries(quoted, delimiter=",", encoding="cp1252")
    assert Candidate.objects.get().given_names == "Zoé, Anne"
    workbook = openpyxl.Workbook()
    cells = list(lines_of(ENTRY, [row]))
    cells[1][0], cells[1][5] = 2612345678, datetime.datetime(2004, 12, 31)
    for line in cells:
        workbook.active.append(line)
    workbook.save(tmp_path / "inscriptions.xlsx")
    found = run("import_entries", tmp_path / "inscriptions.xlsx", "--session", empty_session.code)
    assert counts(found) == LEFT_ALONE


def test_columns_that_the_file_has_not_are_left_as_they_are(load_entries, tmp_path, empty_session):
    load_entries({"nom_usage": "MARTIN", "ine": "123456789AB", "publication_web": "O"})
    kept = {
        name: value
        for name, value in ENTRY.items()
        if name not in {"nom_usage", "ine", "publication_web", "lieu_affichage", "code_acces"}
    }
    path = write_csv(tmp_path / "moins.csv", kept, {})
    assert counts(run("import_entries", path, "--session", empty_session.code)) == LEFT_ALONE
    assert Candidate.objects.get().usage_name == "MARTIN"


def test_an_import_withholds_on_o_and_lifts_only_on_n(load_entries):
    load_entries({"suspendu": "O"})
    assert Entry.objects.get().withheld
    load_entries({"suspendu": ""})
    assert Entry.objects.get().withheld
    load_entries({"suspendu": "N"})
    assert not Entry.objects.get().withheld


def test_no_answer_to_publication_is_no(load_entries):
    load_entries({"publication_web": ""})
    assert not Entry.objects.get().web_consent


REFUSED = [
    ({"numero": ""}, "2: numero: le numéro de candidat est obligatoire"),
    (
        {"date_naissance": "31/02/2004"},
        "2: date_naissance: « 31/02/2004 » : cette date n’existe pas (JJ/MM/AAAA)",
    ),
    (
        {"nom": "=cmd()"},
        "2: nom: « =cmd() » : une formule n’est pas acceptée : collez sa valeur à la place",
    ),
    ({"specialite": "SIO"}, "2: specialite: « SIO » : spécialité inconnue : importez d’abord son "
     "règlement (connues : MINI)"),
    (
        {"etablissement": "0750654D"},
        "2: etablissement: « 0750654D » : établissement inconnu : "
        "importez d’abord les établissements",
    ),
    (
        {"etablissement": "0750655F"},
        "2: etablissement: « 0750655F » : la lettre de contrôle d’un UAI est fausse : "
        "0750655 finit par E",
    ),
    ({"academie": "98"}, "2: academie: « 98 » : académie inconnue"),
    (
        {"statut": "LYCEEN"},
        "2: statut: « LYCEEN » : attendu : "
        "SCOLAIRE, APPRENTI, FORMATION_CONTINUE, INDIVIDUEL, DISTANCE",
    ),
    ({"publication_web": "X"}, "2: publication_web: « X » : O ou N attendu"),
    ({"forme": "X"}, "2: forme: « X » : attendu : G, P"),
    ({"unites": "U1 U9"}, "2: unites: « U9 » : épreuve inconnue (connues : U1, U2, U3, F1)"),
    ({"unites": "U1+U2"}, "2: unites: « U1+U2 » : code d’épreuve attendu, comme U4"),
    (
        {"matieres": "U2=Anglais|LVB=Espagnol"},
        "2: matieres: « LVB » : épreuve inconnue (connues : U1, U2, U3, F1)",
    ),
    (
        {"matieres": "U2"},
        "2: matieres: « U2 » : attendu : CODE=matière, séparés par |, comme LVA=Anglais",
    ),
    ({"matieres": "U2=Anglais|u2=Latin"}, "2: matieres: « U2=Anglais|u2=Latin » : U2 a deux "
     "matières"),
    (
        {"code_acces": "abc"},
        "2: code_acces: « abc » : code d’accès attendu : au moins 8 caractères, des lettres et des "
        "chiffres",
    ),
    (
        {"adresse1": "x" * 39},
        f"2: adresse1: « {'x' * 39} » : ligne d’adresse de 39 caractères, 38 au plus "
        "(norme postale)",
    ),
    (
        {"code_postal": "1000"},
        "2: code_postal: « 1000 » : cinq chiffres attendus : 01000 si le tableur a perdu le zéro "
        "; hors de France, indiquez le pays",
    ),
    ({"courriel": "lea@"}, "2: courriel: « lea@ » : adresse de courriel attendue, comme "
     "prenom.nom@exemple.fr"),
    ({"ine": "123"}, "2: ine: « 123 » : INE attendu : 11 caractères, comme 123456789AB ou "
     "1234567890A"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "error"), REFUSED)
def test_a_wrong_cell_is_refused_and_nothing_is_written(load_entries, row, error):
    found = load_entries(row, {"numero": "26B"})
    assert found.refused
    assert found.errors[0] == error
    assert found.errors[-1].endswith("Rien n’a été enregistré.")
    assert not Entry.objects.exists()
    assert not Candidate.objects.exists()


def test_a_subject_is_one_of_those_that_its_test_offers(load_entries):
    Test.objects.filter(code="U2").update(subjects=["Anglais", "Langue des signes"])
    found = load_entries({"matieres": "F1=Chant|U2=Latin"})
    assert found.errors[0] == (
        "2: matieres: « U2=Latin » : matière que l’épreuve ne propose pas "
        "(proposées : Anglais, Langue des signes)"
    )
    assert not Entry.objects.exists()
    assert counts(load_entries({"matieres": "F1=Chant|U2=Langue  des signes"})) == CREATED_ONE


def test_what_the_cells_and_the_database_refuse_is_said_together(load_entries):
    found = load_entries({"nom": ""}, {"numero": "26B", "specialite": "X1"}, {"numero": "26B"})
    assert found.errors[:-1] == [
        "2: nom: cette valeur est obligatoire",
        "3: specialite: « X1 » : spécialité inconnue : importez d’abord son règlement "
        "(connues : MINI)",
        "4: numero: « 26B » : ce numéro est déjà à la ligne 3",
    ]


def test_half_a_file_is_refused(load_entries, tmp_path, empty_session):
    load_entries({}, {"numero": "26B"})
    path = tmp_path / "inscriptions.csv"
    path.write_bytes(path.read_bytes()[:-40])
    found = run("import_entries", path, "--session", empty_session.code)
    assert found.refused
    assert found.errors[0].startswith("3: ligne: ")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "1: fichier: fichier vide"),
        (b"numero;nom\n26A;A\0B\n", "2: fichier: octet nul : fichier abîmé ou binaire"),
        (
            ",".join(ENTRY).replace(",", "|").encode() + b"\n26A|\n",
            "1: en-tête: ",
        ),
        (b"%PDF-1.7", "1: fichier: c’est un PDF : CSV ou .xlsx attendu"),
    ],
)
def test_a_file_that_is_no_entries_file_is_refused(empty_session, tmp_path, content, error):
    (tmp_path / "x.csv").write_bytes(content)
    found = run("import_entries", tmp_path / "x.csv", "--session", empty_session.code)
    assert found.refused
    assert found.errors[0].startswith(error)


def test_an_unknown_session_is_refused_with_those_that_are_known(empty_session, tmp_path):
    path = write_csv(tmp_path / "x.csv", ENTRY, {})
    found = run("import_entries", path, "--session", "BTS-1999")
    assert found.errors == ["session inconnue : « BTS-1999 ». Sessions connues : BTS-2026."]


def test_a_regulation_of_another_exam_or_of_later_sessions_is_refused(load_entries):
    factories.regulation("BAC-G", exam="BAC")
    factories.regulation("MINI-2027", from_session=2027)
    found = load_entries({"specialite": "BAC-G"}, {"numero": "26B", "specialite": "MINI-2027"})
    assert found.errors[:2] == [
        "2: specialite: « BAC-G » : spécialité de l’examen BAC, session de BTS",
        "3: specialite: « MINI-2027 » : ce règlement ne vaut qu’à partir de la session 2027",
    ]


# One person -------------------------------------------------------------------------------------


def test_a_person_known_by_ine_is_the_same_in_a_later_session(load_entries, tmp_path):
    load_entries({"ine": "123456789AB"})
    later = factories.session("BTS-2027", year=2027)
    path = write_csv(tmp_path / "2027.csv", ENTRY, {"ine": "123456789AB", "ville": "LYON"})
    assert counts(run("import_entries", path, "--session", later.code)) == CREATED_ONE
    person = Candidate.objects.get()
    assert person.entries.count() == 2
    assert person.city == "LYON"


def test_an_ine_known_with_another_birth_date_is_refused(load_entries, tmp_path):
    load_entries({"ine": "123456789AB"})
    later = factories.session("BTS-2027", year=2027)
    row = {"ine": "123456789AB", "date_naissance": "01/01/2005"}
    found = run(
        "import_entries", write_csv(tmp_path / "2027.csv", ENTRY, row), "--session", later.code
    )
    assert found.errors[0] == (
        "2: date_naissance: « 2005-01-01 » : "
        "cet INE est déjà connu avec une autre date de naissance"
    )


def test_two_rows_of_one_person_are_one_candidate_and_the_last_one_counts(load_entries):
    factories.regulation("MAXI")
    rows = [
        {"ine": "123456789AB"},
        {"ine": "123456789AB", "numero": "26B", "specialite": "MAXI", "ville": "LYON"},
    ]
    load_entries(*rows)
    assert Candidate.objects.get().city == "LYON"
    assert counts(load_entries(*rows)) == "créations : 0 ; modifications : 0 ; sans changement : 2."


def test_two_rows_with_one_ine_and_two_names_are_refused(load_entries):
    found = load_entries(
        {"ine": "123456789AB"}, {"ine": "123456789AB", "numero": "26B", "nom": "MARTIN"}
    )
    assert found.errors[0] == (
        "3: ine: « 123456789AB » : même INE qu’à la ligne 2, "
        "mais autre nom, prénom ou date de naissance"
    )


def test_without_an_ine_each_entry_is_a_candidate(load_entries):
    load_entries({}, {"numero": "26B"})
    assert Candidate.objects.count() == 2


def test_an_entry_keeps_its_candidate_and_gains_an_ine(load_entries):
    load_entries({})
    person = Candidate.objects.get()
    assert counts(load_entries({"ine": "123456789AB", "nom": "DUPOND"})) == CHANGED_ONE
    person.refresh_from_db()
    assert (person.ine, person.birth_name) == ("123456789AB", "DUPOND")


def test_an_entry_cannot_take_the_ine_of_somebody_else(load_entries):
    load_entries({"ine": "123456789AB"}, {"numero": "26B", "nom": "MARTIN"})
    found = load_entries({"numero": "26B", "nom": "MARTIN", "ine": "123456789AB"})
    assert found.errors[0] == "2: ine: « 123456789AB » : cet INE est celui d’un autre candidat"


def test_two_candidates_cannot_be_given_one_ine(load_entries):
    load_entries({}, {"numero": "26B"})
    found = load_entries({"ine": "123456789AB"}, {"numero": "26B", "ine": "123456789AB"})
    assert found.errors[0] == (
        "2: ine: « 123456789AB » : cet INE est donné à deux candidats différents"
    )


def test_a_number_that_is_somebody_elses_is_refused(load_entries):
    load_entries({})
    found = load_entries({"nom": "MARTIN", "date_naissance": "01/01/2005"})
    assert found.errors[0] == (
        "2: numero: « 2612345678 » : "
        "ce numéro est déjà celui d’une autre personne dans cette session"
    )
    assert Candidate.objects.get().birth_name == "DUPONT"


def test_a_number_whose_zeros_a_spreadsheet_lost_is_nobody_new(load_entries):
    load_entries({"numero": "0026A"})
    assert load_entries({"numero": "26A"}).errors[0] == (
        "2: numero: « 26A » : numéro inconnu : 0026A, même date de naissance, "
        "si le tableur a perdu le zéro"
    )
    assert not load_entries({"numero": "26A", "date_naissance": "01/01/2005"}).refused


def test_letters_that_a_sheet_may_not_print_are_named_in_a_warning(load_entries):
    found = load_entries(
        {"nom": "王小明", "adresse1": "1 RUE 🎓"}, {"numero": "2", "nom": "NGUYỄN"}
    )
    assert found.errors == [
        "2: nom: avertissement : hors de l’alphabet latin : 王 小 明 ; à vérifier sur les papiers",
        "2: adresse1: avertissement : hors de l’alphabet latin : 🎓 ; à vérifier sur les papiers",
    ]
    assert counts(found).startswith("créations : 2 ;")


# Access codes -----------------------------------------------------------------------------------


def identified(code, born=datetime.date(2004, 12, 31)):
    visit = identify(number="2612345678", birth_date=born, access_code=code, block="")
    return visit and visit.entry_id


def test_an_empty_code_is_generated_once_and_can_be_exported(load_entries, empty_session, tmp_path):
    load_entries({})
    load_entries({})
    code = access_codes.generate(empty_session.code, "2612345678")
    assert identified(code) == Entry.objects.get().pk
    path = tmp_path / "codes.csv"
    found = run("export_access_codes", empty_session.code, "--to", str(path))
    assert found.errors == []
    assert path.read_text().splitlines() == [
        "numero;nom;prenoms;date_naissance;code_acces",
        f"2612345678;DUPONT;Léa Marie;31/12/2004;{access_codes.spell(code)}",
    ]
    assert path.stat().st_mode & 0o077 == 0


def test_a_code_of_the_office_is_kept_though_a_later_file_leaves_it_empty(
    load_entries, empty_session
):
    assert counts(load_entries({"code_acces": "ABCD-1234-efgh"})) == CREATED_ONE
    assert counts(load_entries({"code_acces": "abcd1234efgh"})) == LEFT_ALONE
    assert counts(load_entries({})) == LEFT_ALONE
    assert identified("abcd1234efgh") == Entry.objects.get().pk
    found = run("export_access_codes", empty_session.code)
    assert found.report.splitlines()[1] == "2612345678;DUPONT;Léa Marie;31/12/2004;"
    assert found.errors == [
        "1 code vient de l’office : seul l’office le connaît, il est laissé vide."
    ]


def test_a_new_code_replaces_the_old_one(load_entries):
    load_entries({"code_acces": "ABCD1234"})
    assert load_entries({"code_acces": "WXYZ5678"}, arguments=["--dry-run"]).report.endswith(
        "(code_acces)"
    )
    load_entries({"code_acces": "WXYZ5678"})
    assert identified("ABCD1234") is None
    assert identified("WXYZ5678") == Entry.objects.get().pk


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("AB2612345679", "contient le numéro du candidat"),
        ("AB31122004", "contient la date de naissance"),
        ("31-12-04-AB", "contient la date de naissance"),
        ("DUPONT77", "contient un nom du candidat"),
        ("marie777", "contient un nom du candidat"),
    ],
)
def test_a_code_made_of_what_others_know_is_refused_where_it_stands(load_entries, code, said):
    refused = load_entries({}, {"numero": "2612345679", "code_acces": code})
    assert refused.errors[0].endswith(f"3: code_acces: le code d’accès {said}")
    assert not Entry.objects.exists()


def test_two_candidates_never_have_the_same_code(load_entries):
    refused = load_entries(
        {"code_acces": "WXYZ5678"},
        {"numero": "2", "code_acces": "ABCD1234"},
        {"numero": "3", "code_acces": "wxyz-5678"},
    )
    assert refused.errors[0].endswith("4: code_acces: ce code d’accès est déjà à la ligne 2")
    assert not Entry.objects.exists()


def test_nor_by_two_files_unless_the_first_gives_it_up(load_entries):
    load_entries({"code_acces": "WXYZ5678"})
    another = {"numero": "2", "code_acces": "WXYZ5678"}
    refused = load_entries(another)
    assert refused.errors[0].endswith(
        "2: code_acces: ce code d’accès est déjà celui d’un autre candidat de la session"
    )
    assert counts(load_entries({"code_acces": "ABCD1234"}, another)) == (
        "créations : 1 ; modifications : 1 ; sans changement : 0."
    )
    swapped = load_entries({"code_acces": "WXYZ5678"}, {"numero": "2", "code_acces": "ABCD1234"})
    assert counts(swapped) == "créations : 0 ; modifications : 2 ; sans changement : 0."
    assert identified("WXYZ5678") == Entry.objects.get(number="2612345678").pk


def test_the_database_too_refuses_a_code_that_serves_twice(load_entries):
    load_entries({"code_acces": "WXYZ5678"}, {"numero": "2", "code_acces": "ABCD1234"})
    code = Entry.objects.get(number="2").office_code
    with pytest.raises(IntegrityError):
        Entry.objects.filter(number="2612345678").update(office_code=code)


def test_a_corrected_birth_date_identifies_in_every_session(load_entries, tmp_path):
    load_entries({"ine": "123456789AB", "code_acces": "ABCD1234"})
    later = factories.session("BTS-2027", year=2027)
    row = {"ine": "123456789AB", "numero": "27A"}
    run("import_entries", write_csv(tmp_path / "2027.csv", ENTRY, row), "--session", later.code)
    load_entries({"ine": "123456789AB", "date_naissance": "30/12/2004"})
    born = datetime.date(2004, 12, 30)
    assert identified("ABCD1234") is None
    assert identified("ABCD1234", born) == Entry.objects.get(number="2612345678").pk
    code = access_codes.generate("BTS-2027", "27A")
    found = identify(number="27A", birth_date=born, access_code=code, block="")
    assert found.entry_id == Entry.objects.get(number="27A").pk


@pytest.fixture
def load_case(tmp_path):
    """Import a file of entries such as came from outside, from a copy of it."""
    factories.academy("01")
    factories.regulation("MCO-2026")
    session = factories.session("CAS-2026")

    def load(name):
        path = shutil.copy(CASES / name, tmp_path)
        return run("import_entries", path, "--session", session.code)

    return load


def test_the_names_of_a_file_of_the_ministry_keep_their_letters(load_case):
    found = load_case("d01-latin9.csv")
    assert found.errors == ["2: fichier: avertissement : lu en ISO-8859-15 : « LEBŒUF »"]
    people = Candidate.objects.order_by("entries__number")
    assert list(people.values_list("birth_name", "given_names")) == [
        ("LEBŒUF", "Cœlia"),
        ("DE L'HAŸ", "Maëlys"),
        ("ŠIMIC", "Žana"),
        ("MARTIN", "Zoé"),
    ]


def test_each_trace_of_a_lost_letter_is_refused_and_located(load_case):
    found = load_case("d06-entites-et-points-d-interrogation.csv")
    assert found.refused
    assert [error.partition(" : ")[0] for error in found.errors[:-1]] == [
        "2: nom: « D&#039;ANGELO »",
        "2: prenoms: « L&eacute;a »",
        "3: nom: « LEB?UF »",
        "3: prenoms: « Ren? »",
        "4: nom: « D\\'ORNANO »",
    ]
    assert not Candidate.objects.exists()


def test_france_is_france_however_an_export_writes_it(load_case):
    found = load_case("d05-pays.csv")
    assert [error.partition(" : ")[0] for error in found.errors[:-1]] == [
        "5: code_postal: « 1000 »"
    ]
    assert "01000 si le tableur a perdu le zéro" in found.errors[0]


def test_each_form_of_ine_is_taken(load_case):
    load_case("d10-ine.csv")
    assert set(Candidate.objects.values_list("ine", flat=True)) == {
        *("0EX8P00L1Z5", "2ABCDEFGHI7", "1234567890A", "123456789AB")
    }


def test_a_strict_open_xml_workbook_is_refused_with_what_to_save_it_as(load_case):
    found = load_case("d04-open-xml-strict.xlsx")
    assert found.refused
    assert found.errors[0] == (
        "1: fichier: classeur « Open XML Strict » : "
        "enregistrez-le en « Classeur Excel (.xlsx) » ou en CSV"
    )


def test_a_town_longer_than_the_line_of_an_envelope_is_kept_whole(load_entries):
    town = "SAINT REMY EN BOUZEMONT SAINT GENEST ET ISSON"
    found = load_entries({"ville": town, "code_postal": "51290", "adresse2": "- Bât. B"})
    assert counts(found) == CREATED_ONE
    person = Candidate.objects.get()
    assert (person.city, person.address2) == (town, "- Bât. B")
