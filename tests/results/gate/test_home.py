"""The home page: what has just opened, what is to come, then what opened before."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from results.jury.deliberation import deliberate
from results.publication import release
from tests import factories

pytestmark = pytest.mark.django_db

HOME = reverse("home")


def test_with_nothing_announced_it_says_where_dates_will_stand(client):
    page = client.get(HOME).content.decode()
    assert "Aucune date n’est fixée" in page
    assert "Résultats ouverts" not in page


def test_what_is_to_come_is_no_open_result(client, deliberated_session):
    release.schedule(deliberated_session, at=timezone.now() + timedelta(days=2))
    context = client.get(HOME).context
    assert [r["state"] for r in context["coming"]] == ["scheduled"]
    assert context["open"] == []


def test_what_is_open_leads_to_the_result(client, deliberated_session):
    release.schedule(deliberated_session)
    answer = client.get(HOME)
    assert answer.context["coming"] == []
    assert [r["state"] for r in answer.context["open"]] == ["open"]
    assert reverse("results:lookup") in answer.content.decode()


def test_on_the_day_what_is_open_comes_first_and_leads_to_its_result_and_its_list(
    client, deliberated_session
):
    release.schedule(deliberated_session)
    page = client.get(HOME).content.decode()
    assert "Aucune date n’est fixée" not in page
    card = page[page.index("Résultats ouverts") : page.index("Que voulez-vous faire")]
    assert f'href="{reverse("results:lookup")}"' in card
    assert f'href="{reverse("results:lists")}#session-{deliberated_session.code}"' in card


@pytest.mark.parametrize(("days", "open_first"), [(0, True), (6, True), (8, False), (30, False)])
def test_what_opened_a_week_ago_gives_way_to_what_is_to_come(
    client, deliberated_session, time_machine, days, open_first
):
    release.schedule(deliberated_session)
    time_machine.move_to(timezone.now() + timedelta(days=days))
    other = factories.entry(session=factories.session("CAP-2027"), marks=factories.ADMITTED)
    deliberate(other.session)
    release.schedule(other.session, at=timezone.now() + timedelta(days=2))
    page = client.get(HOME).content.decode()
    assert (page.index("Résultats ouverts") < page.index("Résultats à venir")) is open_first


@pytest.mark.parametrize(("days", "named"), [(32, True), (365, True), (367, False)])
def test_an_opening_of_the_past_year_is_a_line_that_leads_to_its_list(
    client, deliberated_session, time_machine, days, named
):
    release.schedule(deliberated_session)
    time_machine.move_to(timezone.now() + timedelta(days=days))
    answer = client.get(HOME)
    assert answer.context["open"] == []
    line = f'href="{reverse("results:lists")}#session-{deliberated_session.code}"'
    assert (line in answer.content.decode()) is named
