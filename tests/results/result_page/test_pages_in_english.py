"""A browser that prefers English gets English: words, numbers, dates, and French marked as such."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from candidates.freeze import Change, changing
from results.models import PublishedResult
from results.publication import release
from tests import factories
from tests.results import documents, screen
from tests.results.pages import texts

MARKED_FRENCH = re.compile(r'<(\w+)[^>]* lang="fr".*?</\1>', re.DOTALL)
FRENCH_WORD = re.compile(
    r"\b(?:au|aux|avec|dans|des|du|est|et|la|le|les|leur|mais|ne|notes|nous|par|pas|plus|pour|que"
    r"|qui|sont|sur|une|vos|votre|vous)\b",
    re.IGNORECASE,
)
# Terms of the field that stand beside their English words.
TERMS = re.compile(r"relevés? de notes|code de l’éducation|attestation de réussite")

SITUATIONS = {
    "admitted": documents.document(),
    "admitted after the orals": documents.second_round_admitted(),
    "diploma sent home": documents.document(diploma_route="HOME"),
    "another academy": documents.document(
        diploma_route="OTHER_ACADEMY", entry={"academy": documents.LILLE}
    ),
    "called to the orals": documents.control(),
    "refused": documents.refused(),
    "eliminated": documents.eliminated(),
    "withheld": documents.withheld(),
    "every status": documents.every_status(),
    "baccalauréat": documents.baccalaureat(),
    "an absence that counts 0": documents.brevet_refused(),
    "under a minimum": documents.under_a_minimum(),
    "not final": documents.not_final(),
    "corrected": documents.document(
        correction={"at": "2026-07-03T16:30:00+02:00", "reason": "erreur de report"}
    ),
}
NAMES = re.compile(r"Lycée de l’Exemple|RUE DES LILAS|rue de (?:l’Exemple|Bavay)|Léa Marie")


def french_in(markup):
    """The French words that a screen reader would read with an English voice."""
    text = screen.plain(MARKED_FRENCH.sub(" ", markup))
    return FRENCH_WORD.findall(TERMS.sub(" ", NAMES.sub(" ", text)))


@pytest.mark.parametrize("day", ["2026-07-02", "2026-11-23"])
@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_result_is_read_in_english_from_end_to_end(situation, day, time_machine):
    time_machine.move_to(f"{day} 12:00+02:00")
    assert french_in(screen.page(SITUATIONS[situation], language="en")) == []


def test_the_same_page_in_french_would_be_seen_as_french():
    assert len(french_in(screen.page(SITUATIONS["admitted"]))) > 50


def test_words_in_french_are_marked_for_screen_readers():
    page = screen.page(SITUATIONS["corrected"], language="en")
    for words in (
        "Management commercial opérationnel",
        "Gestion opérationnelle",
        "erreur de report",
    ):
        assert f'<span lang="fr">{words}</span>' in page


def test_the_decision_of_the_jury_is_translated_and_kept_in_its_official_words():
    page = screen.page(SITUATIONS["called to the orals"], language="en")
    assert "<strong>Called to the second-chance orals</strong>" in page
    official = "Autorisé à se présenter aux épreuves de contrôle"
    assert f'<span lang="fr">({official})</span>' in page
    assert f"({official})" not in screen.page(SITUATIONS["called to the orals"])


def test_numbers_have_a_decimal_point():
    just_below = documents.control() | {"average": "9.95"}
    assert "9.95 out of 20" in screen.words(just_below, language="en")
    assert "9,95 sur 20" in screen.words(just_below)


@pytest.fixture
def english():
    return Client(headers={"accept-language": "en-GB,en;q=0.9,fr;q=0.5"})


def identify(client, entry):
    typed = {"number": entry.number, "birth_date": "31/12/2004", "access_code": factories.CODE}
    return client.post(reverse("results:lookup"), typed)


def page(response):
    return response.content.decode()


@pytest.mark.parametrize("name", ["home", "results:lookup", "results:lists"])
@pytest.mark.parametrize("hours", [0, 1])
def test_public_pages_follow_the_language_of_the_browser(english, deliberated_session, name, hours):
    release.schedule(deliberated_session, at=timezone.now() + timedelta(hours=hours))
    shown = page(english.get(reverse(name)))
    assert '<html lang="en">' in shown
    assert french_in(shown.partition("<main")[2]) == []


def test_a_page_that_is_not_found_is_not_found_in_english(english, db):
    response = english.get("/nowhere/")
    assert (response.status_code, response["Content-Language"]) == (404, "en")
    assert "This page does not exist" in page(response)


def test_errors_of_the_form_are_in_english(english, deliberated_session):
    shown = page(english.post(reverse("results:lookup"), {"birth_date": "31/02/2004"}))
    assert "Enter a date like 31/12/2004." in shown
    assert french_in(shown.partition("<main")[2]) == []


def test_waiting_and_withdrawn_pages_are_in_english(
    english, people, deliberated_session, django_user_model
):
    release.schedule(deliberated_session, at=timezone.now() + timedelta(hours=1))
    identify(english, people["admitted"])
    waiting = page(english.get(reverse("results:mine")))
    boss = django_user_model.objects.create_user("boss")
    message = "Une note est en cours de vérification."
    release.withdraw(release.Release.objects.get(), by=boss, message=message)
    withdrawn = page(english.get(reverse("results:mine")))
    assert french_in(waiting.partition("<main")[2] + withdrawn.partition("<main")[2]) == []
    assert f'<span lang="fr">{message}</span>' in withdrawn


@pytest.mark.parametrize("name", ["home", "results:lookup", "results:lists", "results:mine"])
def test_changing_language_leads_back_to_the_same_page(client, people, deliberated_session, name):
    release.schedule(deliberated_session)
    if name == "results:mine":
        identify(client, people["admitted"])
    here = page(client.get(reverse(name)))
    assert '<html lang="fr">' in here
    back = re.search(r'name="next" value="([^"]*)"', here)[1]
    response = client.post(
        reverse("set_language"), {"language": "en", "next": back}, follow=True, secure=True
    )
    assert response.redirect_chain == [(reverse(name), 302)]
    assert '<html lang="en">' in page(response)


@pytest.mark.long
def test_the_score_sheet_is_in_french_for_everyone(english, people, deliberated_session):
    release.schedule(deliberated_session)
    identify(english, people["admitted"])
    sheet = english.get(reverse("results:score_sheet"))
    assert "Relevé de notes" in texts(sheet.content)[0]
    assert "Décision du jury Admis" in texts(sheet.content)[0]


def test_what_a_result_keeps_is_in_french_whatever_the_language_of_the_staff(
    people, deliberated_session, django_user_model
):
    boss = django_user_model.objects.create_user("boss")
    with translation.override("en"):
        release.schedule(deliberated_session)
        release.withdraw(release.Release.objects.get(), by=boss)
        with changing(Change.CORRECTION):
            people["admitted"].marks.filter(test__code="U3").update(value=1900)
            release.refresh([people["admitted"].pk])
        release.schedule(deliberated_session)
    corrected = PublishedResult.objects.get(entry=people["admitted"], revision=2)
    assert (
        corrected.whole_document["correction"]["reason"] == "Nouvelle publication après un retrait."
    )
