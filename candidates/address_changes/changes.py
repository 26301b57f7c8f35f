"""Changes of address, by identified candidates or by the office, effective at once.

One transaction writes the candidate's row, the change, the questions to the office and the
e-mails.
"""

import datetime
import uuid

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from candidates.address_changes import mailings, redispatches
from candidates.history import BY_CANDIDATE
from candidates.locks import lock_session, lock_timeout
from candidates.messages import outbox
from candidates.models import AddressChange, Candidate, Session
from candidates.postal.address import Address
from candidates.references import new_reference
from candidates.signals import address_changed, entries_changed

MOST_A_DAY = 10


class NotChanged(Exception):
    """Nothing was changed; the subclass says why."""


class Unchanged(NotChanged):
    """The new address is the one on file."""


class AddressOutdated(NotChanged):
    """The address on file is no longer the one that the candidate was shown."""


class TooManyChanges(NotChanged):
    """This entry has changed its address `MOST_A_DAY` times in the last 24 hours."""


def changes_of(entry):
    """Return the changes of address of the candidate of `entry`, under any of their entries."""
    return AddressChange.objects.filter(entry__candidate=entry.candidate_id)


def change_address(*, entry_id, form_key, seen, new, at=None):
    """Make `new` the address of the candidate of an entry; return the `AddressChange`.

    `seen` is the address that the candidate was shown as the present one. `form_key` identifies
    the confirmation: a second call with the same one (double click, back button) returns the first
    change and does nothing. Raise a `NotChanged`, or `locks.Busy`.
    """
    at = at or timezone.now()
    with lock_timeout(), pghistory.context(by=BY_CANDIDATE):
        candidate = _lock(entry_id)
        done = AddressChange.objects.filter(form_key=form_key, entry=entry_id).first()
        if done:
            return done
        old = _present(candidate, seen=seen, new=new)
        since = at - datetime.timedelta(days=1)
        recent = AddressChange.objects.filter(entry=entry_id, requested_at__gt=since)
        if recent.count() >= MOST_A_DAY:
            raise TooManyChanges
        Candidate.objects.filter(pk=candidate.pk).update(**new.as_dict(), address_chosen_at=at)
        change = _keep(candidate, entry_id, old, new, form_key=form_key, at=at)
        address_changed.send(Candidate, entry_ids=_entry_ids(candidate))
    return change


def change_by_office(*, entry_id, seen, new, by, reason, at=None):
    """Make `new` the address of the candidate of an entry, as a member of the office asks.

    `seen` is the address that they were shown as the present one. Return the `AddressChange`, which
    keeps `reason`, and write to the candidate. Raise `Unchanged`, `AddressOutdated`, or what the
    receivers of `entries_changed` refuse with.
    """
    at = at or timezone.now()
    with transaction.atomic(), pghistory.context(user=by.pk, reason=reason):
        candidate = _lock(entry_id)
        old = _present(candidate, seen=seen, new=new)
        Candidate.objects.filter(pk=candidate.pk).update(**new.as_dict())
        key = uuid.uuid4().hex
        change = _keep(candidate, entry_id, old, new, form_key=key, at=at, by=by, reason=reason)
        entries_changed.send(Candidate, entry_ids=_entry_ids(candidate))
    return change


def _lock(entry_id):
    """Lock the candidate of an entry, after its sessions as all writers do; return it."""
    of_candidate = {"entries__candidate__entries": entry_id}
    for session in Session.objects.filter(**of_candidate).order_by("pk").distinct("pk"):
        lock_session(session)
    return Candidate.objects.select_for_update(of=("self",)).get(entries=entry_id)


def _present(candidate, *, seen, new):
    """Return the address on file, which is the one `seen` and not the `new` one."""
    present = Address.of(candidate)
    if present == new:
        raise Unchanged
    if present != seen:
        raise AddressOutdated
    return present


def _keep(candidate, entry_id, old, new, *, at, **values):
    """Write the row of a change, its questions to the office and its e-mails; return it."""
    moved = old.same_place != new.same_place
    concerned = mailings.mailings_of(candidate.pk, at=at) if moved else []
    change = AddressChange.objects.create(
        entry_id=entry_id,
        reference=new_reference("ADR"),
        old=old.as_dict(),
        new=new.as_dict(),
        mailings=[mailings.snapshot(mailing, at=at) for mailing in concerned],
        requested_at=at,
        **values,
    )
    redispatches.ask([mailing for mailing in concerned if mailing.is_sealed(at)], change=change)
    _write_to(change)
    return change


def _entry_ids(candidate):
    return list(candidate.entries.order_by("pk").values_list("pk", flat=True))


def _write_to(change):
    """Write to the old and the new address, so that an unwanted change is noticed."""
    old, new = change.old["email"], change.new["email"]
    for to in dict.fromkeys(filter(None, (old, new))):
        outbox.write(
            key=f"{change.reference} {'old' if to == old else 'new'}",
            entry_id=change.entry_id,
            to=to,
            subject=_("Votre adresse a changé"),
            template="candidates/mail/address_changed",
            context={
                "change": change,
                "left": to == old != new,
                "email_changed": old != new,
                "place_changed": change.place_changed,
            },
        )
