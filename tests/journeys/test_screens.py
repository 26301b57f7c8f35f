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
