"""The calendar file: hours to come, as RFC 5545 writes them, and nothing of anybody."""

import datetime
import re
from datetime import UTC, timedelta

import pytest
from django.urls import reverse

from candidates.models import Session
from results.jury.deliberation import deliberate
from results.models import Release
from results.publication import release
from results.result_page.calendar import calendar
from tests import factories
from tests.candidates.visits import identify

pytestmark = pytest.mark.django_db

HOUR = datetime.datetime(2099, 7, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def people(time_machine, people):
    """The day is three days before `HOUR`."""
    time_machine.move_to(HOUR - timedelta(days=3), tick=False)
    return people


@pytest.fixture
def announced_session(deliberated_session):
    release.schedule(deliberated_session, at=HOUR)
    return deliberated_session


def file():
    return calendar(lookup_url="https://resultats.example/resultats/").decode()


def unfolded(text):
    return text.replace("\r\n ", "").split("\r\n")


def value(name):
    return next(line.partition(":")[2] for line in unfolded(file()) if line.startswith(f"{name}:"))


def test_a_release_to_come_is_an_event_at_its_hour(announced_session):
    assert value("DTSTART") == "20990702T080000Z"
    assert value("SUMMARY") == "Résultats – BTS\\, session 2026"
    assert "Spécialité MINI" in value("DESCRIPTION")
    assert re.fullmatch(r"\d{8}T\d{6}Z", value("DTSTAMP"))
    assert file().count("BEGIN:VEVENT") == file().count("END:VEVENT") == 1


def test_lines_end_as_the_standard_says_and_are_short(announced_session):
    Session.objects.update(label="é, ; \\ " * 17)
    text = file()
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert value("SUMMARY") == "Résultats – " + "é\\, \\; \\\\ " * 17


def test_an_event_keeps_its_identifier_when_its_hour_moves(announced_session):
    before = value("UID")
    release.schedule(announced_session, at=HOUR + timedelta(days=1))
    assert value("UID") == before
    assert value("DTSTART") == "20990703T080000Z"


def test_specialities_of_one_hour_are_one_event_and_others_their_own(announced_session, people):
    for code, later in (("OTHER", 0), ("LATE", 1)):
        factories.entry(marks=factories.ADMITTED, speciality=factories.regulation(code))
        deliberate(announced_session)
        release.schedule(
            announced_session,
            specialities=[factories.regulation(code)],
            at=HOUR + timedelta(hours=later),
        )
    assert file().count("BEGIN:VEVENT") == 2
    assert len(set(re.findall(r"UID:(\S+)", file()))) == 2
    assert "Spécialité MINI\\nSpécialité OTHER" in value("DESCRIPTION")


def test_what_is_open_or_withdrawn_is_no_hour_to_come(announced_session, django_user_model):
    boss = django_user_model.objects.create_user("boss")
    release.withdraw(Release.objects.get(), by=boss)
    assert "VEVENT" not in file()
    release.schedule(announced_session)
    assert "VEVENT" not in file()


def test_without_any_release_it_is_an_empty_calendar():
    assert file().startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")


def test_the_file_is_the_same_for_all_and_names_nobody(client, announced_session, people):
    anonymous = client.get(reverse("results:calendar"))
    assert anonymous["Content-Type"].startswith("text/calendar")
    identify(client, people["admitted"])
    assert client.get(reverse("results:calendar")).content == anonymous.content
    assert "ALBERT" not in anonymous.content.decode()


def test_home_and_the_waiting_page_lead_to_it(client, announced_session, people):
    link = f'href="{reverse("results:calendar")}"'
    assert link in client.get(reverse("home")).content.decode()
    identify(client, people["admitted"])
    assert link in client.get(reverse("results:mine")).content.decode()
