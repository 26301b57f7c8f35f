"""Nobody is admitted twice: in July, and in the September session that replaces it."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from candidates.models import Entry
from results.jury.deliberation import deliberate
from results.jury.replacement import open_replacement
from results.models import Mark, PublishedResult, Regulation, Release
from results.publication import release
from results.publication.correction import correction
from tests import factories
from tests.office_files import MARK, write_csv

pytestmark = pytest.mark.django_db

TOLD = (
    "Candidat 26D : un résultat est déjà publié ou programmé dans {}, et personne n’est admis deux "
    "fois. Suspendez d’abord ce résultat-là."
)
IN_SEPTEMBER, IN_JULY = TOLD.format("BAC-2026-S"), TOLD.format("BAC-2026")


@pytest.fixture
def july():
    """Somebody deferred, whose copy in September has sat the test that was missed."""
    speciality = factories.regulation(exam="BAC")
    Regulation.objects.filter(speciality=speciality).update(force_majeure="replacement")
    session = factories.session("BAC-2026", exam="BAC")
    factories.entry("26A", session=session, marks=factories.ADMITTED | {"U2": "FM"})
    factories.entry("26D", session=session, marks=factories.ADMITTED | {"U2": "FM"})
    deliberate(session)
    release.schedule(session)
    return session


@pytest.fixture
def september(july):
    session = factories.session("BAC-2026-S", exam="BAC", replaces=july)
    open_replacement(session)
    for entry in Entry.objects.of(session):
        factories.give_marks(entry, {"U2": "13"})
    deliberate(session)
    return session


@contextmanager
def corrected(session, number="26D"):
    entry = Entry.objects.get(session=session, number=number)
    with correction(entry, by=None, reason="Note retrouvée."):
        yield entry


def give(session, value=1300, status=""):
    """Correct the mark that was missed, or missed again."""
    with corrected(session) as entry:
        Mark.objects.filter(entry=entry, test__code="U2").update(value=value, status=status)


def withhold(session, withheld=True):
    with corrected(session) as entry:
        Entry.objects.filter(pk=entry.pk).update(withheld=withheld)


def refused(action, *arguments):
    """The sentences with which an action is refused."""
    with pytest.raises(release.ReleaseRefused) as refusal:
        action(*arguments)
    return refusal.value.problems


def verdict(session):
    rows = PublishedResult.objects.filter(entry__session=session, entry__number="26D")
    return rows.newest_first().first().verdict


@pytest.mark.parametrize("hours", [0, 2], ids=["open", "scheduled"])
def test_once_september_has_a_result_july_admits_no_longer(july, september, hours):
    release.schedule(september, at=timezone.now() + timedelta(hours=hours))
    assert refused(give, july) == [IN_SEPTEMBER]
    assert (verdict(july), verdict(september)) == ("DEFERRED", "ADMITTED")
    assert Mark.objects.get(entry__session=july, entry__number="26D", test__code="U2").value is None


def test_a_refusal_in_september_is_suspended_first_too(july, september):
    give(september, 0)
    with corrected(september) as entry:
        Mark.objects.filter(entry=entry, test__code="U3").update(value=100)
    release.schedule(september)
    assert verdict(september) == "REFUSED"
    assert refused(give, july) == [IN_SEPTEMBER]


def test_a_withdrawal_of_september_frees_nobody(july, september):
    release.schedule(september)
    release.withdraw(Release.objects.get(session=september), by=None)
    assert refused(give, july) == [IN_SEPTEMBER]


def test_the_file_of_corrections_is_refused_as_the_form_is(july, september, tmp_path):
    release.schedule(september)
    path = write_csv(tmp_path / "notes.csv", MARK, {"numero": "26D", "epreuve": "U2", "note": "13"})
    with pytest.raises(CommandError, match="26D : un résultat est déjà publié"):
        call_command("correct_marks", path, "--session", july.code, "--reason", "Retrouvée.")
    assert verdict(july) == "DEFERRED"


def test_with_september_suspended_july_admits_and_september_does_not_come_back(july, september):
    release.schedule(september)
    withhold(september)
    give(july)
    assert (verdict(july), verdict(september)) == ("ADMITTED", "WITHHELD")
    assert refused(withhold, september, False) == [IN_JULY]
    assert verdict(september) == "WITHHELD"


def test_whom_july_admits_september_does_not_announce(july, september):
    give(july)
    assert refused(release.schedule, september) == [IN_JULY]
    assert not Release.objects.filter(session=september).exists()
    withhold(september)
    release.schedule(september)
    assert verdict(september) == "WITHHELD"
    assert PublishedResult.objects.admitted().filter(entry__session=september).count() == 1


def test_a_waiting_result_of_september_is_not_given_back_beside_july_s(july, september):
    withhold(september)
    release.schedule(september, at=timezone.now() + timedelta(hours=2))
    give(july)
    assert refused(withhold, september, False) == [IN_JULY]


def test_other_corrections_of_july_and_september_stay_free(july, september):
    release.schedule(september)
    with corrected(july) as entry:
        Mark.objects.filter(entry=entry, test__code="U1").update(value=1900)
    with corrected(september) as entry:
        type(entry.candidate).objects.filter(pk=entry.candidate_id).update(birth_name="DURAND")
    assert (verdict(july), verdict(september)) == ("DEFERRED", "ADMITTED")


def test_who_sits_two_specialities_may_pass_both(july, september):
    """One in July, the other in September under another number."""
    other = factories.regulation("AUTRE", exam="BAC")
    person = Entry.objects.get(session=july, number="26D").candidate
    second = factories.entry("26Z", session=july, speciality=other, marks=factories.ADMITTED)
    Entry.objects.filter(pk=second.pk).update(candidate=person)
    release.schedule(september)
    deliberate(july)
    release.schedule(july, specialities=[other])
    assert PublishedResult.objects.get(entry=second).verdict == "ADMITTED"
