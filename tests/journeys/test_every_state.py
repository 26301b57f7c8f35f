"""Each page in each state: it fits a phone, and is accessible by day and by night."""

import pytest

from candidates.identification.throttle import PERSON_FROM_BLOCK
from results.publication.correction import correction
from results.publication.release import withdraw
from tests.journeys.people import released, town
from tests.staff import member

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_pages_before_the_hour(arrive):
    people = town()
    visit = arrive(scripts=True)
    visit.identify(people["school"])
    visit.examine("no hour yet")
    released(people, hours=30)
    visit.go("/resultats/mon-resultat/")
    visit.examine("waiting")
    for name, path in {"home": "/", "look-up": "/resultats/", "lists": "/listes/"}.items():
        visit.go(path)
        visit.examine(f"{name} before the hour")


def test_identification_that_fails(arrive):
    people = town()
    visit = arrive(scripts=True)
    visit.go("/resultats/")
    visit.press("Voir mon résultat")
    visit.examine("look-up, nothing typed")
    visit.identify(people["school"], code="ZZZZ-ZZZZ-ZZZZ")
    visit.examine("look-up, unknown")
    for _attempt in range(PERSON_FROM_BLOCK.failures):
        visit.press("Voir mon résultat")
    assert visit.page.locator(":focus").inner_text().startswith("Trop d’essais")
    visit.examine("look-up, too many attempts")


def test_each_result(arrive, open_people):
    visit = arrive(scripts=True)
    del open_people["discreet"]  # whose page is that of "school"
    for situation, entry in open_people.items():
        visit.identify(entry)
        visit.examine(f"result, {situation}")


def test_a_result_corrected_then_withdrawn(arrive):
    people, boss = town(), member("superuser")
    release = released(people)
    with correction(people["refused"], by=boss, reason="Erreur de report de la note U3."):
        people["refused"].marks.filter(test__code="U3").update(value=1900)
    visit = arrive(scripts=True)
    visit.identify(people["refused"])
    assert "Erreur de report de la note U3." in visit.words
    visit.examine("result, corrected")
    withdraw(release, by=boss, message="Une vérification est en cours.")
    visit.page.reload()
    assert "Une vérification est en cours." in visit.words
    visit.examine("withdrawn")
    visit.go("/")
    visit.examine("home, withdrawn")


def test_lists_and_pages_that_are_not_there(arrive, open_people):
    visit = arrive(scripts=True)
    for name, path in {
        "home": "/",
        "lists": "/listes/",
        "list": "/listes/BTS-2026/MINI/",
        "list, one letter": "/listes/BTS-2026/MINI/?lettre=E",
        "not found": "/listes/BTS-2026/AUCUNE/",
        "guidance": "/aide/",
        "guidance, steps": "/aide/absence/",
    }.items():
        visit.go(path)
        visit.examine(name)
    visit.go("/listes/BTS-2026/MINI/")
    visit.page.get_by_label("Nom ou prénom").fill("caron")
    visit.press("Chercher")
    visit.examine("list, nobody found")
    visit.go("/attestation/suivi/")
    visit.context.clear_cookies()
    visit.press("Voir ma demande")
    assert "Ce formulaire n’est plus valable" in visit.words
    visit.examine("form out of date")
