"""The pages of an address change: nothing before identification, nothing lost, nothing twice."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidates.messages import outbox
from candidates.models import AddressChange, Candidate
from tests import factories
from tests.candidates.visits import (
    ADDRESS,
    MOVED,
    REVIEW,
    confirm,
    fields,
    fill,
    hidden,
    identify,
    refused,
    review,
    words,
)
from tests.results import pages

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.long,
    pytest.mark.usefixtures("of_this_year"),
]

LATER = timedelta(minutes=31)


def address_of(entry):
    candidate = Candidate.objects.get(pk=entry.candidate_id)
    return candidate.address1, candidate.address3, candidate.city


NOW_AT = ("12 RUE DES LILAS", "", "PARIS")
THEN_AT = ("", "3 RUE DES ACACIAS", "LYON")


# Who may see what


@pytest.mark.parametrize("page", [ADDRESS, REVIEW, "/adresse/recu/ADR-0000-0000/"])
def test_nobody_sees_an_address_without_identification(client, entry, page):
    answer = client.get(page, follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("results:lookup"))
    assert "LILAS" not in answer.content.decode()


def test_identification_leads_back_to_where_it_was_asked(client, entry):
    asked = client.get(ADDRESS).url
    assert "changer d’adresse" in words(client.get(asked))
    assert identify(client, entry, after=asked).url == ADDRESS
    assert "12 RUE DES LILAS" in words(client.get(ADDRESS))


@pytest.mark.parametrize(
    "suite",
    [
        "https://evil.example/",
        "//evil.example",
        "/gestion/",
        "admin:index",
        "results:sign_out",
        "candidates:address_receipt",
        "",
        "\x00",
    ],
)
def test_identification_leads_to_no_other_place_whatever_a_link_says(client, entry, suite):
    answer = client.post(
        reverse("results:lookup") + f"?suite={suite}",
        {"number": entry.number, "birth_date": "31/12/2004", "access_code": factories.CODE},
    )
    assert answer.url == reverse("results:mine")


def test_a_receipt_is_for_its_own_candidate(identified, entry):
    receipt = confirm(identified, review(identified)).url
    other = Client()
    identify(other, factories.entry())
    assert other.get(receipt).status_code == 404
    assert other.get(f"{receipt}recu.pdf").status_code == 404


@pytest.mark.parametrize("page", [ADDRESS, REVIEW])
def test_nothing_of_it_is_kept_by_a_browser(identified, page):
    fill(identified)
    assert "no-store" in identified.get(page)["Cache-Control"]


def test_no_address_of_a_page_names_anybody(identified, entry):
    urls = [fill(identified).url, confirm(identified, identified.get(REVIEW)).url]
    assert not [u for u in urls if entry.number in u or "DUPONT" in u or "Lyon" in u]


def test_a_page_posted_without_its_token_is_refused(entry):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(ADDRESS, MOVED).status_code == 403
    assert strict.post(REVIEW, {"confirmed": "x"}).status_code == 403


# The way through


def test_an_address_is_typed_read_again_confirmed_and_receipted(identified, entry):
    page = review(identified)
    assert {"12 RUE DES LILAS", "75011 PARIS"} <= set(page.context["present"].lines)
    assert "3 RUE DES ACACIAS" in words(page)
    assert address_of(entry) == NOW_AT
    answer = confirm(identified, page)
    assert address_of(entry) == THEN_AT
    change = AddressChange.objects.get()
    receipt = identified.get(answer.url)
    assert change.reference in words(receipt)
    assert change.reference in words(identified.get(ADDRESS))
    assert outbox.send_due() == (2, 0)
    assert [m.to for m in mail.outbox] == [["lea@exemple.fr"], [MOVED["email"]]]
    assert change.reference in mail.outbox[0].body


def test_the_receipt_is_a_page_of_pdf_with_before_after_and_reference(identified, entry):
    entry.session.score_sheets_mailed_on = timezone.localdate() - timedelta(days=3)
    entry.session.save()
    receipt = confirm(identified, review(identified)).url
    answer = identified.get(f"{receipt}recu.pdf")
    assert answer["Content-Type"] == "application/pdf"
    [page] = pages.texts(answer.content)
    change = AddressChange.objects.get()
    for said in (change.reference, "12 RUE DES LILAS", "69003 LYON", "Léa DUPONT", "trop tard"):
        assert said in page


def test_the_review_shows_the_envelope_as_it_will_be_printed(identified):
    page = review(identified, address3="3 bis, rue de l’Été")
    assert page.context["envelope"] == ["Léa DUPONT", "3 BIS RUE DE L ETE", "69003 LYON"]


def test_the_review_leads_back_to_what_was_typed(identified):
    page = review(identified).content.decode()
    assert f'href="{ADDRESS}">Modifier</a>' in page


def test_a_town_far_from_its_postcode_is_questioned_not_refused(identified, entry):
    page = review(identified, city="Marseille")
    assert "Code postal et ville vont-ils ensemble ?" in words(page)
    confirm(identified, page)
    assert address_of(entry)[2] == "MARSEILLE"


def test_what_has_left_is_said_to_come_too_late(identified, entry):
    entry.session.score_sheets_mailed_on = timezone.localdate() - timedelta(days=1)
    entry.session.save()
    page = review(identified)
    assert "Trop tard" in words(page)
    receipt = words(identified.get(confirm(identified, page).url))
    assert "le service des examens est prévenu" in receipt


# Bad input


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"address3": "٣ شارع الزهور"}, "alphabet latin"),
        ({"address3": "3 rue des Acacias 🏠"}, "🏠"),
        ({"address3": "3 rue de l’?t?"}, "écrivez la lettre."),
        ({"postcode": "7"}, "cinq chiffres"),
        ({"city": ""}, "Indiquez la ville"),
        ({"email": "lea@"}, "courriel"),
    ],
)
def test_a_message_stands_beside_its_field_and_the_rest_of_the_form_is_kept(
    identified, entry, typed, said
):
    page = refused(identified, **typed)
    assert page.status_code == 200
    [field] = typed
    message = page.content.decode().partition(f'id="id_{field}-erreur"')[2].partition("</div>")[0]
    assert said in message
    assert fields(page) == {n: v for n, v in (MOVED | typed).items() if n != "country"}
    assert address_of(entry) == NOW_AT


@pytest.mark.parametrize("text", ["A" * 100_000, "🙂" * 5_000, "\x00", "\ud800"[:0] + "<script>"])
def test_whatever_is_pasted_gets_a_page(identified, entry, text):
    page = refused(identified, address3=text, city=text, email=text)
    assert page.status_code == 200
    assert "<script>" not in page.content.decode()
    assert address_of(entry) == NOW_AT


def test_an_invalid_form_survives_a_change_of_language(identified):
    fill(identified, postcode="7")
    identified.post(reverse("set_language"), {"language": "en", "next": ADDRESS})
    assert fields(identified.get(ADDRESS))["address3"] == MOVED["address3"]


# Twice, back, elsewhere, too late


def test_a_double_click_changes_once_and_shows_the_same_receipt(identified, entry):
    page = review(identified)
    assert confirm(identified, page).url == confirm(identified, page).url
    assert AddressChange.objects.count() == 1


def test_back_from_the_receipt_and_confirmed_again_changes_nothing(identified, entry):
    page = review(identified)
    receipt = confirm(identified, page).url
    assert identified.get(REVIEW).url == ADDRESS  # the browser asks for the page again
    assert confirm(identified, page).url == receipt
    assert AddressChange.objects.count() == 1


def test_back_from_the_review_the_form_still_holds_what_was_typed(identified):
    review(identified)
    page = identified.get(ADDRESS)
    assert fields(page)["address3"] == MOVED["address3"]
    assert "Votre saisie est gardée" in words(page)
    identified.post(ADDRESS, {"restart": "1"})
    assert fields(identified.get(ADDRESS))["address3"] == "12 RUE DES LILAS"


def test_corrected_after_going_back_it_is_the_correction_that_counts(identified, entry):
    first = review(identified)
    second = review(identified, city="Villeurbanne", postcode="69100")
    confirm(identified, second)
    assert address_of(entry)[2] == "VILLEURBANNE"
    answer = confirm(identified, first)  # the page left open in another tab
    assert answer.status_code == 409
    assert "Votre adresse a changé entre-temps" in words(answer)
    assert "VILLEURBANNE" in words(answer)
    assert address_of(entry)[2] == "VILLEURBANNE"
    assert confirm(identified, answer).status_code == 302
    assert address_of(entry)[2] == "LYON"
    assert AddressChange.objects.count() == 2


def test_the_same_address_confirmed_in_two_tabs_changes_once(identified, entry):
    one, other = review(identified), review(identified)
    confirm(identified, one)
    assert confirm(identified, other).url == ADDRESS
    assert AddressChange.objects.count() == 1


def test_an_identification_that_expires_in_mid_form_loses_nothing(
    identified, entry, time_machine, settings
):
    opened = hidden(identified.get(ADDRESS))
    time_machine.move_to(timezone.now() + LATER)
    asked = identified.post(ADDRESS, {"opened_by": opened["opened_by"], **MOVED})
    assert asked.status_code == 302
    page = identified.get(asked.url)
    assert "Votre saisie est gardée" in words(page)
    assert "ACACIAS" not in asked.url + page.content.decode()
    assert identify(identified, entry, after=asked.url).url == ADDRESS
    assert fields(identified.get(ADDRESS)) == {n: v for n, v in MOVED.items() if n != "country"}


def test_an_identification_that_expires_on_the_review_comes_back_to_it(
    identified, entry, time_machine
):
    page = review(identified)
    time_machine.move_to(timezone.now() + LATER)
    asked = confirm(identified, page)
    assert address_of(entry) == NOW_AT
    assert identify(identified, entry, after=asked.url).url == REVIEW
    confirm(identified, identified.get(REVIEW))
    assert address_of(entry) == THEN_AT
    assert AddressChange.objects.count() == 1


def test_what_one_person_typed_is_never_shown_to_the_next(identified, entry, time_machine):
    opened = hidden(identified.get(ADDRESS))
    time_machine.move_to(timezone.now() + LATER)
    asked = identified.post(ADDRESS, {"opened_by": opened["opened_by"], **MOVED})
    identify(identified, factories.entry(address1="1 PLACE"), after=asked.url)
    page = identified.get(ADDRESS)
    assert "ACACIAS" not in page.content.decode()
    assert fields(page)["address3"] == "1 PLACE"


def test_a_form_opened_by_one_person_never_changes_the_address_of_the_next(identified, entry):
    opened, page = hidden(identified.get(ADDRESS)), review(identified)
    other = factories.entry()
    identify(identified, other)
    answer = identified.post(ADDRESS, {"opened_by": opened["opened_by"], **MOVED})
    assert "Ce formulaire n’était plus le vôtre" in words(answer)
    assert confirm(identified, page).url == ADDRESS
    assert address_of(other) == address_of(entry) == NOW_AT


def test_signing_out_forgets_what_was_typed(identified, entry):
    fill(identified)
    identified.post(reverse("results:sign_out"))
    identify(identified, entry)
    assert fields(identified.get(ADDRESS))["address3"] == "12 RUE DES LILAS"


def test_the_eleventh_change_of_a_day_is_refused_in_words(identified, entry):
    for number in range(10):
        confirm(identified, review(identified, address3=f"{number} rue"))
    answer = confirm(identified, review(identified))
    assert answer.status_code == 429
    assert answer["Retry-After"] == "86400"
    assert "Trop de changements en un jour" in words(answer)
    assert address_of(entry)[1] == "9 RUE"


@pytest.mark.parametrize("confirmed", ["", "nonsense", "a:b:c"])
def test_a_confirmation_that_is_none_of_ours_changes_nothing(identified, entry, confirmed):
    assert identified.post(REVIEW, {"confirmed": confirmed}).url == ADDRESS
    assert address_of(entry) == NOW_AT


def test_an_entry_that_is_forgotten_meanwhile_is_asked_to_identify(identified, entry):
    page = review(identified)
    entry.delete()
    assert identified.get(ADDRESS).status_code == 302
    assert confirm(identified, page).status_code == 302


def test_the_menu_leads_to_the_address(client):
    assert f'href="{ADDRESS}"' in client.get(reverse("home")).content.decode()
