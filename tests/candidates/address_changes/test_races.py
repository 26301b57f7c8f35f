"""Two changes at the same instant, and an office at work: nothing lost, nothing doubled."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event

import pytest
from django.db import connections, transaction

from candidates.address_changes.changes import AddressOutdated, change_address
from candidates.locks import Busy, lock_session
from candidates.messages.outbox import send_due
from candidates.models import AddressChange, Candidate, Message
from candidates.postal.address import Address
from tests import factories

pytestmark = [
    pytest.mark.long,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]

NEW = Address(address1="3 RUE DES ACACIAS", postcode="69003", city="LYON", email="new@exemple.fr")


def at_once(*calls):
    """Start calls at the same instant, each with its own connection; return results and errors."""
    together = Barrier(len(calls))

    def run(call):
        together.wait()
        try:
            return call()
        except (AddressOutdated, Busy) as refused:
            return type(refused)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def change(entry, new, key):
    seen = Address.of(entry.candidate)
    return lambda: change_address(factories.visit(entry), form_key=key, seen=seen, new=new)


def test_the_same_confirmation_sent_four_times_at_once_is_made_once(entry):
    changes = at_once(*[change(entry, NEW, "one key")] * 4)
    assert len(set(changes)) == 1
    assert AddressChange.objects.count() == 1
    assert Message.objects.count() == 2


def test_of_two_different_changes_at_once_the_second_is_told_of_the_first(entry):
    other = replace(NEW, city="VILLEURBANNE", postcode="69100")
    changes = at_once(change(entry, NEW, "one"), change(entry, other, "other"))
    assert AddressOutdated in changes
    [done] = [found for found in changes if found is not AddressOutdated]
    entry.candidate.refresh_from_db()
    kept = AddressChange.objects.get()
    assert kept.reference == done
    assert Address.of(entry.candidate) == kept.after


def test_while_the_office_holds_the_session_a_candidate_is_told_to_come_back(entry):
    held, done = Event(), Event()

    def office():
        with transaction.atomic():
            lock_session(entry.session)
            held.set()
            done.wait(20)
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(office)
        held.wait(20)
        try:
            with pytest.raises(Busy):
                change(entry, NEW, "key")()
        finally:
            done.set()
        working.result()
    assert Candidate.objects.get().city == "PARIS"
    assert change(entry, NEW, "key")()
    assert Address.of(Candidate.objects.get()) == NEW


def test_two_senders_at_once_send_each_message_once(entry, mailoutbox):
    for number in range(20):
        Message.objects.create(
            entry=entry,
            key=str(number),
            to=f"a{number}@exemple.fr",
            subject="s",
            text="t",
            html="h",
        )
    sent = at_once(send_due, send_due, send_due)
    assert sum(taken for taken, _refused in sent) == 20
    assert sorted(mail.to for mail in mailoutbox) == sorted(
        [f"a{number}@exemple.fr"] for number in range(20)
    )
