"""Failures are counted by the hour, and many of them are told to the log and to the office."""

import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidates import alarm
from candidates.identification.throttle import BLOCK, Limit, Throttle, identification_throttle
from tests import factories
from tests.staff import client_of, text_of

pytestmark = pytest.mark.django_db

PAGE = "admin:candidates_failedidentification_changelist"


@pytest.fixture(autouse=True)
def _silent_so_far(monkeypatch):
    monkeypatch.setattr(alarm, "_said", {})


def fail(kind, times=1):
    for number in range(times):
        Throttle({f"somebody {number}": BLOCK}, kind).count_failure()


def present_hour():
    (hour,) = alarm.last_hours(using="default")
    return hour.failures


def test_what_fails_is_counted_by_its_kind():
    entry = factories.entry()
    typed = {"number": entry.number, "birth_date": "31/12/2004", "access_code": "WRONGWRONG12"}
    Client().post(reverse("results:lookup"), typed)
    for _time in range(2):
        Client().post("/gestion/login/", {"login": "x", "password": "y"})
    for _time in range(3):
        Client().post(reverse("diplomas:verify"), {"code": "ABCD-EFGH-JKMN-PQRS-TVWX-YZ23-45"})
    assert present_hour() == {"identification": 1, "sign_in": 2, "verification": 3}
    assert (
        Client()
        .post(reverse("results:lookup"), typed | {"access_code": factories.CODE})
        .status_code
        == 302
    )
    assert present_hour()["identification"] == 1


def test_a_failure_costs_no_further_query(django_assert_num_queries):
    throttle = identification_throttle(
        number="1", birth_date=factories.BIRTH_DATE, block="203.0.113.0/24"
    )
    with django_assert_num_queries(2, using="public"):  # what it counts, and what it forgets
        throttle.count_failure()


def test_many_failures_are_told_once_an_hour_and_name_nobody(settings, caplog, time_machine):
    settings.FAILURES_ALARM = dict.fromkeys(alarm.KINDS, 3)
    caplog.set_level(logging.WARNING)
    time_machine.move_to(timezone.now())
    fail("identification", 2)
    assert caplog.messages == []
    fail("identification", 5)
    (said,) = caplog.messages
    assert said == "identification: 3 failures within the hour: somebody may be guessing"
    fail("verification", 3)
    assert len(caplog.messages) == 2
    time_machine.shift(timedelta(hours=1))
    fail("identification", 3)
    assert len(caplog.messages) == 3


def test_failures_of_other_forms_and_those_over_a_limit_count_in_no_hour():
    for _time in range(3):
        Throttle({"one": BLOCK}).count_failure()
    assert alarm.last_hours(using="default") == []
    for _time in range(3):
        Throttle({"two": Limit(2, timedelta(minutes=1))}, alarm.VERIFICATION).count_failure()
    assert present_hour()["verification"] == 2


def test_a_day_is_kept(time_machine):
    time_machine.move_to(timezone.now())
    fail("identification", 2)
    time_machine.shift(timedelta(hours=24))
    fail("identification")
    assert [hour.failures["identification"] for hour in alarm.last_hours(using="default")] == [1, 2]
    time_machine.shift(timedelta(hours=1))
    assert [hour.failures["identification"] for hour in alarm.last_hours(using="default")] == [1]


def test_the_office_reads_the_alarm_on_its_first_page_and_the_hours_behind_it(settings):
    settings.FAILURES_ALARM = dict.fromkeys(alarm.KINDS, 3)
    fail("identification", 2)
    fail("sign_in", 3)
    for role in ("manager", "operator"):
        staff = client_of(role)
        first = text_of(staff.get("/gestion/"))
        assert "3 mots de passe ou codes faux entre" in first
        assert "identifications manquées" not in first
        assert f'<a href="{reverse(PAGE)}">3 mots' in first
        assert "<td>2</td> <td>0</td> <td>3</td>" in text_of(staff.get(reverse(PAGE)))


def test_without_a_failure_nothing_is_told():
    manager = client_of("manager")
    assert "errornote" not in text_of(manager.get("/gestion/"))
    assert "Aucun échec depuis un jour." in text_of(manager.get(reverse(PAGE)))
