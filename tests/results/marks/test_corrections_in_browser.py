"""Marks corrected after their release from a file sent in the browser, with a reason."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from candidates.models import FileImport
from results.models import Mark, PublishedResult
from results.publication import release
from tests.candidates.file_imports.sending import confirm, csv_of, page, sent, undo
from tests.office_files import MARK
from tests.staff import client_of, member, messages_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.usefixtures("one_person")]

State = FileImport.State
REASON = "Notes de l’épreuve U3 mal saisies."


def rows_for(people):
    """Marks that admit the one refused and the one called, and leave one admitted."""
    marks = {"refused": "19", "control": "19", "admitted": "15"}
    return [{"numero": people[who].number, "epreuve": "U3", "note": marks[who]} for who in marks]


def plain(answer):
    return text_of(answer).replace("\u202f", " ").replace("\u00a0", " ")


def public_of(entry):
    row = PublishedResult.objects.filter(entry=entry).order_by("round", "revision").last()
    return row.verdict, row.revision, row.reason, row.author


def test_verdicts_that_change_stand_out_then_become_revisions_with_reason_and_author(
    people, open_session
):
    content = csv_of(MARK, *rows_for(people))
    refused = sent(open_session, "marks", content)
    assert "corrigez-le par un fichier de corrections, avec un motif" in plain(page(refused))
    before = public_of(people["refused"])
    row = sent(open_session, "corrections", content, reason=REASON)
    assert (row.state, row.changed, row.reason) == (State.READY, 3, REASON)
    text = plain(page(row))
    assert "refusé → admis : 1" in text
    assert "appelé au second tour → admis : 1" in text
    number = people["refused"].number
    assert f"<td>{number}</td><td>refusé, moyenne 5,50</td>" in text
    assert "<strong>admis, moyenne 12,00</strong>" in text
    assert "révisions écrites : 3 ; décisions qui changent : 2" in text
    assert f"Motif, lu par les candidats : {REASON}" in text
    assert public_of(people["refused"]) == before
    confirm(row)
    assert row.state == State.DONE
    assert public_of(people["refused"]) == ("ADMITTED", 2, REASON, member("operator"))
    assert "Cet import ne s’annule pas." in messages_of(undo(row, follow=True))
    again = sent(open_session, "corrections", content, reason="Encore.")
    assert again.state == State.UNCHANGED


def test_corrections_take_a_reason_and_the_right_to_correct(people, open_session):
    address = reverse("admin:candidates_fileimport_upload", args=[open_session.pk])
    content = csv_of(MARK, *rows_for(people))
    with pytest.raises(AssertionError, match="Indiquez le motif des corrections"):
        sent(open_session, "corrections", content, reason="  ")
    row = sent(open_session, "corrections", content, reason=REASON)
    clerk = member("operator")
    clerk.groups.clear()
    rights = Permission.objects.filter(codename__in=["import_marks", "view_fileimport"])
    clerk.user_permissions.add(*rights)
    text = text_of(client_of("operator").get(address))
    assert 'value="marks"' in text
    assert 'value="corrections"' not in text
    assert "Motif" not in text
    confirm_address = reverse("admin:candidates_fileimport_confirm", args=[row.pk])
    assert client_of("operator").post(confirm_address, {"seen": row.digest}).status_code == 403


def test_within_the_hour_corrections_ask_for_the_code_of_the_session(people, deliberated_session):
    session = deliberated_session
    release.schedule(session, at=timezone.now() + timedelta(minutes=30))
    row = sent(session, "corrections", csv_of(MARK, *rows_for(people)), reason=REASON)
    confirm(row)
    assert row.state == State.READY
    assert f"tapez le code de la session, {session.code}" in text_of(page(row))
    confirm(row, confirmed=session.code)
    assert row.state == State.DONE


def test_an_import_of_marks_shows_the_verdicts_that_another_deliberation_would_change(
    people, deliberated_session
):
    row = sent(deliberated_session, "marks", csv_of(MARK, *rows_for(people)))
    text = plain(page(row))
    assert "Décisions qui changent" in text
    assert "refusé → admis : 1" in text
    assert Mark.objects.get(entry=people["refused"], test__code="U3").value == 600
