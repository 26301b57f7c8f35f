"""A page that says "write to us" says where: nobody may ring the office."""

import pytest
from django.conf import settings

from diplomas.attestations.requests import refuse
from diplomas.dispatch import custody
from diplomas.models import EventKind, Route
from tests.candidates.visits import identify
from tests.diplomas import dispatched
from tests.diplomas.old_sessions import asked, follow
from tests.staff import member

pytestmark = pytest.mark.django_db

MAIL = f'href="mailto:{settings.OFFICE_EMAIL}"'


def test_who_must_fetch_a_diploma_at_the_office_reads_where_to_write(client):
    entry = dispatched.at_home()
    dispatched.released()
    dispatched.batch(Route.HOME, stage="SENT")
    custody.record(dispatched.diploma_of(entry), EventKind.RETURNED, by=None, cause="NPAI")
    identify(client, entry)
    page = client.get("/diplome/").content.decode()
    assert "écrivez-nous d’abord, pour convenir d’un jour" in page
    assert "Mettez votre nom sur la boîte aux lettres, puis écrivez-nous" in page
    assert MAIL in page


@pytest.mark.parametrize("page", ["/verifier/mes-documents/", "/attestation/"])
def test_who_is_surprised_about_a_document_reads_where_to_write(client, page):
    entry = dispatched.at_home()
    dispatched.released()
    identify(client, entry)
    assert MAIL in client.get(page).content.decode()


@pytest.mark.slow
def test_who_is_refused_an_attestation_reads_where_to_write(client):
    request = asked()
    refuse(request, reason="Rien au registre de 2001.", by=member("operator"))
    page = follow(client, request.reference).content.decode()
    assert "nous écrire" in page
    assert MAIL in page
    assert "numéro de candidat" not in page


def test_who_holds_a_document_that_is_not_confirmed_reads_where_to_write(client):
    assert MAIL in client.get("/verifier/00000000000000000000000000/").content.decode()
    assert MAIL not in client.get("/verifier/").content.decode()
