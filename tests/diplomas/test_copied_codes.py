"""Whoever copies a reference or a code out of a PDF copies it without a space.

Q and J are the worst pair of the State's typeface: kerning draws the J under the Q before it.
"""

import itertools

import pytest
from django.urls import reverse

from candidates import references
from candidates.address_changes.changes import change_address
from candidates.address_changes.receipt import render_receipt
from candidates.models import AddressChange
from candidates.postal.address import Address
from diplomas.attestations import issuing
from diplomas.dispatch import printing
from diplomas.models import Attestation, Route
from results.document import verification_code
from results.score_sheet.sheet import render_score_sheet
from tests import factories
from tests.candidates.visits import identify
from tests.diplomas import dispatched
from tests.results import documents
from tests.results.pages import texts

pytestmark = pytest.mark.django_db

REFERENCE = "QJQJ-QJQJ"
NUMBER = "26QJ00QJQ1"
CODE = verification_code.parse("0QJQ-JQJQ-QJQJ-JQJQ-JJQQ-QJQJ-QJ")


@pytest.fixture(autouse=True)
def _the_worst_letters_are_drawn(monkeypatch):
    letters = itertools.cycle("QJ")
    monkeypatch.setattr(references.secrets, "choice", lambda alphabet: next(letters))


@pytest.fixture
def individual_to_copy():
    entry = dispatched.at_home(number=NUMBER)
    dispatched.released()
    return entry


def test_on_the_receipt_of_a_change_of_address(individual_to_copy):
    address = Address(address3="3 RUE DES ACACIAS", postcode="69003", city="LYON")
    seen = Address.of(individual_to_copy.candidate)
    visit = factories.visit(individual_to_copy)
    change_address(visit, form_key="key", seen=seen, new=address)
    change = AddressChange.objects.get()
    (page,) = texts(render_receipt(change))
    assert f"Référence ADR-{REFERENCE}, demandé" in page
    assert f"candidat n° {NUMBER} Avant" in page


@pytest.mark.long
def test_on_the_list_of_a_school():
    for _pupil in range(20):
        dispatched.at_school()
    dispatched.at_school("ZOLA", number=NUMBER)
    dispatched.released()
    pages = texts(printing.slip_pdf(dispatched.batch()))
    assert f"Lot LOT-{REFERENCE}, préparé" in pages[0]
    assert all(f"Bordereau LOT-{REFERENCE} –" in page for page in pages[1:])
    assert f"{NUMBER} D" in pages[-1]


def test_on_the_letter_that_goes_with_a_diploma(individual_to_copy, tmp_path):
    (page,) = texts(dispatched.letters_of(dispatched.batch(Route.HOME), tmp_path))
    assert f"Lot LOT-{REFERENCE}, rang 1" in page
    assert f"candidat n° {NUMBER} " in page


def test_on_the_mandate_to_collect_a_diploma(client):
    entry = dispatched.at_school(number=NUMBER)
    dispatched.released()
    identify(client, entry)
    (page,) = texts(client.get(reverse("diplomas:proxy_form")).content)
    assert f"Candidat n° {NUMBER} " in page


@pytest.mark.long
def test_on_an_attestation(individual_to_copy, monkeypatch):
    monkeypatch.setattr(verification_code, "generate", lambda: CODE.hex)
    issuing.issue(factories.visit(individual_to_copy))
    attestation = Attestation.objects.get()
    (page,) = texts(attestation.pdf)
    assert attestation.reference.endswith(REFERENCE)
    assert f"N° {attestation.reference} " in page
    assert f"n° {attestation.reference}, établie" in page
    assert all(f"{line} " in page for line in verification_code.lines(CODE))


@pytest.mark.parametrize("document", [documents.document, documents.longest])
@pytest.mark.slow
def test_on_a_score_sheet(document):
    front, _back = texts(render_score_sheet(document(), code=CODE))
    assert all(f"{line} " in front for line in verification_code.lines(CODE))
