"""Receipts of what is sent online: the day, the service, and the day on which silence refuses."""

import datetime

import pytest
from django.urls import reverse

from candidates.address_changes.receipt import render_receipt
from candidates.civil_status import requests as civil_status
from candidates.models import AddressChange, IdentityRequest, Message
from tests import factories
from tests.candidates import papers
from tests.candidates.visits import confirm, identify, review, words
from tests.diplomas import old_sessions
from tests.results.pages import texts

pytestmark = [pytest.mark.django_db, pytest.mark.long]

SERVICE = "Service régional des examens 1 rue de l’Exemple 75000 Paris"
PHONE = "Téléphone : 01 23 45 67 89"


@pytest.fixture(params=["", "01 23 45 67 89"], ids=["no telephone", "telephone"])
def telephone(request, settings):
    settings.OFFICE_TELEPHONE = request.param
    return request.param


def spaced(page):
    return words(page).replace("\xa0", " ")


def test_the_receipt_of_a_correction_says_when_silence_refuses(client, telephone):
    entry = factories.entry()
    reference = civil_status.submit(
        factories.visit(entry),
        form_key="key",
        asked=civil_status.identity_of(entry.candidate) | {"birth_name": "DUPOND"},
        explanation="",
        proof=papers.upload(papers.pdf()),
        proof_type="application/pdf",
    )
    IdentityRequest.objects.update(
        submitted_at=datetime.datetime(2026, 12, 31, 12, tzinfo=datetime.UTC)
    )
    identify(client, entry)
    page = spaced(client.get(reverse("candidates:identity_sent", args=[reference])))
    assert "Reçu le 31 décembre 2026" in page
    assert SERVICE in page
    assert (PHONE in page) == bool(telephone)
    assert "pas de réponse le 28 février 2027, ce silence vaut refus" in page
    assert "tribunal administratif" in page


def test_the_receipt_of_an_attestation_has_its_day_and_no_silence(client, telephone):
    factories.session()
    request = old_sessions.asked()
    page = spaced(client.get(reverse("diplomas:attestation_sent", args=[request.reference])))
    followed = spaced(old_sessions.follow(client, request.reference))
    message = Message.objects.get()
    text = " ".join(message.text.split())
    for told in (page, followed, text):
        assert "Reçu le " in told
        assert SERVICE in told
        assert (PHONE.replace("\xa0", " ") in told.replace("\xa0", " ")) == bool(telephone)
        assert "silence" not in told


def test_the_receipt_of_an_address_names_the_service_on_the_page_and_on_paper(client, telephone):
    entry = factories.entry()
    identify(client, entry)
    confirm(client, review(client))
    change = AddressChange.objects.get()
    page = spaced(client.get(reverse("candidates:address_receipt", args=[change.reference])))
    assert SERVICE in page
    assert (PHONE in page) == bool(telephone)
    (paper,) = texts(render_receipt(change))
    assert "Service chargé du dossier : Service régional des examens, 1 rue de l’Exemple" in paper
    assert ("01 23 45 67 89" in paper) == bool(telephone)
