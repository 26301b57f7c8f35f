"""What the office does all day, by keyboard and on any screen, with scripts and without."""

import pytest
from django.urls import reverse

from candidates.models import Candidate, Entry
from results.jury.deliberation import deliberate
from results.publication import release
from tests import factories
from tests.journeys.visit import PHONE

pytestmark = pytest.mark.browser

OFFICE = {"width": 1366, "height": 768}
ENTRIES = reverse("admin:candidates_entry_changelist")
SEARCH = reverse("office_search")
CUT = """[...document.querySelectorAll('.results, .wide')]
    .filter(table => table.scrollWidth > table.clientWidth)
    .map(table => table.querySelector('thead').innerText.replace(/\\s+/g, ' '))"""
FOCUSED = "document.activeElement.getAttribute('aria-label') || document.activeElement.name"


@pytest.fixture
def people(transactional_db):
    """One entry in each situation, with long names, at a school; their results are open."""
    people = factories.cast()
    school = factories.school(name="Lycée polyvalent Raymond-Queneau", city="VILLENEUVE-D’ASCQ")
    Entry.objects.update(school=school, centre=school.pk, posting_place="Lycée des Exemples")
    person = Candidate.objects.filter(pk=people["control"].candidate_id)
    person.update(birth_name="DE LA ROCHEFOUCAULD-MARTINEAU", given_names="Marie-Antoinette Zoé")
    deliberate(people["admitted"].session)
    release.schedule(people["admitted"].session)
    return people


@pytest.fixture
def sign_in(arrive):
    def sign_in(role, **options):
        visit = arrive(**options)
        visit.sign_in(role)
        return visit

    return sign_in


@pytest.mark.slow
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_pages_of_every_day_fit_and_are_accessible(people, sign_in, scripts):
    visit = sign_in("manager", scripts=True)
    if not scripts:  # none of the site's; axe needs some
        empty = {"content_type": "text/javascript", "body": ""}
        visit.page.route("**/*.js", lambda route: route.fulfill(**empty))
    entry = people["control"]
    faults = []
    for address in (
        ENTRIES,
        f"{ENTRIES}?school=queneau&centre=queneau&place=inconnu",
        reverse("admin:candidates_entry_change", args=[entry.pk]),
        reverse("admin:candidates_entry_correct", args=[entry.pk]),
        reverse("admin:candidates_school_change", args=[entry.school_id or "0750655E"]),
        SEARCH,
        "rochefoucauld",
    ):
        if address.startswith("/"):
            visit.go(address)
        else:
            visit.page.get_by_label("Chercher").first.fill(address)
            visit.press("Chercher partout")
        for size in (OFFICE, PHONE):
            where = f"{address} {size['width']}"
            visit.page.set_viewport_size(size)
            visit.photograph(f"comfort {where} {scripts}")
            if visit.too_wide:
                faults.append(f"{where}: {visit.too_wide} px too wide")
            if barriers := visit.barriers():
                faults.append(f"{where}: {barriers}")
            if size is OFFICE and (cut := visit.page.evaluate(CUT)):
                faults.append(f"{where}: cut at the right: {cut}")
    assert not faults, "\n".join(faults)


@pytest.mark.long
def test_one_tab_leads_from_a_mark_to_the_next(people, sign_in):
    visit = sign_in("operator")
    visit.go(reverse("admin:candidates_entry_correct", args=[people["admitted"].pk]))
    visit.page.get_by_label("Note, U1, premier tour").focus()
    met = []
    for _mark in range(3):
        visit.page.keyboard.press("Tab")
        met.append(visit.page.evaluate(FOCUSED))
    assert met == [f"Note, {code}, premier tour" for code in ("U2", "U3", "F1")]


@pytest.mark.long
def test_the_cursor_is_where_one_searches(people, sign_in):
    visit = sign_in("operator")
    for address, field in ((ENTRIES, "searchbar"), (SEARCH, "office-search-field")):
        visit.go(address)
        assert visit.page.evaluate("document.activeElement.id") == field
    visit.go(f"{ENTRIES}?school=queneau")  # what was found is read first
    assert visit.page.evaluate("document.activeElement.tagName") == "BODY"
