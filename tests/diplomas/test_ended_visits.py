"""A copy of the cookie opens no page of the candidate any more once the visit has ended."""

import copy

import pytest
from django.test import Client
from django.urls import reverse

from candidates.models import Entry
from diplomas.attestations import issuing
from tests import factories
from tests.candidates.visits import hidden, identify, words

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture(params=["off", "prepared"])
def visit(request, settings, client, individual):
    """The browser of an admitted candidate who has identified, and a copy of it."""
    settings.FAST_PATH = request.param
    identify(client, individual)
    thief = Client()
    thief.cookies = copy.deepcopy(client.cookies)
    return client, thief


def pages(individual):
    """Addresses of the pages for who is identified, with what each of them shows."""
    attestation = issuing.issue(factories.visit(individual))
    return [
        reverse("results:mine"),
        reverse("results:score_sheet"),
        reverse("results:consent"),
        reverse("candidates:address"),
        reverse("candidates:address_review"),
        reverse("candidates:address_receipt", args=["ADR-0000-0000"]),
        reverse("candidates:address_receipt_pdf", args=["ADR-0000-0000"]),
        reverse("candidates:identity"),
        reverse("candidates:identity_sent", args=["CIV-0000-0000"]),
        reverse("candidates:messages"),
        reverse("diplomas:mine"),
        reverse("diplomas:proxy_form"),
        reverse("diplomas:calendar"),
        reverse("diplomas:attestation"),
        reverse("diplomas:attestation_file", args=[attestation.reference]),
        reverse("diplomas:openings"),
    ]


def is_asked_who_it_is(answer):
    return answer.redirect_chain and answer.redirect_chain[-1][0].startswith("/resultats/?")


def test_a_copy_of_the_cookie_is_refused_everywhere_after_signing_out(visit, individual):
    client, thief = visit
    addresses = pages(individual)
    stolen = copy.deepcopy(thief.cookies)
    for address in addresses:
        assert not is_asked_who_it_is(thief.get(address, follow=True)), address
    client.post(reverse("results:sign_out"))
    for address in addresses:
        thief.cookies = copy.deepcopy(stolen)
        answer = thief.get(address, follow=True)
        assert is_asked_who_it_is(answer), address
        assert "Votre visite s’est fermée" in words(answer), address


def test_a_copy_of_the_cookie_sends_nothing_after_signing_out(visit, individual):
    client, thief = visit
    stolen = copy.deepcopy(thief.cookies)
    forms = [
        ("results:consent", {"choice": "withdraw"}),
        ("candidates:messages", {"releases": "on"}),
        ("diplomas:attestation", {}),
    ]
    filled = [(reverse(name), hidden(thief.get(reverse(name))) | data) for name, data in forms]
    client.post(reverse("results:sign_out"))
    before = Entry.objects.values("web_consent", "web_consent_chosen_at").get()
    for address, data in filled:
        thief.cookies = copy.deepcopy(stolen)
        assert thief.post(address, data).url.startswith("/resultats/?suite="), address
    assert Entry.objects.values("web_consent", "web_consent_chosen_at").get() == before


def test_a_new_identification_goes_on_after_signing_out(visit, individual):
    client, _thief = visit
    client.post(reverse("results:sign_out"))
    identify(client, individual)
    assert client.get(reverse("results:mine")).status_code == 200
