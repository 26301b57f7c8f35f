"""Sessions under way on the first page of the admin: how far each is, and its next step."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from results.admin import under_way
from results.jury.deliberation import deliberate
from results.models import Release
from results.publication import release
from tests import factories
from tests.staff import client_of, text_of

pytestmark = pytest.mark.django_db

HOME = reverse("admin:index")


def day(offset):
    return timezone.localdate() + timedelta(days=offset)


def rows(role="manager"):
    page = client_of(role).get(HOME)
    (section,) = [s for s in page.context["home"]["sections"] if "sessions" in s]
    return {row.session.code: row for row in section["sessions"]}


@pytest.mark.parametrize("role", ["operator", "manager", "superuser"])
@pytest.mark.long
def test_a_session_says_how_far_it_is_and_leads_to_its_next_step(role):
    factories.cast()
    session = factories.session()
    page = text_of(client_of(role).get(HOME))
    assert "inscriptions, rien n’est programmé" in page
    step = rows(role)[session.code].step
    assert step.label in page
    assert client_of(role).get(step.address).status_code == 200
    deliberate(session)
    hour = timezone.now() + timedelta(days=2)
    release.schedule(session, at=hour)
    said = date_format(timezone.localtime(hour), "j F Y, H:i")
    assert f"résultats programmés le {said}" in rows(role)[session.code].state
    Release.objects.update(opens_at=timezone.now() - timedelta(hours=1))
    assert "résultats publics depuis le" in rows(role)[session.code].state
    Release.objects.update(withdrawn_at=timezone.now())
    assert "1 publication retirée" in rows(role)[session.code].state


def test_a_session_is_under_way_from_its_first_date_or_entry_to_two_months_after_its_last():
    year = timezone.localdate().year
    factories.session("NOTHING-YET", year=year)
    factories.session("ANNOUNCED", year=year + 1, tests_from=day(200), tests_until=day(210))
    factories.session("PAPERS", year=year, tests_until=day(-150), diplomas_at_school_from=day(-59))
    factories.entry(session=factories.session("ENTERED", year=year))
    factories.entry(session=factories.session("FORGOTTEN", year=year - 2))
    over = factories.session("OVER", year=year, tests_until=day(-150))
    factories.entry(session=over, marks=factories.ADMITTED)
    assert set(rows()) == {"ANNOUNCED", "PAPERS", "ENTERED", "OVER"}, "nothing was announced of it"
    assert "aucune inscription" in rows()["ANNOUNCED"].state
    hour = timezone.now() - timedelta(days=62)
    Release.objects.create(session=over, speciality=factories.speciality(), opens_at=hour)
    assert set(rows()) == {"ANNOUNCED", "PAPERS", "ENTERED"}


@pytest.mark.long
def test_what_is_long_to_count_is_kept_until_something_changes_or_a_minute_has_passed(monkeypatch):
    monkeypatch.setattr(under_way, "MANY", 1)
    first = factories.session()
    factories.entry(session=first)
    assert rows()[first.code].state.startswith("1 inscription,"), "few are counted each time"
    factories.entry(session=first)
    assert rows()[first.code].state.startswith("2 inscriptions")
    factories.entry(session=first)
    assert rows()[first.code].state.startswith("2 inscriptions")
    factories.entry(session=factories.session("CAP-2026", exam="CAP"))
    assert rows()[first.code].state.startswith("3 inscriptions")
    monkeypatch.setattr(under_way, "KEPT", -1)
    Release.objects.create(
        session=first,
        speciality=factories.speciality(),
        opens_at=timezone.now() + timedelta(days=1),
    )
    assert "résultats programmés" in rows()[first.code].state
    factories.entry(session=first)
    assert rows()[first.code].state.startswith("4 inscriptions")


def test_without_a_session_under_way_the_page_says_so():
    assert "Aucune session n’est en cours." in text_of(client_of("manager").get(HOME))


def test_who_may_not_see_sessions_is_told_nothing_of_them():
    factories.cast()
    reader = User.objects.create_user("lecteur", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_redispatch"))
    page = text_of(client_of("lecteur").get(HOME))
    assert "Sessions en cours" not in page
    assert "Rien n’attend." in page
