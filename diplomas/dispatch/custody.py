"""The chain of custody of one diploma: what may happen next, and writing down that it did."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidates.address_changes import redispatches
from candidates.models import Candidate, ReDispatch
from candidates.models.requests import TransitionError
from candidates.postal.address import Address
from diplomas.dispatch import mail
from diplomas.models import CustodyEvent, Diploma, DiplomaState, EventKind, Route

MAILING = "diploma"  # the kind of the mailing that a change of address concerns

# What may happen to a diploma, by where it is; `migrations/sql/dispatch.sql` holds the same table.
# A diploma held by the office goes on where it was: printed once at the most, then sent.
LEADS_TO: dict[str, frozenset[str]] = {
    DiplomaState.PREPARED: frozenset({EventKind.PRINTED, EventKind.HELD}),
    DiplomaState.PRINTED: frozenset({EventKind.SENT_TO_SCHOOL, EventKind.POSTED, EventKind.HELD}),
    DiplomaState.SENT_TO_SCHOOL: frozenset(
        {EventKind.ARRIVED, EventKind.COLLECTED, EventKind.RETURNED}
    ),
    DiplomaState.POSTED: frozenset({EventKind.ARRIVED, EventKind.RETURNED}),
    DiplomaState.ARRIVED: frozenset({EventKind.COLLECTED, EventKind.RETURNED}),
    DiplomaState.COLLECTED: frozenset(),
    DiplomaState.RETURNED: frozenset({EventKind.SENT_AGAIN, EventKind.COLLECTED}),
    DiplomaState.SENT_AGAIN: frozenset(
        {EventKind.ARRIVED, EventKind.COLLECTED, EventKind.RETURNED}
    ),
    DiplomaState.HELD: frozenset({EventKind.PRINTED, EventKind.SENT_TO_SCHOOL, EventKind.POSTED}),
}

# What staff write down of one diploma; the rest comes with its batch.
BY_HAND = (EventKind.ARRIVED, EventKind.COLLECTED, EventKind.RETURNED, EventKind.SENT_AGAIN)


def may_follow(diploma: Diploma) -> list[EventKind]:
    """What staff may write down of a diploma now, in the order of its life."""
    return [kind for kind in BY_HAND if kind in LEADS_TO[diploma.state]]


def record(
    diploma: Diploma, kind: EventKind, *, by, day: datetime.date | None = None, **details
) -> CustodyEvent:
    """Write down what happened to a diploma on `day` (default: today); returns the event.

    `details` are those of the model. Written down already, nothing is done and the event is
    returned; what cannot follow raises `TransitionError`. A diploma sent again goes to where its
    candidate lives now, and settles the question that a change of address had raised.
    """
    with transaction.atomic():
        row = Diploma.objects.select_for_update(of=("self",)).get(pk=diploma.pk)
        if row.state == kind:
            return row.events.filter(kind=kind).latest("pk")
        if kind not in LEADS_TO[row.state]:
            raise TransitionError(
                _("Un diplôme « %(state)s » ne peut pas être « %(kind)s ».")
                % {"state": DiplomaState(row.state).label, "kind": kind.label}
            )
        if kind == EventKind.SENT_AGAIN:
            details["address"] = _address_now(row)
            _settle(row, by=by)
        event = CustodyEvent.objects.create(
            diploma=row, kind=kind, by=by, day=day or timezone.localdate(), **details
        )
        _tell(row, event)
    return event


def _tell(diploma, event):
    """An e-mail when the candidate has something to do: come for it, or give an address."""
    if event.kind == EventKind.RETURNED:
        what = mail.RETURNED
    elif event.kind == EventKind.ARRIVED and diploma.batch.route == Route.SCHOOL:
        what = mail.READY
    else:
        return
    only = Diploma.objects.filter(pk=diploma.pk)
    mail.tell(only, what, session=diploma.batch.session, day=event.day)


def _address_now(diploma):
    """Where to send again a diploma that goes by post; None when it goes to a school."""
    if diploma.address is None:
        return None
    address = Address.of(Candidate.objects.get(entries=diploma.entry_id)).as_dict()
    del address["email"]
    return address


def _settle(diploma, *, by):
    waiting = ReDispatch.objects.undecided().filter(entry=diploma.entry_id, kind=MAILING)
    for question in waiting:
        redispatches.decide(question, state=ReDispatch.State.SENT_AGAIN, by=by)
