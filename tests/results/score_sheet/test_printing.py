import csv
import shutil
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from results.document.verification_code import groups
from results.publication import release
from results.score_sheet.printing import Printed, open_score_sheets, print_score_sheets, to_print
from tests import factories
from tests.office_files import run
from tests.results import documents
from tests.results.pages import texts


def person(number, *, address=None, **candidate):
    document = documents.document(candidate={"number": number, **candidate})
    return Printed(number, document, UUID(int=int(number)), address)


def index(directory):
    with (directory / "index.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.mark.long
def test_sheets_are_joined_in_order_with_an_index_of_who_is_where(tmp_path):
    abroad = ["3 RUE NEUVE", "1000 BRUXELLES", "BELGIQUE"]
    given = [person("2600000001"), person("2600000002", usage_name="Noé", address=abroad)]
    report = print_score_sheets(given, tmp_path, processes=1)
    pages = texts((tmp_path / "releves-0001.pdf").read_bytes())
    assert report.documents == 2
    assert [number in page for page in pages for number in ("2600000001", "2600000002")] == [
        *(True, False) * 2,
        *(False, True) * 2,
    ]
    assert "3 RUE NEUVE 1000 BRUXELLES BELGIQUE" in pages[2]
    assert [
        (row["page"], row["numero"], row["nom"], row["code_postal"]) for row in index(tmp_path)
    ] == [
        ("1", "2600000001", "DUPONT Léa Marie", "75011"),
        ("3", "2600000002", "NOÉ Léa Marie", ""),
    ]


@pytest.mark.long
def test_sheets_whose_letters_the_fonts_may_lack_are_named(tmp_path):
    given = [
        person("2600000001"),
        person("2600000002", birth_name="王"),
        person("3", usage_name="TEʻURA"),
    ]
    assert print_score_sheets(given, tmp_path, processes=1).to_check == ["2600000002"]


def test_a_withheld_result_is_in_no_file_and_not_in_the_index(tmp_path):
    withheld = Printed("2699999999", documents.withheld(), UUID(int=1))
    report = print_score_sheets([withheld, person("2600000001")], tmp_path, processes=1)
    assert report.documents == 1
    assert [row["numero"] for row in index(tmp_path)] == ["2600000001"]


def numbers(session, *families):
    entries = session.entries.filter(candidate__birth_name__in=families)
    return [entry.number for entry in entries.order_by("candidate__birth_name")]


@pytest.mark.django_db
def test_only_open_results_have_a_sheet_and_withheld_ones_never(deliberated_session):
    release.schedule(deliberated_session, at=timezone.now() + timedelta(hours=2))
    assert not open_score_sheets(deliberated_session).exists()
    release.schedule(deliberated_session)
    names = [sheet.number for sheet in to_print(open_score_sheets(deliberated_session))]
    everyone = numbers(deliberated_session, "ALBERT", "BERNARD", "CARON", "DENIS", "FAURE")
    assert sorted(names) == sorted(everyone)


@pytest.mark.django_db
def test_sheets_are_in_postcode_order_and_go_to_the_address_of_today(deliberated_session):
    release.schedule(deliberated_session)
    moved = deliberated_session.entries.get(candidate__birth_name="FAURE").candidate
    moved.address1, moved.postcode, moved.city = "8 RUE NEUVE", "01000", "BOURG EN BRESSE"
    moved.save()
    first, *_, last = to_print(open_score_sheets(deliberated_session))
    assert first.number == numbers(deliberated_session, "FAURE")[0]
    assert first.address == ["8 RUE NEUVE", "01000 BOURG EN BRESSE"]
    assert last.number == numbers(deliberated_session, "DENIS")[0]


@pytest.mark.django_db
def test_each_printed_sheet_carries_the_code_of_its_own_result(deliberated_session, tmp_path):
    release.schedule(deliberated_session)
    results = open_score_sheets(deliberated_session)
    print_score_sheets(to_print(results), tmp_path, processes=1)
    fronts = texts((tmp_path / "releves-0001.pdf").read_bytes())[::2]
    codes = ["-".join(groups(result.verification_code)[:4]) for result in results]
    assert [code in page for code, page in zip(codes, fronts, strict=True)] == [True] * 5


@pytest.mark.django_db
def test_the_command_prints_the_sheets_asked_for(deliberated_session, tmp_path, capsys):
    release.schedule(deliberated_session)
    wanted = numbers(deliberated_session, "ALBERT", "CARON")
    for _ in range(2):
        call_command(
            "print_score_sheets",
            deliberated_session.code,
            to=str(tmp_path),
            entries=wanted,
            processes=1,
        )
    assert [row["numero"] for row in index(tmp_path)] == wanted
    assert capsys.readouterr().out.splitlines() == [
        "Relevés : 2. Fichiers : 1 écrits, 0 inchangés, 0 retirés.",
        "Relevés : 2. Fichiers : 0 écrits, 1 inchangés, 0 retirés.",
    ]


@pytest.mark.django_db
def test_the_command_refuses_every_number_that_has_no_sheet_and_prints_none(
    deliberated_session, tmp_path
):
    release.schedule(deliberated_session)
    wanted = [*numbers(deliberated_session, "ALBERT", "EVRARD"), "0000000000"]
    with pytest.raises(CommandError) as refusal:
        call_command(
            "print_score_sheets", deliberated_session.code, to=str(tmp_path), entries=wanted
        )
    lines = str(refusal.value).splitlines()
    assert [line.split()[0] for line in lines] == [
        *numbers(deliberated_session, "EVRARD"),
        "0000000000",
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_the_command_prints_nothing_before_the_hour(deliberated_session, tmp_path):
    release.schedule(deliberated_session, at=timezone.now() + timedelta(hours=2))
    with pytest.raises(CommandError, match="aucun résultat n’est publié"):
        call_command("print_score_sheets", deliberated_session.code, to=str(tmp_path))


@pytest.mark.django_db
def test_sheets_without_address_are_counted_named_and_in_a_file_of_their_own(tmp_path, capsys):
    factories.academy("01")
    run("import_regulation", "results/regulations/bts-mco-2026.toml")
    session = factories.session("CAS-2026")
    for command, name in [
        ("import_entries", "d11-sans-adresse.csv"),
        ("import_marks", "d11-notes.csv"),
    ]:
        path = shutil.copy(Path(__file__).parents[2] / "cases" / name, tmp_path)
        assert not run(command, path, "--session", session.code).errors
    call_command("deliberate", session.code)
    release.schedule(session)
    capsys.readouterr()
    call_command("print_score_sheets", session.code, to=str(tmp_path / "sheets"), processes=1)
    assert capsys.readouterr().out == (
        "Relevés : 2. Fichiers : 2 écrits, 0 inchangés, 0 retirés. "
        "Sans adresse, à part : 1 (9900000000).\n"
    )
    assert [(row["fichier"], row["numero"]) for row in index(tmp_path / "sheets")] == [
        ("releves-0001.pdf", "9900000001"),
        ("releves-sans-adresse-0001.pdf", "9900000000"),
    ]
