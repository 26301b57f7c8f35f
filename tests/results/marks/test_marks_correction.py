"""Many marks corrected from one file, after their results are published."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from candidates.models import Message
from results.jury.deliberation import deliberate
from results.models import Decision, JuryDecision, Mark, PublishedResult, Release
from results.publication import release
from results.publication.correction import correction
from tests import factories
from tests.office_files import MARK, run, write_csv

pytestmark = pytest.mark.django_db

REASON = "Notes de l’épreuve U3 mal saisies au centre 12."


@pytest.fixture
def correct(tmp_path):
    """Correct marks from rows by `correct_marks`, with a reason."""

    def correct(*rows, reason=REASON, arguments=()):
        path = write_csv(tmp_path / "corrections.csv", MARK, *rows)
        return run("correct_marks", path, "--session", "BTS-2026", "--reason", reason, *arguments)

    return correct


@pytest.fixture
def raised(people):
    """Rows that admit the one refused and the one called, and leave one admitted."""
    return [
        {"numero": people["refused"].number, "epreuve": "U3", "note": "19"},
        {"numero": people["control"].number, "epreuve": "U3", "note": "19"},
        {"numero": people["admitted"].number, "epreuve": "U3", "note": "15"},
        {"numero": people["discreet"].number, "epreuve": "U3", "note": "14"},
    ]


def told(people, *, dry_run=False):
    before = "À blanc, rien n’est enregistré. " if dry_run else ""
    lines = [
        f"{before}Corrections : créations : 0 ; modifications : 3 ; sans changement : 1.",
        "  révisions écrites : 3 ; décisions qui changent : 2",
        f"  {people['control'].number} : appelé au second tour, moyenne 9,50 → "
        "admis, moyenne 13,50",
        f"  {people['refused'].number} : refusé, moyenne 5,50 → admis, moyenne 12,00",
    ]
    return lines + ["  à modifier, lignes 2 (note), 3 (note), 4 (note)"] * dry_run


def versions():
    """The version of each row that a correction may write."""
    found = {}
    with connection.cursor() as cursor:
        for model in (Mark, Decision, PublishedResult, Release, Message, Mark.pgh_event_model):
            table = model._meta.db_table
            cursor.execute(f"SELECT xmin::text, ctid::text FROM {table} ORDER BY ctid")
            found[table] = cursor.fetchall()
    return found


def current(entry):
    row = PublishedResult.objects.filter(entry=entry).order_by("round", "revision").last()
    return row.verdict, row.round, row.revision, row.reason


def test_each_result_that_changes_gets_a_revision_with_the_reason(
    correct, raised, people, open_session
):
    found = correct(*raised)
    assert (found.errors, found.report.splitlines()) == ([], told(people))
    assert current(people["refused"]) == ("ADMITTED", 1, 2, REASON)
    assert current(people["control"]) == ("ADMITTED", 1, 2, REASON)
    assert current(people["admitted"]) == ("ADMITTED", 1, 2, REASON)
    assert current(people["discreet"]) == ("ADMITTED", 1, 1, "")
    assert PublishedResult.objects.open().get(entry=people["refused"], revision=2).author is None
    event = Mark.pgh_event_model.objects.get(entry=people["refused"])
    assert (event.value, event.pgh_context["reason"]) == (600, REASON)


def test_a_dry_run_tells_the_same_and_writes_nothing(correct, raised, people, open_session):
    before = versions()
    found = correct(*raised, arguments=["--dry-run"])
    assert (found.errors, found.report.splitlines()) == ([], told(people, dry_run=True))
    assert versions() == before


def test_the_same_file_again_changes_nothing_not_even_a_row_version(correct, raised, open_session):
    correct(*raised)
    before = versions()
    found = correct(*raised)
    assert found.report == "Corrections : créations : 0 ; modifications : 0 ; sans changement : 4."
    assert versions() == before


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"note": "21"}, "6: note: « 21 » : note attendue"),
        ({"numero": "26Z"}, "6: numero: « 26Z » : numéro inconnu dans la session BTS-2026"),
        ({"epreuve": "U9"}, "6: epreuve: « U9 » : épreuve inconnue en MINI"),
        ({"tour": "2"}, "6: numero: « {number} » : ce candidat n’a pas été appelé au second tour"),
    ],
)
def test_an_error_anywhere_changes_nothing(correct, raised, people, open_session, row, error):
    before = versions()
    number = people["absent"].number
    found = correct(*raised, {"numero": number} | row)
    assert found.refused
    assert found.errors[0].startswith(error.format(number=number))
    assert found.errors[-1].endswith("Rien n’a été enregistré.")
    assert versions() == before


def test_a_withdrawn_release_stays_withdrawn_and_opens_with_the_corrections(
    correct, raised, people, open_release, open_session, boss
):
    release.withdraw(open_release, by=boss)
    assert correct(*raised).errors == []
    assert not PublishedResult.objects.open().exists()
    assert current(people["refused"]) == ("ADMITTED", 1, 2, REASON)
    release.schedule(open_session)
    assert PublishedResult.objects.current().get(entry=people["refused"]).revision == 2
    assert PublishedResult.objects.current().get(entry=people["absent"]).revision == 1


def test_a_result_that_waits_for_its_hour_is_replaced(correct, raised, people, scheduled_session):
    found = correct(*raised)
    assert "révisions écrites : 0 ; décisions qui changent : 2" in found.report
    assert current(people["refused"]) == ("ADMITTED", 1, 1, "")


def test_marks_of_the_second_round_mend_a_release_that_was_opened_without_them(
    correct, people, open_session
):
    called = people["control"]
    factories.give_marks(called, factories.REFUSED_AGAIN)
    deliberate(open_session, round=2)
    release.schedule(open_session, round=2)
    assert current(called) == ("REFUSED", 2, 1, "")
    found = correct(
        {"numero": called.number, "epreuve": "U2", "note": "16", "tour": "2"},
        {"numero": called.number, "epreuve": "U1", "note": "9", "tour": "2"},
    )
    assert found.report.splitlines()[-1] == (
        f"  {called.number} : refusé, moyenne 9,50 → admis, moyenne 11,16"
    )
    assert current(called) == ("ADMITTED", 2, 2, REASON)


def test_a_mark_that_was_missing_is_added(correct, people, open_session):
    found = correct({"numero": people["refused"].number, "epreuve": "F1", "note": "20"})
    assert "créations : 1" in found.report
    assert current(people["refused"])[2] == 2


def test_a_correction_that_would_leave_a_scheduled_second_round_incomplete_is_refused(
    correct, people, open_session
):
    factories.give_marks(people["control"], factories.REFUSED_AGAIN)
    deliberate(open_session, round=2)
    release.schedule(open_session, round=2, at=timezone.now() + timedelta(hours=1))
    before = versions()
    number = people["refused"].number
    found = correct(
        {"numero": number, "epreuve": "U1", "note": "8"},
        {"numero": number, "epreuve": "U3", "note": "11"},
    )
    assert found.errors == [
        f"Candidat {number} : ce changement laisse des notes manquantes alors que le résultat est "
        "programmé ou publié."
    ]
    assert versions() == before


def test_points_of_the_jury_that_are_now_too_many_are_told(correct, people, open_session, boss):
    called = people["control"]
    with correction(called, by=boss, reason="Décision du jury."):
        JuryDecision.objects.create(entry=called, points=3, reason="Livret.", author=boss)
    found = correct({"numero": called.number, "epreuve": "U3", "note": "11,5"})
    assert found.report.splitlines()[-1].startswith(f"  Candidat {called.number} : Il manque 1,5")


def test_a_reason_of_spaces_is_refused(correct, raised, open_session):
    found = correct(*raised, reason="  ")
    assert found.errors == ["Indiquez le motif du changement."]
    assert not Mark.objects.filter(value=1900).exists()


@pytest.mark.slow
def test_thousands_take_as_many_queries_as_one(correct, people, session):
    crowd = [factories.entry(session=session, marks=factories.REFUSED) for _ in range(150)]
    deliberate(session)
    release.schedule(session)
    rows = [{"numero": entry.number, "epreuve": "U3", "note": "19"} for entry in crowd]
    assert correct(*rows[:1]).errors == []  # writes what all share
    counts = []
    for some in (rows[1:2], rows[2:]):
        with CaptureQueriesContext(connection) as captured:
            assert correct(*some).errors == []
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert PublishedResult.objects.filter(revision=2, reason=REASON).count() == len(crowd)
