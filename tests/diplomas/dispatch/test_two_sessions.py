"""Nobody is given the same diploma in July and in the session that replaces it."""

import pytest

from candidates.models import Entry
from candidates.models.requests import TransitionError
from diplomas.dispatch import dispatch, preparation
from diplomas.models import Diploma, DispatchBatch
from results.publication import two_sessions
from tests import factories
from tests.diplomas import dispatched
from tests.diplomas.dispatched import diploma_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def admitted_twice(monkeypatch):
    """The entries of somebody whom both sessions admit, as an older version let happen."""
    monkeypatch.setattr(two_sessions, "second_admissions", lambda *asked: [])
    return july_and_september(number="26D")


def july_and_september(**september):
    """Entries of one person in both sessions, both admitted."""
    first = dispatched.at_school(number="26D")
    session = factories.session("BTS-2026-S", replaces=first.session)
    second = dispatched.at_school(session=session, **september)
    Entry.objects.filter(pk=second.pk).update(candidate=first.candidate)
    for entry in (first, second):
        dispatched.released(entry.session)
    return first, second


@pytest.mark.parametrize("order", [1, -1], ids=["july first", "september first"])
def test_the_second_session_prepares_none(admitted_twice, order):
    one, other = admitted_twice[::order]
    assert preparation.prepare(one.session)[1] == 1
    assert preparation.tally(other.session) == {}
    assert preparation.prepare(other.session) == ([], 0)
    assert Diploma.objects.get().entry == one


def test_one_in_another_speciality_is_another_diploma():
    first, second = july_and_september(number="26Z", speciality=factories.regulation("AUTRE"))
    assert preparation.prepare(first.session)[1] == preparation.prepare(second.session)[1] == 1


def test_a_held_one_leaves_the_other_free_and_then_stays(admitted_twice):
    first, second = admitted_twice
    preparation.prepare(first.session)
    batch = DispatchBatch.objects.get()
    dispatch.hold(batch, [diploma_of(first)], reason="Reporté à septembre.")
    assert preparation.prepare(second.session)[1] == 1
    with pytest.raises(TransitionError, match="l’autre session"):
        dispatch.take_back(diploma_of(first))
