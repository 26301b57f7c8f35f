"""Files imported in the browser: checked, shown, confirmed; and every way in which they are not."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from candidates.file_imports import tasks
from candidates.jobs import running
from candidates.models import Entry, FileImport, Job, School
from results.jury.deliberation import deliberate
from results.models import Mark
from results.publication import release
from tests.candidates.file_imports.sending import (
    confirm,
    csv_of,
    entered,
    imported,
    page,
    send,
    sent,
)
from tests.jobs import work
from tests.office_files import ENTRY, MARK
from tests.staff import client_of, member, messages_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]

State = FileImport.State


@pytest.fixture
def session(empty_session):
    return empty_session


def test_a_file_of_entries_is_checked_shown_and_imported(session):
    row = sent(session, "entries", csv_of(ENTRY, {}))
    assert (row.state, row.created, row.changed) == (State.READY, 1, 0)
    assert not Entry.objects.exists()
    assert "Rien n’est encore enregistré." in text_of(page(row))
    confirm(row)
    assert row.state == State.DONE
    assert Entry.objects.get().number == ENTRY["numero"]
    assert "Importé le" in text_of(page(row))


def test_the_file_itself_is_kept_apart_and_goes_when_it_has_served(
    session, django_capture_on_commit_callbacks
):
    row = sent(session, "entries", csv_of(ENTRY, {}))
    name = row.file.name
    assert default_storage.exists(name)
    assert "fichier" not in name
    with django_capture_on_commit_callbacks(execute=True):
        confirm(row)
    assert not default_storage.exists(name)
    assert row.sha256 in text_of(page(row))


def test_a_mark_that_changes_stands_out_with_the_decision_of_today(session):
    entered(session)
    imported(session, "marks", csv_of(MARK, {}, {"epreuve": "U2"}, {"epreuve": "U3"}))
    deliberate(session)
    row = sent(session, "marks", csv_of(MARK, {"note": "3"}, {"epreuve": "U2"}))
    assert (row.created, row.changed, row.unchanged) == (0, 1, 1)
    text = text_of(page(row))
    assert "U1 : 12,50 → 3,00 ; décision actuelle : admis" in text
    assert "1 candidat dont une note change est déjà délibéré : délibérez de nouveau." in text
    confirm(row)
    assert Mark.objects.get(test__code="U1").value == 300


def test_thirty_errors_are_located_and_all_in_a_file_then_the_corrected_one_is_imported(session):
    entered(session)
    wrong = [{"epreuve": f"X{number}", "note": "21"} for number in range(130)]
    row = sent(session, "marks", csv_of(MARK, *wrong), name="notes.csv")
    assert (row.state, row.errors) == (State.REFUSED, 130)
    text = text_of(page(row))
    assert "130 erreurs : rien n’est enregistré." in text
    assert "« 21 »" in text
    assert "Les 100 premières erreurs, sur 130." in text
    answer = client_of("operator").get(reverse("admin:candidates_job_file", args=[row.job_id]))
    assert b"".join(answer.streaming_content).count(b"\r\n") == 131
    assert 'filename="notes.csv.erreurs.csv"' in answer["Content-Disposition"]
    confirm(sent(session, "marks", csv_of(MARK, {})))
    assert Mark.objects.count() == 1


def test_one_error_is_told_in_the_singular(session):
    row = sent(session, "entries", csv_of(ENTRY, {"specialite": "AUCUNE"}))
    for address in (
        page(row),
        client_of("operator").get(f"/gestion/candidates/job/{row.job_id}/change/"),
    ):
        text = text_of(address)
        assert "1 erreur" in text
        assert "1 erreurs" not in text


def test_the_same_file_twice_changes_nothing_and_says_so(session):
    entered(session)
    row = sent(session, "entries", csv_of(ENTRY, {}))
    assert row.state == State.UNCHANGED
    text = text_of(page(row))
    assert "Tout ce que dit ce fichier est déjà enregistré : rien ne change." in text
    assert "Ce même fichier a déjà été importé le" in text


def test_what_changes_between_check_and_confirmation_is_checked_and_shown_again(session):
    entered(session)
    imported(session, "marks", csv_of(MARK, {}))
    mine = sent(session, "marks", csv_of(MARK, {"note": "14"}))
    theirs = sent(session, "marks", csv_of(MARK, {"note": "15"}), role="manager")
    confirm(theirs, role="manager")
    confirm(mine)
    assert mine.state == State.READY
    assert Mark.objects.get().value == 1500
    text = text_of(page(mine))
    assert "La base a changé depuis le contrôle que vous aviez lu" in text
    assert "U1 : 15,00 → 14,00" in text
    confirm(mine)
    assert (mine.state, Mark.objects.get().value) == (State.DONE, 1400)


def test_a_page_that_shows_an_older_check_confirms_nothing(session):
    row = sent(session, "entries", csv_of(ENTRY, {}))
    answer = confirm(row, seen="1:1", follow=True)
    assert "Le contrôle a été refait depuis : relisez-le." in messages_of(answer)
    assert row.state == State.READY


def test_confirming_twice_imports_once(session):
    row = sent(session, "entries", csv_of(ENTRY, {}))
    confirm(row)
    assert "Cet import n’attend pas de confirmation." in messages_of(confirm(row, follow=True))
    assert Entry.objects.count() == 1


def test_an_import_given_up_leaves_nothing(session):
    row = sent(session, "entries", csv_of(ENTRY, {}))
    client_of("operator").post(reverse("admin:candidates_fileimport_drop", args=[row.pk]))
    row.refresh_from_db()
    assert (row.state, row.file.name) == (State.CANCELLED, "")
    assert "Abandonné : rien n’est enregistré." in text_of(page(row))


def test_a_check_given_up_stops_its_job(session):
    send(session, "entries", csv_of(ENTRY, {}))
    row = FileImport.objects.get()
    assert 'http-equiv="refresh"' in text_of(page(row))
    client_of("operator").post(reverse("admin:candidates_fileimport_drop", args=[row.pk]))
    row.refresh_from_db()
    assert (row.state, row.job.state) == (State.CANCELLED, Job.State.CANCELLED)


def test_a_file_waits_for_the_deliberation_under_way_and_says_so(session):
    entered(session)
    asked = client_of("manager").post(
        reverse("admin:candidates_session_deliberate", args=[session.pk]), {"round": "1"}
    )
    deliberation = Job.objects.get(pk=asked.url.rstrip("/").split("/")[-2])
    Job.objects.filter(pk=deliberation.pk).update(
        state=Job.State.RUNNING, started_at=timezone.now()
    )
    send(session, "marks", csv_of(MARK, {}))
    row = FileImport.objects.latest("pk")
    assert row.job.lock == deliberation.lock
    assert "« délibération, premier tour » est en cours" in text_of(page(row))


def test_an_author_who_lost_the_right_meanwhile_imports_nothing(session):
    row = sent(session, "entries", csv_of(ENTRY, {}))
    address = reverse("admin:candidates_fileimport_confirm", args=[row.pk])
    client_of("operator").post(address, {"seen": row.digest})
    member("operator").groups.clear()
    work()
    row.refresh_from_db()
    assert row.state == State.FAILED
    assert "operator n’a plus le droit de le faire" in text_of(page(row, "manager"))
    assert not Entry.objects.exists()


def test_an_unforeseen_error_ends_the_import_and_keeps_nothing(session, monkeypatch, caplog):
    row = sent(session, "entries", csv_of(ENTRY, {}))
    monkeypatch.setattr("candidates.imports.entry_import._write", lambda *args: 1 / 0)
    confirm(row)
    assert row.state == State.FAILED
    assert not Entry.objects.exists()
    assert "Une erreur imprévue" in text_of(page(row))


def test_schools_are_the_manager_s(session):
    content = b"uai;nom;secteur;academie\r\n0750001A;LYC\xc3\x89E DES TESTS;PUBLIC;01\r\n"
    assert "Sélectionnez un choix valide" in text_of(send(session, "schools", content))
    row = sent(session, "schools", content, role="manager")
    assert row.state == State.REFUSED  # its check letter
    row = sent(session, "schools", content.replace(b"1A", b"1U"), role="manager")
    before = School.objects.count()
    confirm(row, role="manager")
    assert (row.state, School.objects.count()) == (State.DONE, before + 1)


@pytest.mark.parametrize("page_name", ["confirm", "drop"])
def test_whoever_may_not_import_the_kind_neither_confirms_nor_drops(page_name, session):
    content = b"uai;nom;secteur;academie\r\n0750001U;LYCEE DES TESTS;PUBLIC;01\r\n"
    row = sent(session, "schools", content, role="manager")
    address = reverse(f"admin:candidates_fileimport_{page_name}", args=[row.pk])
    assert client_of("operator").post(address, {"seen": row.digest}).status_code == 403
    assert client_of("manager").get(address).status_code == 405


def test_in_the_last_hour_the_code_of_the_session_confirms(session):
    entered(session)
    imported(session, "marks", csv_of(MARK, {}, {"epreuve": "U2"}, {"epreuve": "U3"}))
    deliberate(session)
    release.schedule(session, at=timezone.now() + timedelta(minutes=30))
    row = sent(session, "marks", csv_of(MARK, {"note": "11"}))
    confirm(row)
    assert row.state == State.READY
    assert "tapez le code de la session, BTS-2026" in text_of(page(row))
    assert "Tapez le code de la session pour confirmer." in messages_of(confirm(row, follow=True))
    confirm(row, confirmed=session.code)
    assert (row.state, Mark.objects.get(test__code="U1").value) == (State.DONE, 1100)


def test_an_import_done_by_a_worker_thought_dead_is_not_done_again(session):
    row = sent(session, "entries", csv_of(ENTRY, {}))
    confirm(row)
    Entry.objects.all().delete()
    running.run(row.job_id)
    assert not Entry.objects.exists()


def test_what_nobody_confirms_for_a_week_is_given_up_and_its_report_forgotten(session):
    row = sent(session, "entries", csv_of(ENTRY, {}))
    refused = sent(session, "entries", csv_of(ENTRY, {"nom": ""}))
    tasks.forget_imports(0)
    row.refresh_from_db()
    assert row.state == State.READY
    FileImport.objects.update(created_at="2020-01-01T00:00Z")
    FileImport.objects.filter(pk=refused.pk).update(finished_at="2020-01-01T00:00Z")
    tasks.forget_imports(0)
    row.refresh_from_db()
    refused.refresh_from_db()
    assert row.state == State.CANCELLED
    assert (refused.report, refused.errors) == ({}, 1)


def test_imports_to_confirm_wait_on_the_first_page(session):
    sent(session, "entries", csv_of(ENTRY, {}))
    assert "Imports à confirmer" in text_of(client_of("operator").get(reverse("admin:index")))
