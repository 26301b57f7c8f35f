import datetime
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from django.utils import timezone

from candidates.models import Entry, Speciality
from results import rules
from results.jury import deliberation
from results.marks.mark_file import mark
from results.models import Mark, PublishedResult, Verdict
from results.publication import release
from results.regulations import rulebook
from results_portal.tabular import CellError
from tests import factories
from tests.office_files import MARK, lines_of, plain, run, write_csv

pytestmark = pytest.mark.django_db

NEVER = datetime.datetime(2099, 7, 2, 10, tzinfo=datetime.UTC)


@pytest.fixture
def session_of_entry():
    return factories.session()


@pytest.fixture
def entry(session_of_entry):
    return factories.entry(
        "2612345678", session=session_of_entry, speciality=factories.regulation()
    )


@pytest.fixture
def load_marks(session_of_entry, entry, tmp_path):
    def load(*rows, arguments=(), **options):
        path = write_csv(tmp_path / "notes.csv", MARK, *rows, **options)
        return run("import_marks", path, "--session", session_of_entry.code, *arguments)

    return load


def counts(found):
    return found.report.removeprefix("Notes : ")


def marks():
    rows = Mark.objects.order_by("test__code", "round")
    return [(m.test.code, m.round, m.value, m.status, m.origin) for m in rows]


@pytest.mark.parametrize(
    ("row", "stored"),
    [
        ({"note": "12,5"}, (1, 1250, "", None)),
        ({"note": "12.05"}, (1, 1205, "", None)),
        ({"note": "0"}, (1, 0, "", None)),
        ({"note": "20,00"}, (1, 2000, "", None)),
        ({"note": "", "etat": "ABS"}, (1, None, "ABS", None)),
        ({"note": "", "etat": "FM"}, (1, None, "FM", None)),
        ({"note": "0", "etat": "FM"}, (1, None, "FM", None)),
        ({"note": "", "etat": "disp"}, (1, None, "DISP", None)),
        ({"etat": "BEN", "session_origine": "BTS-2024"}, (1, 1250, "BEN", 2024)),
        ({"etat": "BEN", "session_origine": "2021"}, (1, 1250, "BEN", 2021)),
        ({"numero": "26 1234 5678", "epreuve": "u1"}, (1, 1250, "", None)),
    ],
)
def test_a_mark_is_stored_in_hundredths_with_its_status_and_origin(load_marks, row, stored):
    assert counts(load_marks(row)) == "créations : 1 ; modifications : 0 ; sans changement : 0."
    assert marks() == [("U1", *stored)]


@pytest.fixture
def of_many_rules(entry):
    """The regulation of the entry: steps, a status that closes a test, reports from six, …"""
    regulation = rulebook.load(entry.speciality).regulation
    first, second, third, option = regulation.tests
    rulebook.store(
        replace(
            regulation,
            tests=(
                replace(first, step=Decimal("0.5")),
                replace(second, step=Decimal(1), rounding="up"),
                replace(third, parts=(_part("U31"), _part("U32")), step=Decimal("0.1")),
                replace(option, statuses=("APPRENTI",)),
            ),
            kept=rules.KeptRule(Decimal(11), report_from=Decimal(6), sessions=8),
        )
    )
    Entry.objects.update(units="U1 U2 U31")


def _part(code):
    return rules.PartRule(code, code, Decimal(1))


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"note": "12,5"}, ""),
        ({"note": "12,25"}, "note: « 12.25 » : une note va ici de 0,5 en 0,5"),
        ({"epreuve": "U2", "note": "12,25"}, ""),  # computed: it goes up to its step
        ({"epreuve": "U31", "note": "12,4"}, ""),
        ({"epreuve": "U31", "note": "12,45"}, "note: « 12.45 » : une note va ici de 0,1 en 0,1"),
        ({"etat": "BEN", "note": "12,25", "session_origine": "2025"}, ""),  # keeps its step
        ({"epreuve": "U32"}, "epreuve: « U32 » : cette unité n’est pas présentée à cette session"),
        ({"epreuve": "U32", "etat": "BEN", "session_origine": "2018"}, ""),
        (
            {"epreuve": "U32", "etat": "BEN", "session_origine": "2017"},
            "session_origine: « 2017 » : une note se conserve 8 sessions : de 2018 à 2025 ici",
        ),
        ({"epreuve": "U32", "etat": "REP", "note": "6", "session_origine": "2025"}, ""),
        ({"epreuve": "U32", "etat": "REP", "note": "10,99", "session_origine": "2025"}, ""),
        (
            {"epreuve": "U32", "etat": "REP", "note": "11", "session_origine": "2025"},
            "note: « 11.00 » : un report est une note inférieure à 11 (sinon BEN)",
        ),
        (
            {"epreuve": "U32", "etat": "BEN", "note": "10,99", "session_origine": "2025"},
            "note: « 10.99 » : un bénéfice est une note de 11 ou plus (sinon REP)",
        ),
        (
            {"epreuve": "U32", "etat": "REP", "note": "5,99", "session_origine": "2025"},
            "note: « 5.99 » : une note se reporte ici à partir de 6",
        ),
        (
            {"epreuve": "F1"},
            "epreuve: « F1 » : cette épreuve n’est pas ouverte au statut SCOLAIRE",
        ),
    ],
)
def test_a_mark_that_its_regulation_does_not_allow_is_located(
    load_marks, of_many_rules, row, error
):
    found = load_marks(row)
    assert found.errors[:1] == ([f"2: {error}"] if error else [])
    assert Mark.objects.count() == (not error)


def test_a_low_mark_is_carried_over_in_the_progressive_form_only(load_marks, entry):
    row = {"note": "8", "etat": "REP", "session_origine": "2025"}
    assert (
        load_marks(row).errors[0] == "2: etat: « REP » : un report suppose la forme progressive (P)"
    )
    entry.form = "P"
    entry.save()
    load_marks(row)
    assert marks() == [("U1", 1, 800, "REP", 2025)]


def test_a_withheld_entry_is_marked_like_any_other(load_marks, entry):
    entry.withheld = True
    entry.save()
    load_marks({})
    assert marks() == [("U1", 1, 1250, "", None)]


def test_the_last_two_columns_are_optional(load_marks, tmp_path, session_of_entry):
    short = {name: MARK[name] for name in ("numero", "epreuve", "note", "etat")}
    found = run(
        "import_marks", write_csv(tmp_path / "n.csv", short, {}), "--session", session_of_entry.code
    )
    assert found.errors == []
    assert marks() == [("U1", 1, 1250, "", None)]


def test_the_same_file_twice_changes_nothing_not_even_a_row_version(load_marks):
    load_marks({}, {"epreuve": "U2", "note": "", "etat": "ABS"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin, ctid::text FROM results_mark ORDER BY id")
        versions = cursor.fetchall()
    found = load_marks({"note": "12.50"}, {"epreuve": "U2", "note": "", "etat": "ABS"})
    assert counts(found) == "créations : 0 ; modifications : 0 ; sans changement : 2."
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin, ctid::text FROM results_mark ORDER BY id")
        assert cursor.fetchall() == versions


def test_a_dry_run_tells_and_writes_nothing(load_marks):
    load_marks({})
    found = load_marks({"note": "13"}, {"epreuve": "U2"}, arguments=["--dry-run"])
    assert found.report == (
        "À blanc, rien n’est enregistré. "
        "Notes : créations : 1 ; modifications : 1 ; sans changement : 0.\n"
        "  à créer, ligne 3\n"
        "  à modifier, ligne 2 (note)"
    )
    assert marks() == [("U1", 1, 1250, "", None)]


def test_a_workbook_gives_the_same_marks(load_marks, tmp_path, session_of_entry):
    workbook = openpyxl.Workbook()
    cells = list(lines_of(MARK, [{}]))
    cells[1][0], cells[1][2] = 2612345678, 12.5
    for line in cells:
        workbook.active.append(line)
    workbook.save(tmp_path / "notes.csv")  # whatever its name
    found = run("import_marks", tmp_path / "notes.csv", "--session", session_of_entry.code)
    assert found.errors == []
    assert marks() == [("U1", 1, 1250, "", None)]


EXPECTED = "note attendue : de 0 à 20, deux décimales au plus, comme 12,5"
REFUSED = [
    *(
        ({"note": note}, f"2: note: « {note} » : {EXPECTED}")
        for note in ("20.01", "-1", "1e1", "12,345", "12,5,", "douze", "12,", "٣", "120")
    ),
    (
        {"note": "=cmd()"},
        "2: note: « =cmd() » : une formule n’est pas acceptée : collez sa valeur à la place",
    ),
    ({"note": ""}, "2: note: il faut une note, ou l’état ABS, FM ou DISP"),
    ({"etat": "ABS"}, "2: note: « 12,50 » : pas de note avec l’état ABS"),
    ({"etat": "MALADE"}, "2: etat: « MALADE » : attendu : ABS, FM, DISP, BEN, REP"),
    ({"tour": "3"}, "2: tour: « 3 » : attendu : 1, 2"),
    (
        {"epreuve": "U9"},
        "2: epreuve: « U9 » : épreuve inconnue en MINI (connues : U1, U2, U3, F1)",
    ),
    ({"numero": "26Z"}, "2: numero: « 26Z » : numéro inconnu dans la session BTS-2026"),
    ({"etat": "BEN"}, "2: session_origine: une note conservée a une session d’origine"),
    (
        {"session_origine": "2024"},
        "2: session_origine: « 2024 » : "
        "seule une note conservée (BEN ou REP) a une session d’origine",
    ),
    (
        {"etat": "BEN", "session_origine": "2020"},
        "2: session_origine: « 2020 » : une note se conserve 5 sessions : de 2021 à 2025 ici",
    ),
    (
        {"etat": "BEN", "session_origine": "2026"},
        "2: session_origine: « 2026 » : une note conservée vient d’une session d’avant 2026",
    ),
    (
        {"etat": "BEN", "session_origine": "l’an dernier"},
        "2: session_origine: « l’an dernier » : session d’origine attendue : "
        "une année ou un code, comme 2024 ou BTS-2024",
    ),
    (
        {"etat": "BEN", "note": "9,99", "session_origine": "2024"},
        "2: note: « 9.99 » : un bénéfice est une note de 10 ou plus (sinon REP)",
    ),
    (
        {"etat": "REP", "note": "10", "session_origine": "2024"},
        "2: note: « 10.00 » : un report est une note inférieure à 10 (sinon BEN)",
    ),
    (
        {"etat": "BEN", "tour": "2", "session_origine": "2024"},
        "2: tour: « 2 » : une note conservée est du premier tour",
    ),
]


@pytest.mark.parametrize(("row", "error"), REFUSED)
def test_a_wrong_mark_is_refused_and_nothing_is_written(load_marks, row, error):
    found = load_marks(row, {"epreuve": "U2"})
    assert found.refused
    assert found.errors[0] == error
    assert found.errors[-1].endswith("Rien n’a été enregistré.")
    assert marks() == []


def test_a_number_of_another_session_is_said_to_be_so(load_marks):
    other = factories.session("BTS-2025", year=2025)
    factories.entry("25A", session=other, speciality=factories.regulation("OLD", from_session=2020))
    assert load_marks({"numero": "25A"}).errors[0] == (
        "2: numero: « 25A » : numéro de la session BTS-2025, inconnu dans BTS-2026"
    )


def test_a_number_whose_zeros_a_spreadsheet_lost_is_given_with_them(load_marks, session_of_entry):
    factories.entry("0026A", session=session_of_entry)
    assert load_marks({"numero": "26A"}).errors[0] == (
        "2: numero: « 26A » : numéro inconnu dans la session BTS-2026 : "
        "0026A si le tableur a perdu le zéro"
    )


def test_a_mark_twice_in_the_file_is_refused_with_both_lines(load_marks, called):
    found = load_marks({}, {"tour": "2"}, {"note": "13"})
    assert found.errors[0] == "4: epreuve: « U1 » : cette note est déjà à la ligne 2"


def test_an_unprotected_decimal_comma_between_commas_is_refused(
    load_marks, tmp_path, session_of_entry
):
    path = tmp_path / "notes.csv"
    path.write_text("numero,epreuve,note,etat\n2612345678,U1,12,5,\n")
    assert run("import_marks", path, "--session", session_of_entry.code).errors[0] == (
        "2: ligne: « 2612345678 » : 5 cellules au lieu de 4 : "
        "une valeur avec une virgule s’écrit entre guillemets"
    )


def test_a_huge_file_is_refused_unless_the_operator_allows_it(
    load_marks, tmp_path, session_of_entry
):
    path = tmp_path / "notes.csv"
    with path.open("wb") as stream:
        stream.truncate(500 * 1024 * 1024)
    found = run("import_marks", path, "--session", session_of_entry.code)
    assert found.errors[0] == (
        "1: fichier: fichier trop gros : 500 Mo, 400 Mo au plus (voir --max-size)"
    )
    write_csv(path, MARK, {})
    found = run("import_marks", path, "--session", session_of_entry.code, "--max-size", "0")
    assert "fichier trop gros" in found.errors[0]


def test_every_error_is_in_the_error_file_where_the_operator_wants_it(load_marks, tmp_path):
    wanted = tmp_path / "erreurs.csv"
    load_marks({"note": "21"}, {"numero": "26Z"}, arguments=["--errors", str(wanted)])
    written = plain(wanted.read_text(encoding="utf-8-sig")).splitlines()
    assert written == [
        "ligne;colonne;valeur;message",
        f"2;note;« 21 »;{EXPECTED}",
        "3;numero;« 26Z »;numéro inconnu dans la session BTS-2026",
    ]


# The second round -------------------------------------------------------------------------------


@pytest.fixture
def called(session_of_entry, entry):
    """The entry, called to the second round."""
    factories.give_marks(entry, factories.CONTROL)
    deliberation.deliberate(session_of_entry)
    return entry


def second_round_marks():
    return [mark for mark in marks() if mark[1] == 2]


def test_a_second_round_mark_is_stored_beside_that_of_the_first(load_marks, called):
    found = load_marks({"tour": "2"}, {"tour": "2", "epreuve": "U2", "note": "", "etat": "ABS"})
    assert counts(found) == "créations : 2 ; modifications : 0 ; sans changement : 0."
    assert second_round_marks() == [("U1", 2, 1250, "", None), ("U2", 2, None, "ABS", None)]


def test_a_second_round_mark_is_for_somebody_called_to_it(load_marks, session_of_entry, called):
    others = {
        "26ADMITTED": (factories.ADMITTED, "(au premier : admis)"),
        "26REFUSED": (factories.REFUSED, "(au premier : refusé)"),
    }
    for number, (taken, _words) in others.items():
        factories.entry(number, session=session_of_entry, marks=taken)
    deliberation.deliberate(session_of_entry)
    found = load_marks({"tour": "2"}, *({"numero": number, "tour": "2"} for number in others))
    assert found.errors[:-1] == [
        f"{line}: numero: « {number} » : ce candidat n’a pas été appelé au second tour {words}"
        for line, (number, (_taken, words)) in enumerate(others.items(), start=3)
    ]
    assert second_round_marks() == []


def test_a_second_round_mark_waits_for_the_deliberation_of_the_first(load_marks, entry):
    factories.give_marks(entry, factories.CONTROL)
    assert load_marks({"tour": "2"}).errors[0] == (
        "2: numero: « 2612345678 » : "
        "second tour, mais le premier n’a pas été délibéré pour ce candidat"
    )


def test_whoever_was_withheld_after_the_first_round_keeps_the_marks_of_the_second(
    load_marks, session_of_entry, entry
):
    factories.give_marks(entry, factories.CONTROL)
    type(entry).objects.update(withheld=True)
    deliberation.deliberate(session_of_entry)
    assert load_marks({"tour": "2"}).errors == []


def test_second_round_marks_that_are_known_already_are_fine_once_a_correction_has_admitted(
    load_marks, session_of_entry, called
):
    load_marks({"tour": "2"})
    called.marks.filter(test__code="U3").update(value=1900)
    deliberation.deliberate(session_of_entry)
    assert counts(load_marks({"tour": "2"})).endswith("sans changement : 1.")


def test_nobody_retakes_a_test_from_which_they_are_exempt(load_marks, session_of_entry, entry):
    factories.give_marks(entry, factories.CONTROL | {"U1": "DISP", "U3": "10"})
    deliberation.deliberate(session_of_entry)
    assert load_marks({"tour": "2"}).errors[0] == (
        "2: epreuve: « U1 » : le candidat est dispensé de cette épreuve"
    )


def test_one_test_of_each_list_is_retaken(load_marks, session_of_entry, entry):
    tests = [rules.TestRule(code, code, Decimal(1)) for code in ("U1", "U2", "U3", "U4")]
    rulebook.store(
        rules.ExamRules(
            exam="BTS",
            code="MINI",
            label="Deux listes",
            from_session=2026,
            pass_mark=Decimal(10),
            absence="zero",
            tests=tuple(tests),
            second_round=rules.SecondRound(Decimal(8), {}, 2, (("U1", "U2"), ("U3", "U4"))),
        )
    )
    factories.give_marks(entry, dict.fromkeys(("U1", "U2", "U3", "U4"), "9"))
    deliberation.deliberate(session_of_entry)
    found = load_marks(
        {"tour": "2"}, {"tour": "2", "epreuve": "U2"}, {"tour": "2", "epreuve": "U3"}
    )
    assert found.errors[:-1] == ["3: tour: « 2 » : au second tour, 1 épreuve au plus parmi U1, U2"]


def test_a_second_round_mark_is_for_an_open_test(load_marks, called):
    assert load_marks({"epreuve": "U3", "tour": "2"}).errors[0] == (
        "2: tour: « 2 » : pas de second tour dans cette épreuve (ouvertes : U1, U2)"
    )


def test_nobody_takes_more_second_round_tests_than_the_rules_say(
    load_marks, session_of_entry, entry
):
    general = [
        rules.TestRule(f"U{n}", f"Épreuve {n}", Decimal(1), group="general") for n in range(1, 4)
    ]
    rulebook.store(
        rules.ExamRules(
            exam="BTS",
            code="MINI",
            label="Trois",
            from_session=2026,
            pass_mark=Decimal(10),
            absence="zero",
            tests=tuple(general),
            second_round=rules.SecondRound(Decimal(8), {}, 2, "general"),
        )
    )
    factories.give_marks(entry, dict.fromkeys(("U1", "U2", "U3"), "9"))
    deliberation.deliberate(session_of_entry)
    load_marks({"tour": "2"})
    found = load_marks(
        {"tour": "2"}, {"tour": "2", "epreuve": "U2"}, {"tour": "2", "epreuve": "U3"}
    )
    assert found.errors[:-1] == [
        "4: tour: « 2 » : au second tour, 2 épreuves au plus parmi U1, U2, U3"
    ]


def test_there_is_no_second_round_where_the_rules_have_none(load_marks, session_of_entry):
    speciality = factories.regulation("SANS", second_round=False)
    factories.entry("26S", session=session_of_entry, speciality=speciality)
    assert load_marks({"numero": "26S", "tour": "2"}).errors[0] == (
        "2: tour: « 2 » : pas de second tour dans cette spécialité"
    )


# Tests with parts -------------------------------------------------------------------------------


@pytest.fixture
def with_parts(session_of_entry):
    parts = (rules.PartRule("U41", "Écrit", Decimal(1)), rules.PartRule("U42", "Oral", Decimal(1)))
    rulebook.store(
        rules.ExamRules(
            exam="BTS",
            code="PARTS",
            label="Avec parties",
            from_session=2026,
            pass_mark=Decimal(10),
            absence="zero",
            tests=(rules.TestRule("E4", "Épreuve", Decimal(2), parts=parts),),
        )
    )
    speciality = Speciality.objects.get(code="PARTS")
    return factories.entry("26P", session=session_of_entry, speciality=speciality)


def test_a_test_with_parts_is_marked_by_its_parts(load_marks, with_parts):
    assert load_marks({"numero": "26P", "epreuve": "E4"}).errors[0] == (
        "2: epreuve: « E4 » : cette épreuve est notée par ses parties (U41, U42)"
    )
    load_marks({"numero": "26P", "epreuve": "U41"}, {"numero": "26P", "epreuve": "U42"})
    assert [code for code, *_rest in marks()] == ["U41", "U42"]


def test_a_whole_test_has_a_status_or_its_parts_have_marks_never_both(load_marks, with_parts):
    whole = {"numero": "26P", "epreuve": "E4", "note": "", "etat": "ABS"}
    part = {"numero": "26P", "epreuve": "U41"}
    refusal = "epreuve: « U41 » : l’épreuve E4 a déjà un état pour l’ensemble de ses parties"
    assert load_marks(whole, part).errors[0] == f"3: {refusal}"
    load_marks(whole)
    assert load_marks(part).errors[0] == f"2: {refusal}"


def test_a_status_for_the_whole_is_refused_once_a_part_is_marked(load_marks, with_parts):
    load_marks({"numero": "26P", "epreuve": "U41"})
    found = load_marks({"numero": "26P", "epreuve": "E4", "note": "", "etat": "ABS"})
    assert found.errors[0] == (
        "2: epreuve: « E4 » : cette épreuve est notée par ses parties (U41, U42)"
    )


# Scheduled and published results ----------------------------------------------------------------


@pytest.fixture
def announce_marks(session_of_entry, entry):
    def announce(at):
        factories.give_marks(entry, factories.ADMITTED)
        deliberation.deliberate(session_of_entry)
        release.schedule(session_of_entry, at=at)

    return announce


def test_a_mark_changed_before_the_hour_is_in_the_result_that_waits(load_marks, announce_marks):
    announce_marks(NEVER)
    assert load_marks({"epreuve": "U3", "note": "1"}).errors == []
    assert PublishedResult.objects.get().verdict == Verdict.REFUSED


def test_a_published_mark_is_not_changed_by_an_import(load_marks, announce_marks):
    announce_marks(timezone.now())
    found = load_marks({"note": "12"}, {"epreuve": "U2", "note": "13"}, {"epreuve": "F1"})
    refusal = (
        "note: ce résultat est publié : corrigez-le par un fichier de corrections, avec un motif"
    )
    assert found.errors[:-1] == [f"3: {refusal}", f"4: {refusal}"]
    assert ("U2", 1, 1200, "", None) in marks()


def test_the_same_marks_again_are_fine_after_the_hour(load_marks, announce_marks):
    announce_marks(timezone.now())
    assert counts(load_marks({"note": "12"})).endswith("sans changement : 1.")


def test_second_round_marks_come_after_the_first_results_are_open(
    load_marks, session_of_entry, called
):
    release.schedule(session_of_entry)
    assert load_marks({"tour": "2", "note": "14"}).errors == []
    assert ("U1", 2, 1400, "", None) in marks()


def test_marks_on_hidden_rows_are_named(tmp_path):
    cases = Path(__file__).parents[2] / "cases"
    factories.academy("01")
    factories.regulation("MCO-2026")
    session = factories.session("CAS-2026")
    entries = shutil.copy(cases / "d02-inscriptions.csv", tmp_path)
    run("import_entries", entries, "--session", session.code)
    path = shutil.copy(cases / "d03-ligne-masquee.xlsx", tmp_path)
    found = run("import_marks", path, "--session", session.code)
    assert found.report == "Notes : créations : 3 ; modifications : 0 ; sans changement : 0."
    assert found.errors == [
        "3: ligne: avertissement : ligne masquée ou filtrée dans le classeur, lue comme les autres"
    ]


@pytest.mark.parametrize(
    ("cell", "hundredths"), [("12.500", 1250), ("8,250", 825), ("15.000", 1500)]
)
def test_the_three_decimals_of_an_export_are_read(cell, hundredths):
    assert mark(cell) == hundredths


def test_a_third_decimal_that_counts_is_refused():
    with pytest.raises(CellError, match="deux décimales au plus"):
        mark("12.505")


@pytest.mark.parametrize("state", ["ABS", "disp"])
def test_a_state_among_the_marks_is_sent_to_its_column(state):
    with pytest.raises(CellError, match=f"{state.upper()} dans la colonne etat"):
        mark(state)
