"""Imports taken back as a whole, exactly; and everything that since depends on them keeps them."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from candidates.file_imports import tasks
from candidates.models import Candidate, Entry, FileImport, School, WrittenRow
from results.jury.deliberation import deliberate
from results.models import Mark
from tests import factories
from tests.candidates.file_imports import sending
from tests.candidates.file_imports.sending import csv_of, page, undo
from tests.office_files import ENTRY, MARK
from tests.staff import client_of, member, messages_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]

State = FileImport.State
SECOND = {"numero": "2612345679", "ine": "123456789AB", "nom": "MARTIN"}
CODE = {"code_acces": "7KQ2M9XA"}


@pytest.fixture
def session(empty_session):
    return empty_session


def imported(session, kind, model_row, *rows, **options):
    return sending.imported(session, kind, csv_of(model_row, *rows), **options)


def stored():
    """Every row that imports write. The number of visits only rises: an old cookie is over."""
    found = {}
    for model in (Candidate, Entry, Mark, School):
        names = [f.attname for f in model._meta.concrete_fields if f.attname != "visit"]
        found[model] = list(model.objects.order_by("pk").values_list(*names))
    return found


def refused(row):
    """Ask in vain that an import be taken back; return what the page says."""
    before = stored()
    undo(row)
    assert stored() == before
    assert row.state == State.DONE
    text = text_of(page(row)).replace("\u202f", " ").replace("\u00a0", " ")
    assert "Cet import n’est pas annulé : rien n’a changé." in text
    return text


def test_entries_and_people_are_again_what_they_were(session):
    imported(session, "entries", ENTRY, {}, SECOND)
    before = stored()
    birth = {"date_naissance": "30/12/2004", "ville": "LYON", "lieu_affichage": "Ailleurs"}
    row = imported(
        session, "entries", ENTRY, birth, SECOND | CODE | {"suspendu": "O"}, {"numero": "26000000A"}
    )
    assert (row.created, row.changed) == (1, 2)
    changed = stored()
    assert before != changed
    undo(row)
    assert row.state == State.UNDONE
    assert stored() == before
    assert not row.written.exists()
    assert "tout est comme avant cet import" in text_of(page(row))
    imported(session, "entries", ENTRY, birth, SECOND | CODE, {"numero": "26000000A"})


def test_a_birth_date_is_taken_back_with_what_identifies_in_every_session(session):
    imported(session, "entries", ENTRY, SECOND)
    imported(factories.session("BTS-2027"), "entries", ENTRY, SECOND)
    before = stored()
    row = imported(session, "entries", ENTRY, SECOND | {"date_naissance": "30/12/2004"})
    credentials = Entry.objects.order_by("pk").values_list("credential", flat=True)
    changed = list(credentials)
    undo(row)
    assert (row.state, stored()) == (State.UNDONE, before)
    assert not set(map(bytes, changed)) & set(map(bytes, credentials.all()))


def test_the_first_import_of_a_session_is_taken_back_and_told_in_its_history(session):
    row = imported(session, "entries", ENTRY, {}, SECOND)
    assert "sera supprimé" in text_of(
        client_of("operator").get(reverse("admin:candidates_fileimport_undo", args=[row.pk]))
    )
    undo(row, role="manager")
    assert not Entry.objects.exists()
    assert not Candidate.objects.exists()
    assert row.undone_by == member("manager")
    noted = LogEntry.objects.filter(object_id=str(session.pk)).latest("pk")
    assert "fichier.csv (inscriptions) : Import annulé" in noted.change_message.replace("\xa0", " ")
    assert "Cet import ne s’annule pas." in messages_of(undo(row, follow=True))


def test_marks_and_schools_are_again_what_they_were(session):
    imported(session, "entries", ENTRY, {})
    imported(session, "marks", MARK, {}, {"epreuve": "U2", "note": "", "etat": "DISP"})
    before = stored()
    row = imported(session, "marks", MARK, {"note": "3"}, {"epreuve": "U2"}, {"epreuve": "U3"})
    undo(row)
    assert (row.state, stored()) == (State.UNDONE, before)
    school = {"uai": "0750655E", "nom": "AUTRE NOM", "secteur": "PUBLIC", "academie": "01"}
    other = school | {"uai": "0750001U"}
    row = imported(session, "schools", school, {}, other, role="manager")
    assert School.objects.get(uai="0750655E").name == "AUTRE NOM"
    undo(row, role="manager")
    assert (row.state, stored()) == (State.UNDONE, before)


def test_imports_of_the_same_rows_are_taken_back_the_last_one_first(session):
    imported(session, "entries", ENTRY, {})
    empty = stored()
    first = imported(session, "marks", MARK, {}, name="premier.csv")
    second = imported(session, "marks", MARK, {"note": "8"}, name="second.csv")
    assert "Annulez d’abord l’import « second.csv » du" in refused(first)
    undo(second)
    undo(first)
    assert (first.state, stored()) == (State.UNDONE, empty)


def test_a_mark_changed_by_hand_keeps_the_import(session):
    imported(session, "entries", ENTRY, {})
    row = imported(session, "marks", MARK, {}, {"epreuve": "U2"})
    Mark.objects.filter(test__code="U2").update(value=1300)
    said = refused(row)
    assert (
        "1 ligne de cet import a changé depuis, à la main ou par le candidat : 2612345678" in said
    )
    Mark.objects.filter(test__code="U2").delete()
    assert "1 ligne de cet import a changé depuis" in refused(row)


def test_a_decided_entry_keeps_the_imports_that_made_it(session):
    entries = imported(session, "entries", ENTRY, {})
    codes = ("U1", "U2", "U3")
    marks = imported(session, "marks", MARK, *({"epreuve": code} for code in codes))
    deliberate(session)
    for row in (marks, entries):
        assert "1 candidat de cet import est déjà délibéré" in refused(row)


def test_entries_that_have_marks_or_whose_candidate_acted_are_kept(session):
    created = imported(session, "entries", ENTRY, {}, SECOND)
    changed = imported(session, "entries", ENTRY, {"forme": "P"})
    imported(session, "marks", MARK, {})
    assert "1 candidat a déjà des notes dans ce que le fichier lui fait" in refused(changed)
    Entry.objects.update(form="G")
    WrittenRow.objects.filter(file_import=changed).delete()
    assert "Ce qu’il a créé sert depuis : notes (1)." in refused(created)
    Mark.objects.all().delete()
    Candidate.objects.update(address1="3 RUE NEUVE", address_chosen_at=timezone.now())
    assert "2 lignes de cet import ont changé depuis" in refused(created)


def test_somebody_entered_in_another_session_since_keeps_the_import(session):
    row = imported(session, "entries", ENTRY, SECOND)
    other = factories.session("BTS-2027")
    imported(other, "entries", ENTRY, SECOND)
    assert "Ce qu’il a créé sert depuis : inscriptions (1)." in refused(row)


@pytest.mark.parametrize("role", ["operator", "anonymous"])
def test_whoever_may_not_import_takes_nothing_back(role, session):
    school = {"uai": "0750001U", "nom": "AUTRE", "secteur": "PUBLIC", "academie": "01"}
    row = imported(session, "schools", school, {}, role="manager")
    address = reverse("admin:candidates_fileimport_undo", args=[row.pk])
    for ask in (client_of(role).get, client_of(role).post):
        assert ask(address).status_code == (302 if role == "anonymous" else 403)
    assert "Annuler cet import" not in text_of(page(row))
    row.refresh_from_db()
    assert row.state == State.DONE


def test_what_it_takes_to_take_an_import_back_goes_after_thirty_days(session):
    row = imported(session, "entries", ENTRY, {})
    tasks.forget_imports(0)
    assert row.written.exists()
    FileImport.objects.update(finished_at=timezone.now() - timedelta(days=31))
    tasks.forget_imports(0)
    assert not WrittenRow.objects.exists()
    assert "Annuler cet import" not in text_of(page(row))
