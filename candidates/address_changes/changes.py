"""Changes of address by identified candidates, effective at once.

One transaction writes the candidate's row, the change, the questions to the office and the
e-mails.
"""

import datetime

import pghistory
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from candidates.address_changes import mailings, redispatches
from candidates.history import BY_CANDIDATE
from candidates.locks import lock_session, lock_timeout
from candidates.messages import outbox
from candidates.models import AddressChange, Candidate, Session
from candidates.postal.address import Address
from candidates.references import new_reference
from candidates.signals import address_changed

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
    """Return the changes made by the candidate of `entry`, under any of their entries."""
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
        return done or _change(candidate, entry_id, form_key, seen, new, at)


def _lock(entry_id):
    """Lock the candidate of an entry, after its sessions as all writers do; return it."""
    of_candidate = {"entries__candidate__entries": entry_id}
    for session in Session.objects.filter(**of_candidate).order_by("pk").distinct("pk"):
        lock_session(session)
    return Candidate.objects.select_for_update(of=("self",)).get(entries=entry_id)


def _change(candidate, entry_id, form_key, seen, new, at):
    old = Address.of(candidate)
    if old == new:
        raise Unchanged
    if old != seen:
        raise AddressOutdated
    since = at - datetime.timedelta(days=1)
    recent = AddressChange.objects.filter(entry=entry_id, requested_at__gt=since)
    if recent.count() >= MOST_A_DAY:
        raise TooManyChanges
    moved = old.same_place != new.same_place
    concerned = mailings.mailings_of(candidate.pk, at=at) if moved else []
    Candidate.objects.filter(pk=candidate.pk).update(**new.as_dict(), address_chosen_at=at)
    change = AddressChange.objects.create(
        entry_id=entry_id,
        reference=new_reference("ADR"),
        form_key=form_key,
        old=old.as_dict(),
        new=new.as_dict(),
        mailings=[mailings.snapshot(mailing, at=at) for mailing in concerned],
        requested_at=at,
    )
    redispatches.ask([mailing for mailing in concerned if mailing.is_sealed(at)], change=change)
    _write_to(change)
    entry_ids = list(candidate.entries.order_by("pk").values_list("pk", flat=True))
    address_changed.send(Candidate, entry_ids=entry_ids)
    return change


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
