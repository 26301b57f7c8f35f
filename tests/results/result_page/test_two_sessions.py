"""One identification reaches both pages of whoever is deferred in July: July's and September's."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from candidates.identification import cookie
from results.jury.deliberation import deliberate
from results.jury.replacement import open_replacement
from results.models import Regulation
from results.publication import release
from tests import factories
from tests.candidates.visits import identify
from tests.results.screen import plain

pytestmark = pytest.mark.django_db

OF_THE_MOMENT = re.compile(r'[A-Za-z0-9]{64}|data-now="[^"]*"')  # a token, masked; the clock
OTHER = reverse("results:other_session")


@pytest.fixture
def july():
    speciality = factories.regulation(exam="BAC")
    Regulation.objects.filter(speciality=speciality).update(force_majeure="replacement")
    session = factories.session("BAC-2026", exam="BAC", label="Bac, juin 2026")
    factories.entry("26A", session=session, marks=factories.ADMITTED)
    factories.entry("26D", session=session, marks=factories.ADMITTED | {"U2": "FM"})
    deliberate(session)
    release.schedule(session)
    return session


@pytest.fixture
def deferred(july):
    return july.entries.get(number="26D")


@pytest.fixture
def september(july):
    session = factories.session(
        "BAC-2026-S", exam="BAC", label="Bac, septembre 2026", replaces=july
    )
    open_replacement(session)
    return session


@pytest.fixture
def copy(september):
    return september.entries.get(number="26D")


@pytest.fixture
def announce(september, copy):
    def at(hour=None):
        factories.give_marks(copy, {"U2": "13"})
        deliberate(september)
        release.schedule(september, at=hour)

    return at


def words_of(response):
    """What is read on a page, with ordinary spaces."""
    return " ".join(plain(response.content.decode()).split()).replace(" .", ".")


def mine(client):
    return words_of(client.get(reverse("results:mine")))


def shown(client, entry):
    """The page that opens by number, date and code."""
    assert identify(client, entry).status_code == 302
    return mine(client)


def test_until_september_is_announced_the_code_opens_july(client, deferred, copy):
    page = shown(client, deferred)
    assert "La décision est reportée" in page
    assert "Elle a lieu en septembre" in page
    assert "septembre 2026" not in page
    client.post(OTHER)
    assert "La décision est reportée" in mine(client)


def test_the_dates_of_september_are_those_of_its_session_now(client, july, deferred):
    page = shown(client, deferred)
    assert "Elle a lieu en septembre" in page
    dates = {"tests_from": date(2026, 9, 10), "tests_until": date(2026, 9, 15)}
    factories.session("BAC-2026-S", exam="BAC", replaces=july, **dates)
    page = mine(client)
    assert "Les épreuves ont lieu du 10 septembre 2026 au 15 septembre 2026." in page
    assert "La décision du jury s’affiche après cette session." in page


def test_once_announced_the_code_opens_september_s_wait_and_july_is_one_step_away(
    client, deferred, announce
):
    announce(timezone.now() + timedelta(days=3))
    page = shown(client, deferred)
    assert "Les résultats ne sont pas encore ouverts" in page
    assert "Ma page : Bac, juin 2026" in page
    client.post(OTHER)
    page = mine(client)
    assert "La décision est reportée" in page
    assert "La décision du jury s’affiche le" in page
    assert "Ma page : Bac, septembre 2026" in page
    client.post(OTHER)
    assert "Les résultats ne sont pas encore ouverts" in mine(client)


def test_nothing_of_september_is_told_before_its_hour(client, deferred, announce):
    announce(timezone.now() + timedelta(minutes=30))
    waiting = shown(client, deferred)
    client.post(OTHER)
    for page in (waiting, mine(client)):
        assert not re.search(r"Félicitations|13,\d|moyenne de", page)


def test_once_open_both_results_are_read_by_one_identification(client, deferred, announce):
    identify(client, deferred)
    announce()
    page = mine(client)
    assert "La décision a été reportée" in page
    assert "vous passez l’épreuve" not in page
    assert "Les résultats de la session de remplacement sont ouverts" in page
    assert client.post(OTHER).url == reverse("results:mine")
    page = mine(client)
    assert "Félicitations" in page
    assert "Ma page : Bac, juin 2026" in page
    client.post(OTHER)
    assert "La décision a été reportée" in mine(client)
    client.cookies.clear()
    assert "Félicitations" in shown(client, deferred)


def test_a_visit_that_goes_on_in_the_other_session_ends_no_later(client, deferred, announce):
    announce()
    identify(client, deferred)
    began = cookie.identified_by({k: v.value for k, v in client.cookies.items()})
    client.post(OTHER)
    there = cookie.identified_by({k: v.value for k, v in client.cookies.items()})
    assert there.ends_at == began.ends_at
    assert (there.entry_id, there.exam) == (deferred.pk, "Bac, juin 2026")


def test_signing_out_of_one_session_ends_the_visits_of_both(client, deferred, announce):
    announce()
    identify(client, deferred)
    copied = client.cookies.copy()
    client.post(OTHER)
    client.post(reverse("results:sign_out"))
    client.cookies = copied
    assert "Félicitations" not in words_of(client.get(reverse("results:mine"), follow=True))


def test_whoever_has_no_other_session_stays_where_they_are(client, july, announce):
    announce()
    identify(client, july.entries.get(number="26A"))
    assert client.post(OTHER).url == reverse("results:mine")
    page = mine(client)
    assert "Félicitations" in page
    assert "Ma page" not in page


def test_who_is_not_identified_is_asked(client):
    assert client.post(OTHER).url.startswith(reverse("results:lookup"))
    assert client.get(OTHER).status_code == 405


def test_another_site_moves_nobody(client, deferred, announce):
    announce()
    identify(client, deferred)
    assert client.post(OTHER, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_visit_reaches_no_other_person_of_the_other_session(client, deferred, copy, announce):
    announce()
    identify(client, deferred)
    type(copy).objects.filter(pk=copy.pk).update(credential=b"x" * 32)
    client.cookies.clear()
    assert "Ma page" not in shown(client, deferred)
    client.post(OTHER)
    assert "La décision a été reportée" in mine(client)


@pytest.mark.parametrize("wrong", ["birth_date", "access_code"])
def test_a_wrong_guess_is_answered_alike_with_and_without_another_session(
    client, july, announce, wrong
):
    announce(timezone.now() + timedelta(days=60))

    def answer(number):
        typed = {"number": number, "birth_date": "31/12/2004", "access_code": factories.CODE}
        typed[wrong] = {"birth_date": "01/01/2004", "access_code": "A" * 12}[wrong]
        response = client.post(reverse("results:lookup"), typed)
        page = OF_THE_MOMENT.sub("", response.content.decode())
        return response.status_code, page.replace(number, "")

    assert answer("26D") == answer("26A") == answer("26Z")


def test_no_page_but_theirs_asks_for_another_session(
    client, july, deferred, announce, django_assert_num_queries
):
    announce()
    identify(client, july.entries.get(number="26A"))
    mine(client)
    with django_assert_num_queries(1, connection=cookie.connections["public"]):
        mine(client)
    client.cookies.clear()
    identify(client, deferred)
    mine(client)
    with django_assert_num_queries(2, connection=cookie.connections["public"]):
        mine(client)
