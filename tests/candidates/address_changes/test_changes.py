"""A change of address: one transaction, once, with e-mails to both addresses."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from candidates.address_changes.changes import (
    MOST_A_DAY,
    AddressOutdated,
    TooManyChanges,
    Unchanged,
    change_address,
    changes_of,
)
from candidates.models import AddressChange, Candidate, CandidateEvent, Message, ReDispatch
from candidates.postal.address import Address
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("of_this_year")]

NEW = Address(
    address1="3 RUE DES ACACIAS", postcode="69003", city="LYON", email="nouveau@exemple.fr"
)


def present(entry):
    return Address.of(Candidate.objects.get(pk=entry.candidate_id))


def change(entry, new=NEW, *, key="key", seen=None):
    made = change_address(
        factories.visit(entry), form_key=key, seen=seen or present(entry), new=new
    )
    return AddressChange.objects.get(reference=made)


def mailed(entry, *, days):
    entry.session.score_sheets_mailed_on = timezone.localdate() + timedelta(days=days)
    entry.session.save()


def test_the_address_changes_at_once_and_the_change_is_kept(entry):
    before = present(entry)
    done = change(entry)
    assert present(entry) == NEW
    assert (done.before, done.after) == (before, NEW)
    assert changes_of(factories.visit(entry)) == [done]


def test_the_history_says_that_the_candidate_did_it(entry):
    change(entry)
    event = CandidateEvent.objects.get(id=entry.candidate_id)
    assert event.city == "PARIS"
    assert event.pgh_context == {"by": "candidate"}


def test_a_reference_is_short_and_tells_nothing(entry):
    kind, *code = change(entry).reference.split("-")
    assert kind == "ADR"
    assert [len(part) for part in code] == [4, 4]
    assert not set("ILOU") & set("".join(code))


def test_confirmed_twice_a_change_is_made_once(entry):
    seen = present(entry)
    first = change(entry, seen=seen)
    assert change(entry, seen=seen) == first
    assert AddressChange.objects.count() == 1
    assert Message.objects.count() == 2


def test_what_was_shown_as_present_must_still_be_it(entry):
    seen = present(entry)
    change(entry)
    other = replace(NEW, city="VILLEURBANNE", postcode="69100")
    with pytest.raises(AddressOutdated):
        change(entry, other, key="other tab", seen=seen)
    assert present(entry) == NEW


def test_the_same_address_from_another_tab_changes_nothing(entry):
    seen = present(entry)
    change(entry)
    with pytest.raises(Unchanged):
        change(entry, key="other tab", seen=seen)
    assert AddressChange.objects.count() == 1


def test_an_address_changes_ten_times_a_day_at_the_most(entry):
    for number in range(MOST_A_DAY):
        change(entry, replace(NEW, address1=f"{number} RUE"), key=f"key {number}")
    with pytest.raises(TooManyChanges):
        change(entry)


def test_the_changes_of_the_day_before_do_not_count(entry):
    day_before = timezone.now() - timedelta(days=1, minutes=1)
    old = present(entry).as_dict()
    for number in range(MOST_A_DAY):
        values = {"reference": f"ADR-{number}", "form_key": f"key {number}"}
        AddressChange.objects.create(
            entry=entry, old=old, new={}, requested_at=day_before, **values
        )
    change(entry)
    assert present(entry) == NEW


def test_the_old_and_the_new_e_mail_are_both_told_and_neither_reads_the_address(entry):
    change(entry)
    sent = {message.to: message for message in Message.objects.order_by("pk")}
    assert set(sent) == {"lea@exemple.fr", "nouveau@exemple.fr"}
    assert "ne vous écrirons plus ici" in sent["lea@exemple.fr"].text
    for message in sent.values():
        assert "ACACIAS" not in message.text + message.html
        assert entry.number not in message.text + message.html


def test_an_e_mail_that_stays_gets_one_message(entry):
    change(entry, replace(NEW, email="lea@exemple.fr"))
    assert [m.to for m in Message.objects.order_by("pk")] == ["lea@exemple.fr"]


def test_without_any_e_mail_there_is_nobody_to_write_to(entry):
    Candidate.objects.filter(pk=entry.candidate_id).update(email="")
    change(entry, replace(NEW, email=""))
    assert not Message.objects.exists()


def test_a_change_that_fails_leaves_nothing_behind(entry):
    class Crash(Exception):
        pass

    def crash():
        with transaction.atomic():
            change(entry)
            raise Crash

    with pytest.raises(Crash):
        crash()
    assert present(entry).city == "PARIS"
    assert not AddressChange.objects.exists()
    assert not Message.objects.exists()


def test_what_was_asked_stays_as_it_was_written(entry):
    done = change(entry)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        AddressChange.objects.filter(pk=done.pk).update(new={"city": "AILLEURS"})


def test_before_the_mailing_the_new_address_is_in_time(entry):
    mailed(entry, days=1)
    mailing = change(entry).mailings[0]
    assert (mailing["kind"], mailing["sealed"]) == ("score_sheet", False)
    assert not ReDispatch.objects.exists()


@pytest.mark.parametrize("days", [0, -1, -100])
def test_from_the_day_of_the_mailing_the_office_has_to_decide(entry, days):
    mailed(entry, days=days)
    done = change(entry)
    assert done.mailings[0]["sealed"]
    asked = ReDispatch.objects.get()
    assert (asked.entry, asked.change, asked.kind) == (entry, done, "score_sheet")
    assert asked.state == ReDispatch.State.TO_DECIDE


def test_moving_twice_asks_the_office_once_with_the_last_address(entry):
    mailed(entry, days=-1)
    change(entry)
    last = change(entry, replace(NEW, address1="5 RUE"), key="again")
    assert ReDispatch.objects.get().change == last


def test_another_e_mail_alone_concerns_no_mailing(entry):
    mailed(entry, days=-1)
    done = change(entry, replace(present(entry), email="nouveau@exemple.fr"))
    assert done.mailings == []
    assert not ReDispatch.objects.exists()
