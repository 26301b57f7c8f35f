"""The way from the door to the result on each kind of screen, with and without JavaScript."""

import pytest

from tests.journeys.people import released, town
from tests.journeys.visit import DESK, PHONE

pytestmark = pytest.mark.browser

TABLET = {"width": 768, "height": 1024}
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
@pytest.mark.parametrize("size", [PHONE, TABLET, DESK], ids=["phone", "tablet", "desk"])
def test_a_candidate_finds_their_result_on_any_screen(size, scripts, arrive):
    people = town()
    released(people)
    visit = arrive(size=size, scripts=scripts)
    visit.go("/")
    assert visit.page.evaluate(TOO_WIDE) <= 0
    visit.follow("Mon résultat")
    visit.identify(people["school"])
    assert "vous avez réussi" in visit.words
    assert visit.page.evaluate(TOO_WIDE) <= 0
    assert visit.page.get_by_role("link", name="Télécharger mon relevé de notes").is_visible()
    visit.press("Fermer mon résultat")
    assert visit.path == "/resultats/"
