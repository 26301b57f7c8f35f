"""A visit in the browser: the hour comes while one waits, and one leaves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from results.publication.release import schedule
from tests.journeys.people import released, town
from tests.journeys.visit import PHONE

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_at_the_hour_everything_on_the_waiting_page_says_so(arrive):
    people = town()
    release = released(people, hours=1)
    visit = arrive(scripts=True, size=PHONE)
    visit.page.add_init_script("Math.random = () => 0")  # nobody is told later than others
    schedule(release.session, at=timezone.now() + timedelta(seconds=6))
    visit.identify(people["school"])
    heading = visit.page.get_by_role("heading", level=1)
    assert heading.inner_text() == "Les résultats ne sont pas encore ouverts"
    heading.filter(has_text="Les résultats sont ouverts").wait_for()
    assert visit.page.title().startswith("Les résultats sont ouverts – ")
    told = visit.words
    assert "Il n’y a rien d’autre à faire avant l’heure" not in told
    assert told.index("vous pouvez voir votre résultat") < told.index("Voir mon résultat")
    assert told.index("Voir mon résultat") < told.index("Ouverture le")
    visit.page.get_by_role("main").get_by_role("link", name="Voir mon résultat").click()
    visit.page.get_by_text("vous avez réussi").wait_for()


@pytest.mark.parametrize(
    ("zone", "shown"), [("Europe/Paris", 0), ("Europe/Madrid", 0), ("America/Martinique", 2)]
)
def test_hours_are_those_of_paris_and_beside_them_ones_own(arrive, zone, shown):
    people = town()
    released(people, hours=30)
    visit = arrive(scripts=True, zone=zone)
    visit.identify(people["school"])
    own = visit.page.locator("[data-own-hour]:visible")
    assert own.count() == shown
    assert all("à votre heure" in text for text in own.all_inner_texts())
    visit.press("EN")
    for text in own.all_inner_texts():
        assert "your time" in text
        assert not {"AM", "PM"} & set(text.split())


@pytest.mark.slow
def test_who_is_identified_finds_their_result_from_every_page_and_leaves_it(arrive, open_people):
    visit = arrive()
    visit.identify(open_people["school"])
    for path in ("/", "/aide/", "/adresse/", "/listes/"):
        visit.go(path)
        assert "L. A." in visit.page.get_by_label("Votre visite").inner_text()
        visit.page.get_by_role("navigation").get_by_role("link", name="Mon résultat").click()
        assert visit.path == "/resultats/mon-resultat/"
    visit.press("Quitter")
    assert "Votre résultat est fermé" in visit.words
    visit.go("/resultats/mon-resultat/")
    assert visit.path == "/resultats/"
    assert visit.page.get_by_label("Votre visite").count() == 0
