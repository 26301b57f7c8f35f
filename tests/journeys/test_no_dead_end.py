"""Each kind of candidate, from the door to the right next step, and never to a dead end."""

from urllib.parse import urlsplit

import pytest

from tests.journeys.visit import PHONE

pytestmark = pytest.mark.browser

# For each: the links followed from the result, one after the other, and what is read at the end.
JOURNEYS = {
    "school": [
        (["Suivre mon diplôme"], ["Lycée des Exemples", "pièce d’identité", "procuration"]),
        (["Demander une attestation"], ["jamais", "relevé de notes"]),
    ],
    "home": [
        (["Suivre mon diplôme"], ["chez vous", "12 RUE DES LILAS"]),
        (["Suivre mon diplôme", "Changer d’adresse"], ["Où faut-il vous écrire"]),
    ],
    "other academy": [
        (["Suivre mon diplôme"], ["Lille", "ac-lille.fr"]),
        (["Demander une attestation"], ["Lille"]),
    ],
    "refused": [
        (["Toutes les possibilités après un échec"], ["octobre", "pendant 5 ans"]),
        (["Voir vos copies, signaler une erreur"], ["erreur"]),
    ],
    "absent": [
        (["Tout savoir sur l’absence"], ["D. 643-24", "48 heures"]),
        (["Toutes les possibilités après un échec"], ["octobre"]),
    ],
    "withheld": [
        (["La suspicion de fraude, étape par étape"], ["commission de discipline", "Écrire"]),
    ],
}


@pytest.mark.parametrize("situation", JOURNEYS)
@pytest.mark.slow
def test_each_one_is_led_to_their_next_step(situation, arrive, open_people):
    visit = arrive(size=PHONE)
    visit.go("/")
    visit.follow("Mon résultat")
    visit.identify(open_people[situation])
    result = visit.page.url
    for links, must in JOURNEYS[situation]:
        visit.go(result)
        for link in links:
            visit.follow(link)
        told = visit.words
        assert [words for words in must if words not in told] == [], visit.path
        assert _ways_on(visit), visit.path


def _ways_on(visit):
    """Where the main part of a page leads to: a form, another page, somebody to write to."""
    main = visit.page.locator("main")
    links = [link.get_attribute("href") for link in main.locator("a[href]").all()]
    return main.locator("form").count() or [link for link in links if urlsplit(link).path != "/"]
