"""The way from the door to the result on each kind of screen, with and without JavaScript."""

import pytest

from tests.journeys.visit import DESK, PHONE

pytestmark = pytest.mark.browser

TABLET = {"width": 768, "height": 1024}


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
@pytest.mark.parametrize("size", [PHONE, TABLET, DESK], ids=["phone", "tablet", "desk"])
def test_a_candidate_finds_their_result_on_any_screen(size, scripts, arrive, open_people):
    visit = arrive(size=size, scripts=scripts)
    visit.go("/")
    assert not visit.too_wide
    visit.follow("Mon résultat")
    visit.identify(open_people["school"])
    assert "vous avez réussi" in visit.words
    assert not visit.too_wide
    assert visit.page.get_by_role("link", name="Télécharger mon relevé de notes").is_visible()
    visit.press("Fermer mon résultat")
    assert visit.path == "/resultats/"


def test_on_a_phone_the_menu_is_folded_and_opens_without_scripts(arrive, open_people):
    visit = arrive(size=PHONE)
    visit.go("/aide/")
    lists = visit.page.get_by_role("link", name="Listes des admis", exact=True).first
    assert visit.page.locator("#menu").bounding_box()["height"] < 60
    assert not visit.page.locator(".portal-menu__list").is_visible()
    visit.page.locator("#menu summary").click()
    assert lists.is_visible()
    visit.page.set_viewport_size(DESK)
    assert not visit.page.locator("#menu summary").is_visible()
    assert visit.page.locator(".portal-menu__list").is_visible()
