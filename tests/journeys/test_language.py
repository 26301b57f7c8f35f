"""The language changes, the page stays, without JavaScript; with it, what was typed stays too."""

import pytest

pytestmark = pytest.mark.browser


def speaks(visit):
    return visit.page.locator("html").get_attribute("lang")


@pytest.mark.slow
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


def test_what_was_typed_stays_when_the_language_changes_and_is_kept_nowhere(arrive, open_people):
    visit = arrive(scripts=True)
    visit.go("/resultats/")
    typed = {
        "#id_number": "2600000001",
        "#id_birth_date": "14 mars 2005",
        "#id_access_code": "K3QM",
    }
    for field, value in typed.items():
        visit.page.fill(field, value)
    visit.press("EN")
    visit.page.get_by_text("Date of birth").first.wait_for()
    for field, value in typed.items():
        assert visit.page.input_value(field) == value
    assert visit.page.evaluate("sessionStorage.length") == 0
    visit.go("/resultats/")
    assert visit.page.input_value("#id_access_code") == ""
