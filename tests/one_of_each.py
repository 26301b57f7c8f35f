"""A row of every table that staff see, for tests of their pages."""

from django.db.models.functions import Now

from candidates.address_changes.changes import change_address
from candidates.civil_status.requests import identity_of, submit
from candidates.jobs import queue
from candidates.models import FailedIdentification, FileImport, Message, Proposal, ReDispatch
from candidates.postal.address import Address
from diplomas.models import Revocation, Route
from results.jury import job as deliberation
from results.models import JuryDecision
from tests import factories
from tests.candidates import papers
from tests.diplomas import dispatched, old_sessions
from tests.staff import head_of, member


def write():
    """Write the rows; the results are open, a batch of diplomas is sealed, requests wait."""
    manager = member("manager")
    entry = dispatched.at_school(email="lea@exemple.fr")
    helped = factories.entry(marks=factories.CONTROL, school=entry.school)
    decided = JuryDecision.objects.create(
        entry=helped, round=1, points=3, reason="Livret.", author=manager
    )
    for row, change in (
        (decided, {"reason": "Livret scolaire."}),
        (entry.marks.first(), {"value": 1300}),
        (entry, {"posting_place": "Lycée voisin"}),
        (entry.candidate, {"given_names": "Léa Anne"}),
    ):
        type(row).objects.filter(pk=row.pk).update(**change)
    dispatched.released()
    dispatched.batch(Route.SCHOOL)
    entry.candidate.refresh_from_db()
    _requests_of(entry)
    old_sessions.asked()
    attestation = old_sessions.accepted().attestation
    Revocation.objects.create(attestation=attestation, reason="Faux.", by=manager)
    queue.ask(deliberation.KIND, session=entry.session, round=1, by=manager)
    FileImport.objects.create(
        kind="marks",
        label="notes",
        session=entry.session,
        author=member("operator"),
        name="notes.csv",
        size=1,
        sha256="0" * 64,
        state=FileImport.State.READY,
        digest="1",
        report={"errors": []},
    )
    head_of(entry.school)
    Proposal.objects.create(
        kind="release",
        label="publier les résultats",
        session=entry.session,
        things=["release"],
        payload={"specialities": [], "round": 1, "at": None, "posted": {}},
        digest="as it was",
        proposed_by=member("superuser"),
    )
    FailedIdentification.objects.create(key=b"k" * 32, failures=1, until=Now())


def _requests_of(entry):
    candidate = entry.candidate
    change_address(
        factories.visit(entry),
        form_key="address",
        seen=Address.of(candidate),
        new=Address(address1="3 RUE DES ACACIAS", postcode="69003", city="LYON"),
    )
    submit(
        factories.visit(entry),
        form_key="identity",
        asked=identity_of(candidate) | {"birth_name": "DUPOND"},
        explanation="",
        proof=papers.upload(papers.pdf()),
        proof_type="application/pdf",
    )
    ReDispatch.objects.create(entry=entry, kind="score_sheets", label="Relevés")
    Message.objects.create(
        key="m", to="lea@exemple.fr", subject="Objet", text="Texte", state=Message.State.FAILED
    )
