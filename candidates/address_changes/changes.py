"""Changes of address, by identified candidates or by the office, effective at once.

One transaction writes the candidate's row, the change, the questions to the office and the
e-mails: for candidates, a function of the database (`diplomas/migrations/sql/visitors_file.sql`).
"""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from candidates.address_changes import mailings, redispatches
from candidates.history import signed
from candidates.identification.entry import VisitEnded, as_json, call, entries_of, rows_of
from candidates.locks import lock_session
from candidates.messages import outbox, subscriptions
from candidates.models import AddressChange, Candidate, Entry, Session
from candidates.postal.address import Address
from candidates.references import new_reference
from candidates.signals import entries_changed

MOST_A_DAY = 10


class NotChanged(Exception):
    """Nothing was changed; the subclass says why."""


class Unchanged(NotChanged):
    """The new address is the one on file."""


class AddressOutdated(NotChanged):
    """The address on file is no longer the one that the candidate was shown."""


class TooManyChanges(NotChanged):
    """This entry has changed its address `MOST_A_DAY` times in the last 24 hours."""


_REFUSALS: dict[str, type[Exception]] = {
    "UNCHANGED": Unchanged,
    "OUTDATED": AddressOutdated,
    "TOO_MANY": TooManyChanges,
    "ENDED": VisitEnded,
}


def changes_of(visit, reference=None):
    """Return the changes of address of the candidate of a visit, under any entry, newest first.

    With a `reference`, that one alone.
    """
    named = ("WHERE reference = %s", [reference]) if reference else ("", [])
    changes = rows_of(
        visit, AddressChange, "visitors_address_changes", f"{named[0]} ORDER BY id DESC", named[1]
    )
    return list(changes)


def change_address(visit, *, form_key, seen, new):
    """Make `new` the address of the candidate of a visit; return the reference of the change.

    `seen` is the address that the candidate was shown as the present one. `form_key` identifies
    the confirmation: a second call with the same one (double click, back button) returns the first
    change and does nothing. Raise a `NotChanged`, `VisitEnded`, or `locks.Busy`.
    """
    at = timezone.now()
    concerned = _concerned(seen, new, entries_of(visit), at)
    change = AddressChange(
        reference=new_reference("ADR"),
        form_key=form_key,
        old=seen.as_dict(),
        new=new.as_dict(),
        mailings=[mailings.snapshot(mailing, at=at) for mailing in concerned],
        requested_at=at,
    )
    kept = ("reference", "form_key", "old", "new", "mailings")
    sealed = [mailing for mailing in concerned if mailing.is_sealed(at)]
    made, refusal = call(
        "visitors_change_address",
        *visit.proof,
        as_json({name: getattr(change, name) for name in kept}),
        as_json(new.lines),
        as_json([redispatches.question(mailing) for mailing in sealed]),
        as_json(_messages(change, subscriptions.shown_to(visit).language)),
    )
    if refusal:
        raise _REFUSALS[refusal]
    return made


def change_by_office(*, entry_id, seen, new, by, reason, at=None):
    """Make `new` the address of the candidate of an entry, as a member of the office asks.

    `seen` is the address that they were shown as the present one. Return the `AddressChange`, which
    keeps `reason`, and write to the candidate. Raise `Unchanged`, `AddressOutdated`, or what the
    receivers of `entries_changed` refuse with.
    """
    at = at or timezone.now()
    with transaction.atomic(), signed(user=by.pk, reason=reason):
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
    entries = Entry.objects.filter(candidate=candidate)
    entries = entries.select_related("session", "speciality", "school", "academy")
    concerned = _concerned(old, new, entries, at)
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
    language = subscriptions.choices_of_candidate(candidate.pk).language
    for message in _messages(change, language):
        outbox.keep(entry_id=entry_id, **message)
    return change


def _concerned(old, new, entries, at):
    """Return the mailings that the new address concerns: none if only the e-mail is another."""
    return mailings.mailings_of(entries, at=at) if old.same_place != new.same_place else []


def _entry_ids(candidate):
    return list(candidate.entries.order_by("pk").values_list("pk", flat=True))


def _messages(change, language):
    """Return the e-mails to the old and the new address: an unwanted change is noticed."""
    old, new = change.old["email"], change.new["email"]
    return [
        outbox.written(
            key=f"{change.reference} {'old' if to == old else 'new'}",
            to=to,
            subject=_("Votre adresse a changé"),
            template="candidates/mail/address_changed",
            context={
                "change": change,
                "left": to == old != new,
                "email_changed": old != new,
                "place_changed": change.place_changed,
            },
            language=language,
        )
        for to in dict.fromkeys(filter(None, (old, new)))
    ]
