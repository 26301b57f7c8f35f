"""The language changes, the page stays; without JavaScript."""

import pytest

pytestmark = pytest.mark.browser


def speaks(visit):
    return visit.page.locator("html").get_attribute("lang")


def test_the_language_changes_and_the_page_stays(arrive, open_people):
    visit = arrive()
    for path in ("/", "/resultats/", "/listes/BTS-2026/MINI/?lettre=E"):
        visit.go(path)
        assert speaks(visit) == "fr"
        visit.press("EN")
        assert (speaks(visit), visit.page.url) == ("en", visit.site + path)
        visit.press("FR")
        assert (speaks(visit), visit.page.url) == ("fr", visit.site + path)
    visit.identify(open_people["school"])
    visit.press("EN")
    assert visit.path == "/resultats/mon-resultat/"
    assert "13.00" in visit.words
    assert "Congratulations" in visit.words
