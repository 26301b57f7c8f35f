"""Requests for attestations of old sessions, for tests."""

from datetime import date

from candidates.models import Academy
from diplomas.attestations.requests import accept, submit
from diplomas.models import AttestationRequest
from tests.candidates import papers
from tests.candidates.visits import hidden
from tests.staff import member

ASK = "/attestation/demande/?academie=01"
FOLLOW = "/attestation/suivi/"

TYPED = {
    "birth_name": "MARTIN",
    "usage_name": "",
    "given_names": "Zoé",
    "birth_date": "14/07/1980",
    "birth_place": "Paris",
    "exam": "BTS",
    "speciality": "Comptabilité",
    "year": "2001",
    "school": "Lycée des Exemples",
    "address1": "",
    "address2": "",
    "address3": "3 rue des Acacias",
    "postcode": "69003",
    "city": "Lyon",
    "country": "FRANCE",
    "email": "zoe@exemple.fr",
}
READ = {
    "birth_name": "MARTIN",
    "usage_name": "",
    "given_names": "Zoé Anne",
    "birth_date": date(1980, 7, 14),
    "birth_place": "Paris 12e",
    "diploma": "Brevet de technicien supérieur",
    "speciality": "Comptabilité et gestion",
    "session": 2001,
    "mention": "",
    "decided_on": date(2001, 7, 6),
}


class Free:
    """A throttle that never blocks."""

    blocked = False

    def count_failure(self):
        pass


def open_form(client):
    """The hidden fields of the form, opened."""
    return hidden(client.get(ASK))


def send(client, *, opened=None, file=None, name="piece.pdf", **changes):
    """Fill the form and send it."""
    opened = opened or open_form(client)
    proof = papers.upload(papers.pdf() if file is None else file, name)
    return client.post(ASK, {"key": opened["key"], **TYPED, **changes, "proof": proof})


def follow(client, reference, birth_date="14/07/1980"):
    return client.post(FOLLOW, {"reference": reference, "birth_date": birth_date})


def asked(**values):
    """A request in the queue, as a form would have put it there."""
    proof = papers.upload(papers.pdf())
    fields = {name: value for name, value in TYPED.items() if name not in {"birth_date", "year"}}
    fields |= {"birth_date": READ["birth_date"], "year": 2001, "academy_id": _managed().pk}
    at = values.pop("at", None)
    reference = submit(
        asked=fields | values,
        form_key=str(AttestationRequest.objects.count()),
        proof=proof,
        proof_type="application/pdf",
        throttle=Free(),
        opening=Free(),
        at=at,
    )
    return AttestationRequest.objects.get(reference=reference)


def accepted(**values):
    return accept(asked(**values), read=READ, by=member("operator"))


def _managed():
    return Academy.objects.get(managed=True, code="01")
