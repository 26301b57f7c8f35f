"""Address changes in the staff's pages, and the results that carry the address."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from candidates.models import AddressChange, ReDispatch
from results.jury.deliberation import deliberate
from results.models import PublishedResult
from results.publication import release
from tests import factories
from tests.staff import client_of, messages_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("of_this_year")]

MOVED = {"address1": "3 RUE DES ACACIAS", "postcode": "69003", "city": "LYON", "country": "FRANCE"}


@pytest.fixture
def admitted_entry():
    """Alone in a session, after the jury."""
    made = factories.entry(marks=factories.ADMITTED)
    deliberate(made.session)
    return made


def move(entry, typed=MOVED):
    address = reverse("admin:candidates_candidate_change", args=[entry.candidate_id])
    operator = client_of("operator")
    seen = operator.get(address).context["adminform"].form.digest
    why = {"reason": "Lettre du candidat.", "confirmed": "on", "seen": seen}
    return operator.post(address, typed | why, follow=True)


def printed(entry):
    return PublishedResult.objects.get(entry=entry).document["candidate"]["address"]


def test_the_waiting_result_takes_the_new_address(admitted_entry):
    release.schedule(admitted_entry.session, at=timezone.now() + timedelta(hours=2))
    assert move(admitted_entry).status_code == 200
    assert printed(admitted_entry) == ["3 RUE DES ACACIAS", "69003 LYON"]


def test_the_public_result_keeps_what_it_said(admitted_entry):
    release.schedule(admitted_entry.session)
    assert move(admitted_entry).status_code == 200
    admitted_entry.candidate.refresh_from_db()
    assert admitted_entry.candidate.city == "LYON"
    assert printed(admitted_entry) == ["12 RUE DES LILAS", "75011 PARIS"]


def test_an_hour_that_strikes_meanwhile_is_told_and_nothing_is_half_done(admitted_entry):
    """The server's clock is late by an hour on that of the database, which has the last word."""
    release.schedule(admitted_entry.session)
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        answer = move(admitted_entry)
    assert messages_of(answer) == [
        "La publication vient de s’ouvrir. Rien n’a été changé : recommencez."
    ]
    admitted_entry.candidate.refresh_from_db()
    assert admitted_entry.candidate.city == "PARIS"
    assert move(admitted_entry).status_code == 200
    admitted_entry.candidate.refresh_from_db()
    assert admitted_entry.candidate.city == "LYON"


def test_what_had_left_when_the_office_writes_an_address_is_a_question_to_decide(admitted_entry):
    admitted_entry.session.score_sheets_mailed_on = timezone.localdate() - timedelta(days=3)
    admitted_entry.session.save()
    release.schedule(admitted_entry.session)
    (message,) = messages_of(move(admitted_entry))[:1]
    assert "1 envoi était déjà préparé" in message
    row = ReDispatch.objects.get()
    change = AddressChange.objects.get()
    assert (row.entry, row.kind, row.change) == (admitted_entry, "score_sheet", change)
    assert change.by.username == "operator"
    page = client_of("operator").get(reverse("admin:candidates_redispatch_change", args=[row.pk]))
    assert "3 RUE DES ACACIAS" in page.content.decode()


def test_a_new_mailbox_alone_sends_nothing_again(admitted_entry):
    admitted_entry.session.score_sheets_mailed_on = timezone.localdate() - timedelta(days=3)
    admitted_entry.session.save()
    same = {"address1": "12 RUE DES LILAS", "postcode": "75011", "city": "PARIS"}
    move(admitted_entry, same | {"country": "FRANCE", "email": "lea@exemple.fr"})
    admitted_entry.candidate.refresh_from_db()
    assert admitted_entry.candidate.email == "lea@exemple.fr"
    assert not ReDispatch.objects.exists()


def test_what_has_not_left_takes_the_address_without_a_question(admitted_entry):
    admitted_entry.session.score_sheets_mailed_on = timezone.localdate() + timedelta(days=3)
    admitted_entry.session.save()
    move(admitted_entry)
    assert not ReDispatch.objects.exists()
