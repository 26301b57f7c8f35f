"""A release confirmed on its page is done by the worker, which holds it to what the page showed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from candidates.jobs import queue
from candidates.models import Job
from results.jury.deliberation import deliberate
from results.models import PublishedResult, Regulation, Release
from results.publication import release
from tests.jobs import said, work
from tests.staff import client_of, member

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.usefixtures("one_person")]


def asked(session, role="manager", **values):
    """Confirm a release on its page, and return its job; nobody has worked yet."""
    speciality = session.entries.first().speciality_id
    data = {"round": 1, "specialities": [speciality], "when": "now"} | values
    address = reverse("admin:candidates_session_schedule", args=[session.pk])
    page = client_of(role).post(address, data)
    confirmed = data | {"_confirm": "1", "seen": page.context["seen"]}
    answer = client_of(role).post(address, confirmed)
    job = Job.objects.latest("pk")
    assert answer.url == reverse("admin:candidates_job_change", args=[job.pk])
    return job


def at(instant):
    instant = timezone.localtime(instant)
    return {"when": "later", "day": f"{instant:%Y-%m-%d}", "hour": f"{instant:%H:%M}"}


def done(job):
    work()
    job.refresh_from_db()
    return job


def refused(job):
    assert done(job).state == Job.State.FAILED
    return " ".join(said(job))


def test_nothing_is_public_before_the_worker_has_come(deliberated_session):
    asked(deliberated_session)
    assert not Release.objects.exists()
    assert not PublishedResult.objects.exists()


def test_the_hour_of_an_opening_at_once_is_the_databases_when_its_rows_are_written(
    deliberated_session,
):
    job = asked(deliberated_session)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (before,) = cursor.fetchone()
    assert done(job).state == Job.State.DONE
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(created_at) < max(opens_at), max(opens_at) < clock_timestamp()"
            " FROM results_release"
        )
        assert cursor.fetchone() == (True, True)
    assert before < Release.objects.open().get().opens_at


def test_decisions_that_change_while_the_job_waits_refuse_it(people, deliberated_session):
    job = asked(deliberated_session)
    people["refused"].marks.update(value=1500)
    deliberate(deliberated_session)
    assert "Les décisions ont changé depuis la confirmation" in refused(job)
    assert not Release.objects.exists()


def test_rules_that_lose_their_check_while_the_job_waits_refuse_it(deliberated_session):
    job = asked(deliberated_session)
    Regulation.objects.update(checked=False)
    assert "Cochez la case pour publier" in refused(job)
    assert done(asked(deliberated_session, regulations_read="on")).state == Job.State.DONE


def test_an_hour_that_has_come_too_near_meanwhile_takes_the_code_of_the_session(
    deliberated_session, monkeypatch
):
    announced = timezone.now() + timedelta(days=2)
    release.schedule(deliberated_session, at=announced)
    job = asked(deliberated_session, **at(timezone.now() + timedelta(hours=3)))
    later = timezone.now() + timedelta(hours=2, minutes=30)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "Tapez le code de la session" in refused(job)
    assert Release.objects.get().opens_at == announced


def test_an_hour_that_is_past_when_the_worker_comes_opens_nothing(deliberated_session, monkeypatch):
    job = asked(deliberated_session, **at(timezone.now() + timedelta(minutes=5)))
    later = timezone.now() + timedelta(minutes=10)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "L’heure demandée est passée" in refused(job)
    assert not Release.objects.exists()


def test_of_two_managers_who_confirm_at_once_the_second_is_told_what_the_first_did(
    deliberated_session,
):
    day = timezone.now() + timedelta(days=2)
    first = asked(deliberated_session, "superuser", **at(day))
    second = asked(deliberated_session, **at(day + timedelta(days=1)))
    assert "programmée entre-temps" in refused(second)
    first.refresh_from_db()
    assert first.state == Job.State.DONE
    assert Release.objects.get().created_by == member("superuser")


def test_whoever_may_no_longer_release_when_the_worker_comes_releases_nothing(deliberated_session):
    job = asked(deliberated_session)
    member("manager").groups.clear()
    assert "n’a plus le droit de le faire" in refused(job)
    assert not Release.objects.exists()


def test_a_release_cancelled_while_it_waits_never_happens(deliberated_session):
    job = asked(deliberated_session)
    queue.cancel(job)
    assert done(job).state == Job.State.CANCELLED
    assert not Release.objects.exists()


def test_a_withdrawal_needs_no_worker_and_stops_what_was_confirmed_before_it(deliberated_session):
    (scheduled,) = release.schedule(deliberated_session, at=timezone.now() + timedelta(days=2))
    job = asked(deliberated_session, **at(timezone.now() + timedelta(days=3)))
    withdraw = reverse("admin:results_release_withdraw")
    client_of("manager").post(withdraw, {"release": [scheduled.pk], "_confirm": "1"})
    scheduled.refresh_from_db()
    assert scheduled.withdrawn_at
    assert "retirée entre-temps" in refused(job)
    assert not Release.objects.upcoming().exists()


def test_a_confirmation_shown_before_a_withdrawal_does_not_open_again(deliberated_session):
    """Sent by the back button, from another tab, or while it waits for the worker."""
    speciality = deliberated_session.entries.first().speciality_id
    address = reverse("admin:candidates_session_schedule", args=[deliberated_session.pk])
    data = {"round": 1, "specialities": [speciality], "when": "now"}
    browser = client_of("manager")
    data |= {"_confirm": "1", "seen": browser.post(address, data).context["seen"]}
    waiting = asked(deliberated_session)
    (opened,) = release.schedule(deliberated_session)
    release.withdraw(opened, by=member("manager"))

    assert "retirée entre-temps" in refused(waiting)
    shown = browser.post(address, data)
    assert "retirée entre-temps" in str(shown.context["meanwhile"])
    assert not Release.objects.open().exists()

    data["seen"] = shown.context["seen"]  # read again, it is confirmed
    browser.post(address, data)
    done(Job.objects.latest("pk"))
    assert Release.objects.open().exists()
