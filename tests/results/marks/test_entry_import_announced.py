"""Changes that an import of entries may make behind scheduled and published results."""

import datetime

import pytest
from django.utils import timezone

from candidates.models import Candidate, Entry
from results.jury import deliberation
from results.models import PublishedResult
from results.publication import release
from tests import factories
from tests.office_files import ENTRY, run, write_csv

pytestmark = pytest.mark.django_db

NEVER = datetime.datetime(2099, 7, 2, 10, tzinfo=datetime.UTC)
CHANGED_ONE = "Inscriptions : créations : 0 ; modifications : 1 ; sans changement : 0."


@pytest.fixture
def announce_entry(load_entries, empty_session):
    """Import one entry, admit it and release its result at an instant."""

    def announce(at, **row):
        load_entries(row)
        factories.give_marks(Entry.objects.get(), factories.ADMITTED)
        deliberation.deliberate(empty_session)
        release.schedule(empty_session, at=at)

    return announce


CLOSED = (
    "3: specialite: « MINI » : la publication de MINI est programmée ou ouverte : "
    "annulez-la d’abord"
)


@pytest.mark.parametrize("at", [NEVER, None], ids=["scheduled", "open"])
def test_nobody_is_added_to_an_announced_speciality(load_entries, announce_entry, at):
    announce_entry(at)
    assert load_entries({}, {"numero": "26B"}).errors[0] == CLOSED
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("at", [NEVER, None], ids=["scheduled", "open"])
def test_nobody_leaves_an_announced_speciality(load_entries, announce_entry, at):
    factories.regulation("MAXI")
    announce_entry(at)
    found = load_entries({"specialite": "MAXI"})
    assert found.errors[0].startswith("2: specialite: ")
    assert found.refused


def test_what_changes_before_the_hour_is_in_the_result_that_waits(load_entries, announce_entry):
    announce_entry(NEVER)
    assert load_entries({"prenoms": "Léo", "ville": "LYON"}).report == CHANGED_ONE
    document = PublishedResult.objects.get().document
    assert document["candidate"]["given_names"] == "Léo"
    assert "75011 LYON" in document["candidate"]["address"][-1]


def test_what_is_printed_on_a_published_result_is_not_changed_by_an_import(
    load_entries, announce_entry
):
    announce_entry(timezone.now())
    found = load_entries({"prenoms": "Léo", "suspendu": "O", "ville": "LYON"})
    refusal = "déjà imprimé sur un résultat publié : passez par une correction motivée"
    assert sorted(found.errors[:-1]) == [f"2: prenoms: {refusal}", f"2: suspendu: {refusal}"]
    assert Candidate.objects.get().city == "PARIS"


def test_an_address_may_change_after_the_hour(load_entries, announce_entry):
    announce_entry(timezone.now())
    assert load_entries({"ville": "LYON"}).report == CHANGED_ONE
    assert Candidate.objects.get().city == "LYON"


def test_the_centre_which_no_result_shows_may_be_put_right_after_the_hour(
    load_entries, announce_entry
):
    announce_entry(timezone.now())
    assert load_entries({"centre": "Salle 2"}).report == CHANGED_ONE
    assert Entry.objects.get().centre == "Salle 2"
    assert "Salle 2" not in str(PublishedResult.objects.get().document)


def married_in_the_next_session(tmp_path):
    """Import the same person into the next session, under a new name."""
    later = factories.session("BTS-2027", year=2027)
    row = {"ine": "123456789AB", "nom_usage": "MARTIN"}
    path = write_csv(tmp_path / "2027.csv", ENTRY, row)
    return run("import_entries", path, "--session", later.code)


def test_a_name_printed_on_the_result_of_an_earlier_session_stays(announce_entry, tmp_path):
    announce_entry(timezone.now(), ine="123456789AB")
    assert married_in_the_next_session(tmp_path).errors[0] == (
        "2: nom_usage: déjà imprimé sur un résultat publié : passez par une correction motivée"
    )
    assert Entry.objects.count() == 1


def test_a_new_name_is_also_in_what_waits_in_an_earlier_session(announce_entry, tmp_path):
    announce_entry(NEVER, ine="123456789AB")
    assert married_in_the_next_session(tmp_path).errors == []
    assert PublishedResult.objects.get().document["candidate"]["usage_name"] == "MARTIN"


def test_an_entry_with_marks_does_not_move_to_another_speciality(load_entries):
    factories.regulation("MAXI")
    load_entries({})
    assert load_entries({"specialite": "MAXI"}).report == CHANGED_ONE
    factories.give_marks(Entry.objects.get(), {"U1": "12"})
    assert load_entries({"specialite": "MINI"}).errors[0] == (
        "2: specialite: cette inscription a déjà des notes dans son ancienne spécialité"
    )
