"""After a release, what changes a decision is proposed by one person and approved by another."""

import pytest
from django.db import transaction
from django.urls import reverse

from candidates.models import FileImport, Proposal, Reading
from results.models import Decision, PublishedResult
from results.publication import release
from tests.candidates.file_imports.sending import confirm, csv_of, sent
from tests.jobs import work
from tests.office_files import MARK
from tests.results.admin.test_corrections import address, typed
from tests.staff import approved, approver, client_of, member, second_manager, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]

REASON = "Note de l’épreuve U3 mal saisie."


def verdict(entry):
    return PublishedResult.objects.filter(entry=entry).latest("revision").verdict


def corrected(entry, role="operator", **changes):
    browser = client_of(role)
    return browser.post(address(entry), typed(browser, entry, **changes) | {"_confirm": "1"})


def page_of(proposal):
    page = approver().get(reverse("admin:candidates_proposal_change", args=[proposal.pk]))
    return text_of(page).replace("\u00a0", " ").replace("\u202f", " ")


def refused_proposal(proposal):
    address = reverse("admin:candidates_proposal_refuse", args=[proposal.pk])
    approver().post(address, {"reason": "Copie à revoir."})
    proposal.refresh_from_db()
    return proposal


def test_a_correction_that_changes_a_decision_waits_and_is_then_its_authors(people, open_session):
    second_manager()
    entry = people["refused"]
    answer = corrected(entry, U3="19", reason=REASON)
    proposal = Proposal.objects.get()
    assert answer.url == reverse("admin:candidates_proposal_change", args=[proposal.pk])
    assert verdict(entry) == "REFUSED"
    shown = page_of(proposal)
    assert "refusé" in shown
    assert "admis" in shown
    assert REASON in shown
    seen = Reading.objects.get(user=second_manager())  # as a page of the candidate is
    assert (seen.what, seen.entries) == (Reading.What.PROPOSAL, [entry.pk])

    assert approved(proposal).state == Proposal.State.APPROVED
    row = PublishedResult.objects.filter(entry=entry).latest("revision")
    assert (row.verdict, row.revision, row.reason) == ("ADMITTED", 2, REASON)
    assert row.author == member("operator")
    history = client_of("auditor").get(reverse("admin:candidates_entry_change", args=[entry.pk]))
    assert "Approuvée, manager2" in text_of(history)


def test_a_correction_that_leaves_the_decision_and_one_before_any_release_take_one(
    people, deliberated_session
):
    corrected(people["refused"], U3="19", reason=REASON)
    release.schedule(deliberated_session)
    corrected(people["admitted"], birth_place="Lyon", reason="Livret de famille.")
    corrected(people["admitted"], withheld="on", reason="Enquête.")
    assert not Proposal.objects.exists()
    assert verdict(people["refused"]) == "ADMITTED"
    assert verdict(people["admitted"]) == "WITHHELD"


def test_a_mark_is_not_changed_by_one_person_behind_a_suspension(people, open_session):
    corrected(people["refused"], U3="19", withheld="on", reason=REASON)
    assert ">19,00<" in page_of(Proposal.objects.get())
    assert verdict(people["refused"]) == "REFUSED"


def test_an_entry_that_changes_meanwhile_ends_the_proposal_and_stays(people, open_session):
    second_manager()
    corrected(people["refused"], U3="19", reason=REASON)
    corrected(people["refused"], birth_place="Lyon", reason="Livret de famille.")
    proposal = Proposal.objects.get()
    approved(proposal)
    assert proposal.state == Proposal.State.LAPSED
    assert "Le dossier a changé depuis la proposition." in proposal.reason
    assert verdict(people["refused"]) == "REFUSED"


def test_an_approval_that_fails_half_way_leaves_nothing(people, open_session, monkeypatch):
    second_manager()
    corrected(people["refused"], U3="19", reason=REASON)
    proposal = Proposal.objects.get()

    def broken(*args, **kwargs):
        raise OSError("broken")

    monkeypatch.setattr("results.publication.notices.write_correction_notices", broken)
    with pytest.raises(OSError, match="broken"), transaction.atomic():
        approved(proposal)
    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.WAITING
    assert verdict(people["refused"]) == "REFUSED"
    assert Decision.objects.get(entry=people["refused"], round=1).verdict == "REFUSED"


def test_a_file_of_corrections_is_kept_until_another_approves_it(people, open_session):
    second_manager()
    entry = people["refused"]
    content = csv_of(MARK, {"numero": entry.number, "epreuve": "U3", "note": "19"})
    row = sent(open_session, "corrections", content, reason=REASON)
    confirm(row)
    refused = refused_proposal(Proposal.objects.get())
    assert (refused.state, refused.reason) == (Proposal.State.REFUSED, "Copie à revoir.")
    row.refresh_from_db()
    assert (row.state, bool(row.file)) == (FileImport.State.READY, True)

    confirm(row)
    proposal = Proposal.objects.latest("pk")
    assert "refusé → admis : 1" in page_of(proposal)
    assert REASON in page_of(proposal)
    approved(proposal)
    assert verdict(entry) == "REFUSED"
    work()
    row.refresh_from_db()
    assert row.state == FileImport.State.DONE
    published = PublishedResult.objects.filter(entry=entry).latest("revision")
    assert (published.verdict, published.author) == ("ADMITTED", member("operator"))


def test_marks_that_change_a_scheduled_decision_wait_too_and_others_do_not(
    people, scheduled_session
):
    second_manager()
    entry = people["refused"]

    def marked(mark):
        content = csv_of(MARK, {"numero": entry.number, "epreuve": "U3", "note": mark})
        row = sent(scheduled_session, "marks", content)
        confirm(row)
        return row

    assert marked("19").state == FileImport.State.READY
    assert verdict(entry) == "REFUSED"
    approved(Proposal.objects.get())
    work()
    assert verdict(entry) == "ADMITTED"
    assert marked("18").state == FileImport.State.DONE
    assert Proposal.objects.count() == 1


def test_marks_that_change_meanwhile_end_the_proposal_of_a_file_and_import_nothing(
    people, open_session
):
    second_manager()
    entry = people["refused"]
    content = csv_of(MARK, {"numero": entry.number, "epreuve": "U3", "note": "19"})
    confirm(sent(open_session, "corrections", content, reason=REASON))
    proposal = approved(Proposal.objects.get())
    corrected(entry, U3="7", reason="Autre erreur.")
    work()
    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.LAPSED
    assert verdict(entry) == "REFUSED"


def test_a_file_that_is_given_up_takes_its_proposal_with_it(people, open_session):
    second_manager()
    content = csv_of(MARK, {"numero": people["refused"].number, "epreuve": "U3", "note": "19"})
    row = sent(open_session, "corrections", content, reason=REASON)
    confirm(row)
    drop = reverse("admin:candidates_fileimport_drop", args=[row.pk])
    client_of("operator").post(drop)
    proposal = Proposal.objects.get()
    assert (proposal.state, proposal.reason) == ("LAPSED", "Le fichier a été abandonné.")
