from datetime import timedelta

import pytest
from django.utils import timezone

from candidates.mailings import mailings_of
from diplomas.mailings import DIPLOMA
from results import release
from results.deliberation import deliberate
from tests import factories

pytestmark = pytest.mark.django_db


def diploma_of(entry):
    deliberate(entry.session)
    release.schedule(entry.session)
    return the_diploma(entry)


def the_diploma(entry):
    found = mailings_of(entry.candidate_id, at=timezone.now())
    return next((mailing for mailing in found if mailing.kind == DIPLOMA), None)


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


def test_one_sent_home_is_in_time_until_early_september(time_machine):
    time_machine.move_to("2026-07-10T12:00:00+02:00")
    diploma = diploma_of(admitted(status="INDIVIDUEL"))
    assert diploma.posted
    assert not diploma.is_sealed(timezone.now())
    assert diploma.is_sealed(timezone.now() + timedelta(days=70))


def test_of_a_result_released_later_nothing_has_left_yet(time_machine):
    time_machine.move_to("2026-11-10T12:00:00+01:00")
    diploma = diploma_of(admitted(status="INDIVIDUEL"))
    assert diploma.posted
    assert not diploma.is_sealed(timezone.now())


def test_before_the_hour_the_diploma_is_an_if():
    assert "Si vous êtes admis" in str(the_diploma(admitted(status="INDIVIDUEL")).detail)


def test_who_is_refused_has_no_diploma_to_wait_for():
    assert diploma_of(factories.entry(marks=factories.REFUSED)) is None
