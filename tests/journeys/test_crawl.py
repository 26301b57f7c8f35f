"""Every page of the public site and every error, as links and forms lead there.

Nothing here is a list of pages: what a link reaches is checked, so a new page is checked unasked.
"""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

from candidates.identification.throttle import PERSON_FROM_BLOCK
from results.jury.deliberation import deliberate
from results.publication.release import schedule
from tests import factories
from tests.journeys.crawl import Crawl
from tests.journeys.people import released, town
from tests.journeys.validator import html_errors

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def everybody():
    """One candidate in each situation, somebody who waits for the hour among them."""
    people = town()
    released(people)
    people["waiting"] = factories.entry(
        marks=factories.ADMITTED,
        birth_name="HAMON",
        session=factories.session("BTS-2027", year=2027),
    )
    deliberate(people["waiting"].session)
    schedule(people["waiting"].session, at=timezone.now() + timedelta(days=1))
    return people


@pytest.mark.slow
def test_every_page_that_links_and_forms_lead_to_is_accessible_valid_and_fits_320_pixels(
    arrive, tmp_path
):
    people = everybody()
    visit = arrive(scripts=True)
    crawl = Crawl(visit)
    crawl.follow(f"{visit.site}/", who="visitor")
    for situation, entry in people.items():
        visit.identify(entry)
        crawl.follow(visit.page.url, who=situation)
    reached = {pattern for pattern, _query in crawl.reached}
    assert reached >= {
        "",
        "resultats/",
        "resultats/mon-resultat/",
        "resultats/mon-resultat/releve.pdf",
        "listes/<slug:session>/<slug:speciality>/",
    }
    assert crawl.faults == []
    assert html_errors(crawl.pages, tmp_path) == []


def test_every_refusal_is_a_page_like_the_others(arrive, tmp_path):
    people = everybody()
    visit = arrive(scripts=True)
    crawl = Crawl(visit)
    visit.go("/nulle-part/")
    crawl.look("not found", status=404)
    visit.go("/resultats/quitter/")
    crawl.look("method not allowed", status=405)
    visit.go("/attestation/suivi/")
    visit.context.clear_cookies()
    visit.page.get_by_role("button", name="Voir ma demande").click()
    crawl.look("form out of date", status=403)
    visit.identify(people["school"], code="ZZZZ-ZZZZ-ZZZZ")
    crawl.look("unknown", status=200)
    for _attempt in range(PERSON_FROM_BLOCK.failures):
        visit.page.get_by_role("button", name="Voir mon résultat").click()
    crawl.look("too many attempts", status=429)
    for status in (400, 403, 429, 500, 503):
        context = {"retry_minutes": 15, "seconds": 5}
        request = RequestFactory().get("/")
        crawl.show(f"page {status}", render_to_string(f"{status}.html", context, request))
    assert crawl.faults == []
    assert html_errors(crawl.pages, tmp_path) == []


def test_a_host_that_is_not_ours_is_refused_by_a_page_like_the_others(arrive, tmp_path):
    visit = arrive(scripts=True)
    visit.site = visit.site.replace("localhost", "ailleurs.localhost")
    crawl = Crawl(visit)
    visit.page.goto(f"{visit.site}/")
    crawl.look("bad host", status=400)
    assert crawl.faults == []
    assert html_errors(crawl.pages, tmp_path) == []


def test_a_link_that_leads_nowhere_is_a_fault_of_the_page(arrive):
    visit = arrive(scripts=True)
    visit.go("/")
    crawl = Crawl(visit)
    crawl.show("review", '<a href="/">Accueil</a> <a href="">Modifier</a>')
    crawl.show("waiting", '<a href="">Actualiser la page</a>')
    assert [fault for fault in crawl.faults if "nowhere" in fault] == [
        "review: links that lead nowhere: ['Modifier']"
    ]
