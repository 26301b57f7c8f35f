"""Whatever the portal refuses carries the ways of appeal: on the page, in the e-mail, on paper.

A new state of a request, a new verdict or a new template that tells one fails here until it is
written below: as a refusal, or as none with its reason.
"""

import re
import uuid
from pathlib import Path

import pytest
from django.apps import apps
from django.template.loader import render_to_string
from django.urls import reverse

from candidates.address_changes import redispatches
from candidates.civil_status import requests as civil_status
from candidates.models import IdentityRequest, Message, ReDispatch
from diplomas.attestations import requests as attestations
from diplomas.models import Attestation, Revocation
from results.score_sheet.sheet import render_score_sheet
from tests import factories
from tests.candidates import papers
from tests.candidates.visits import identify
from tests.diplomas import old_sessions
from tests.diplomas.published import people
from tests.results import documents
from tests.results.pages import texts
from tests.results.screen import plain, words
from tests.staff import member

pytestmark = [pytest.mark.django_db, pytest.mark.long]

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
OURS = {"candidates", "results", "diplomas"}
WAYS = ("recours gracieux", "tribunal administratif", "deux mois", "médiateur", "réclamation")


def identity_refused(client):
    entry = factories.entry(email="lea@exemple.fr")
    reference = civil_status.submit(
        factories.visit(entry),
        form_key="key",
        asked=civil_status.identity_of(entry.candidate) | {"birth_name": "DUPOND"},
        explanation="",
        proof=papers.upload(papers.pdf()),
        proof_type="application/pdf",
    )
    request = IdentityRequest.objects.get(reference=reference)
    civil_status.decide(request, state="REFUSED", by=member("operator"), reason="Illisible.")
    identify(client, entry)
    yield client.get(reverse("candidates:identity_sent", args=[reference])).content.decode()
    yield from mails()


def not_sent_again(client):
    entry = factories.entry(email="lea@exemple.fr")
    row = ReDispatch.objects.create(entry=entry, kind="score_sheet", label="Relevé de notes")
    redispatches.decide(row, state="CLOSED", by=member("operator"))
    yield from mails()


def attestation_refused(client):
    factories.session()
    request = old_sessions.asked()
    Message.objects.all().delete()
    attestations.refuse(request, reason="Pas au registre.", by=member("operator"))
    yield old_sessions.follow(client, request.reference).content.decode()
    yield from mails()


def attestation_revoked(client):
    factories.session()
    request = old_sessions.accepted()
    revoke(Attestation.objects.get())
    yield old_sessions.follow(client, request.reference).content.decode()


def own_attestation_revoked(client):
    entry = people()["admitted"]
    identify(client, entry)
    client.post(reverse("diplomas:attestation"))
    revoke(Attestation.objects.get())
    yield client.get(reverse("diplomas:attestation")).content.decode()


def result_refused(client):
    yield words(documents.refused())
    yield texts(sheet(documents.refused()))[1]


def result_eliminated(client):
    yield words(documents.eliminated())
    yield texts(sheet(documents.eliminated()))[1]


def sheet(document):
    return render_score_sheet(document, code=uuid.UUID(int=1))


def revoke(attestation):
    Revocation.objects.create(attestation=attestation, reason="Erreur.", by=member("manager"))


def mails():
    message = Message.objects.get()
    yield message.text
    yield message.html


REFUSALS = {
    "candidates.IdentityRequest REFUSED": identity_refused,
    "candidates.ReDispatch CLOSED": not_sent_again,
    "diplomas.AttestationRequest REFUSED": attestation_refused,
    "diplomas.Revocation": attestation_revoked,
    "diplomas.Revocation of one's own": own_attestation_revoked,
    "results.PublishedResult REFUSED": result_refused,
    "results.PublishedResult ELIMINATED": result_eliminated,
}
NONE = {
    "candidates.Proposal": "between two of the staff",
    "candidates.Job": "work of the office",
    "candidates.FileImport": "work of the office",
    "candidates.Message": "an e-mail on its way",
    "diplomas.Diploma": "where a diploma is",
    "results.Decision": "published as a result, below",
    "candidates.IdentityRequest SUBMITTED": "not decided; the receipt says when silence refuses",
    "candidates.IdentityRequest ACCEPTED": "",
    "candidates.ReDispatch TO_DECIDE": "",
    "candidates.ReDispatch SENT_AGAIN": "",
    "diplomas.AttestationRequest SUBMITTED": "",
    "diplomas.AttestationRequest ACCEPTED": "",
    "results.PublishedResult ADMITTED": "",
    "results.PublishedResult CONTROL": "the jury has not finished",
    "results.PublishedResult NOT_FINAL": "the jury has not finished; it carries them all the same",
    "results.PublishedResult DEFERRED": "the jury has not finished",
    "results.PublishedResult WITHHELD": "nothing is decided; the fraud page says how to contest",
    "results.PublishedResult INCOMPLETE": "never published",
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_carries_the_ways_of_appeal(refusal, client):
    for told in REFUSALS[refusal](client):
        text = plain(told).lower()
        assert [way for way in WAYS if way not in text] == []


def test_every_state_is_a_refusal_or_none():
    states = {
        (model._meta.label, value)
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for field in model._meta.concrete_fields
        if field.name in {"state", "verdict"} and field.choices
        for value, _label in field.choices
    }
    known = REFUSALS.keys() | NONE.keys()
    assert {f"{model} {v}" for model, v in states if model not in NONE} - known == set()


# Templates that tell a refusal, and leave its appeals to another, with the reason.
ELSEWHERE = {
    "results/includes/verdict.html": "the steps below it have them",
    "results/includes/next_steps.html": "by step_mistake.html",
    "diplomas/verified.html": "read by employers, of whom nothing is refused",
}
TOLD = re.compile(r"""["'](?:REFUSED|CLOSED|ELIMINATED|revoked)["']|revoked_at""")
CARRIED = re.compile(r"includes/(?:mail/)?appeal|guidance:complaints' %}#recours")


def test_every_template_that_tells_a_refusal_carries_them():
    told = {
        name
        for path in TEMPLATES.rglob("*.*")
        if (name := path.relative_to(TEMPLATES).as_posix()).partition("/")[0] != "admin"
        if TOLD.search(text := path.read_text())
        if not CARRIED.search(text)
    }
    assert told == ELSEWHERE.keys()


def test_the_help_page_says_that_a_result_can_be_contested():
    text = plain(render_to_string("includes/appeal_ways.html", {"jury": True}))
    assert "Une irrégularité se signale" in text


def test_nothing_says_that_a_mark_cannot_be_contested_at_all():
    for path in TEMPLATES.rglob("*.*"):
        text = path.read_text()
        assert "ne se conteste" not in text
        assert "pas être contest" not in text
