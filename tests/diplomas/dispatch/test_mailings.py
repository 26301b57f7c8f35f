from datetime import timedelta

import pytest
from django.utils import timezone

from candidates.address_changes.mailings import mailings_of, snapshot
from diplomas.dispatch import custody, dispatch
from diplomas.dispatch.custody import MAILING
from diplomas.models import EventKind, Route
from results.jury.deliberation import deliberate
from results.publication import release
from tests import factories
from tests.diplomas import dispatched

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("of_this_year")]


def diploma_of(entry):
    deliberate(entry.session)
    release.schedule(entry.session)
    return the_diploma(entry)


def the_diploma(entry):
    found = mailings_of(entry.candidate.entries.all(), at=timezone.now())
    return next((mailing for mailing in found if mailing.kind == MAILING), None)


def admitted(**values):
    return factories.entry(marks=factories.ADMITTED, **values)


def test_a_diploma_collected_at_school_does_not_depend_on_the_address():
    diploma = diploma_of(admitted(school=factories.school()))
    assert not diploma.posted
    assert "établissement" in str(diploma.detail)


def test_one_from_another_academy_depends_on_what_that_academy_is_told():
    diploma = diploma_of(admitted(academy=factories.academy("10", name="Lyon")))
    assert not diploma.posted
    assert "Lyon" in str(diploma.detail)


def test_one_sent_home_is_in_time_until_its_batch_is_sealed():
    entry = admitted(status="INDIVIDUEL")
    assert not diploma_of(entry).is_sealed(timezone.now() + timedelta(days=300))
    draft = dispatched.batch(Route.HOME, stage="DRAFT")
    assert not the_diploma(entry).is_sealed(timezone.now())
    sealed = dispatch.seal(draft)
    assert the_diploma(entry).sealed_at == sealed.sealed_at
    assert the_diploma(entry).is_sealed(timezone.now())


def test_one_that_left_says_when():
    entry = admitted(status="INDIVIDUEL")
    diploma_of(entry)
    dispatched.batch(Route.HOME, stage="SENT")
    assert the_diploma(entry).mailed_on == dispatched.SENT_ON


def test_one_that_came_back_waits_for_the_new_address():
    entry = admitted(status="INDIVIDUEL")
    diploma_of(entry)
    dispatched.batch(Route.HOME, stage="SENT")
    custody.record(entry.diploma, EventKind.RETURNED, by=None, cause="NPAI")
    came_back = the_diploma(entry)
    assert "revenu" in str(came_back.detail)
    shown = snapshot(came_back, at=timezone.now())
    assert (shown["sealed"], shown["mailed_on"], shown["sealed_at"]) == (False, None, None)
    assert came_back.is_sealed(timezone.now())  # so that the office is asked to send it again


def test_one_sent_again_left_on_that_day():
    entry = admitted(status="INDIVIDUEL")
    diploma_of(entry)
    dispatched.batch(Route.HOME, stage="SENT")
    custody.record(entry.diploma, EventKind.RETURNED, by=None, cause="UNCLAIMED")
    custody.record(entry.diploma, EventKind.SENT_AGAIN, by=None)
    again = the_diploma(entry)
    assert again.mailed_on == timezone.localdate()
    assert again.is_sealed(timezone.now())
    assert snapshot(again, at=timezone.now())["sealed"]


def test_one_collected_does_not_depend_on_the_address_any_more():
    entry = admitted(status="INDIVIDUEL")
    diploma_of(entry)
    dispatched.batch(Route.HOME, stage="SENT")
    custody.record(entry.diploma, EventKind.RETURNED, by=None, cause="NPAI")
    custody.record(entry.diploma, EventKind.COLLECTED, by=None, collected_by="CANDIDATE")
    assert not the_diploma(entry).posted


def test_before_the_hour_the_diploma_is_an_if():
    assert "Si vous êtes admis" in str(the_diploma(admitted(status="INDIVIDUEL")).detail)


def test_who_is_refused_has_no_diploma_to_wait_for():
    assert diploma_of(factories.entry(marks=factories.REFUSED)) is None
