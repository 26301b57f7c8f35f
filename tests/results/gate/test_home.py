"""The home page: what is to come first, then what is open, the newest on top."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from results.publication import release

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


def test_an_opening_is_news_for_a_year(client, deliberated_session, time_machine):
    release.schedule(deliberated_session)
    time_machine.move_to(timezone.now() + timedelta(days=367))
    assert client.get(HOME).context["open"] == []
