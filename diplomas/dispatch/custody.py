"""The chain of custody of a diploma: its events and the transitions that they allow."""

import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from candidates.address_changes import redispatches
from candidates.models import Candidate
from candidates.models.requests import TransitionError
from candidates.postal.address import Address
from diplomas.dispatch import mail
from diplomas.models import CustodyEvent, Diploma, DiplomaState, EventKind, Route
from results.models import PublishedResult

MAILING = "diploma"  # the kind of the mailing that a change of address concerns

# The events allowed in each state; `migrations/sql/dispatch.sql` holds the same table. A diploma
# held by the office continues where it was: printed once at most, then sent.
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

# The events that staff record for one diploma; the others come with its batch.
BY_HAND = (EventKind.ARRIVED, EventKind.COLLECTED, EventKind.RETURNED, EventKind.SENT_AGAIN)

# In a query of diplomas, the instant from which each is in its state; null for one in preparation.
STATE_SINCE = Subquery(
    CustodyEvent.objects.filter(diploma=OuterRef("pk"), kind=OuterRef("state"))
    .order_by("-pk")
    .values("recorded_at")[:1]
)


def may_follow(diploma: Diploma) -> list[EventKind]:
    """Return the events that staff may record for a diploma now, in order."""
    return [kind for kind in BY_HAND if kind in LEADS_TO[diploma.state]]


class FailedAddress(TransitionError):
    """A diploma would leave for the address at which the post has just not found its candidate."""


def record(
    diploma: Diploma,
    kind: EventKind,
    *,
    by,
    day: datetime.date | None = None,
    same_address: bool = False,
    **details,
) -> CustodyEvent:
    """Record an event of a diploma on `day` (default: today); return it.

    `details` are fields of `CustodyEvent`. An event that is recorded already is returned; one that
    the state does not allow raises `TransitionError`. A diploma sent again goes to the present
    address of its candidate, and settles the question that a change of address had raised; where
    that address has just failed, it raises `FailedAddress`, but for a confirmed `same_address`. It
    stays where its candidate is no longer admitted, or suspended: that raises `TransitionError`.
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
            if not is_due(row):
                raise TransitionError(_("Ce candidat n’a pas de résultat publié qui l’admette."))
            if not same_address and goes_to_failed_address(row):
                raise FailedAddress(
                    _(
                        "L’adresse est toujours celle d’où ce diplôme est revenu (NPAI). Confirmez "
                        "depuis la page du diplôme, ou attendez une autre adresse."
                    )
                )
            details["address"] = address_now(row)
            redispatches.settle(entry_id=row.entry_id, kind=MAILING, by=by)
        event = CustodyEvent.objects.create(
            diploma=row, kind=kind, by=by, day=day or timezone.localdate(), **details
        )
        _notify(row, event)
    return event


def record_all(diplomas, kind: EventKind, *, by, day: datetime.date, **details) -> list[Diploma]:
    """Record an event of each of `diplomas` (a queryset) that allows it; return these.

    `details` are fields of `CustodyEvent`, the same for all. Not for `SENT_AGAIN`, which asks for
    the address of each (`record`). A few queries, and some for each session.
    """
    if kind not in BY_HAND or kind == EventKind.SENT_AGAIN:
        raise ValueError(kind)
    with transaction.atomic():
        locked = diplomas.select_for_update(of=("self",)).select_related("batch__session")
        moved = [row for row in locked.order_by("pk") if kind in LEADS_TO[row.state]]
        CustodyEvent.objects.bulk_create(
            CustodyEvent(diploma=row, kind=kind, by=by, day=day, **details) for row in moved
        )
        for session in {row.batch.session for row in moved}:
            of_session = [row.pk for row in moved if row.batch.session == session]
            _notify_all(Diploma.objects.filter(pk__in=of_session), kind, session=session, day=day)
    return moved


def send_again(sender, *, redispatch, by, **kwargs):
    """Receiver of `sending_again`: record that a diploma leaves again, which has to have returned.

    Raise `TransitionError` for any other.
    """
    if redispatch.kind != MAILING:
        return
    diploma = Diploma.objects.filter(entry=redispatch.entry_id).first()
    if diploma is None or diploma.state != DiplomaState.RETURNED:
        raise TransitionError(
            _(
                "Ce diplôme ne nous est pas revenu : il ne peut pas repartir. Notez d’abord son "
                "retour, sur sa page, ou classez la question."
            )
        )
    record(diploma, EventKind.SENT_AGAIN, by=by)


def is_due(diploma: Diploma) -> bool:
    """Whether the candidate of a diploma is admitted by the current open result, not suspended."""
    admitted = PublishedResult.objects.current().admitted().filter(entry__withheld=False)
    return admitted.filter(entry=diploma.entry_id).exists()


def address_of_sending(diploma: Diploma) -> dict[str, str] | None:
    """Return the address to which a sealed diploma was last sent; None where it goes to school."""
    again = diploma.events.filter(kind=EventKind.SENT_AGAIN).order_by("pk").last()
    return again.address if again else diploma.address


def goes_to_failed_address(diploma: Diploma) -> bool:
    """Whether a returned diploma would go where the post has just not found its candidate."""
    back = diploma.events.filter(kind=EventKind.RETURNED).order_by("pk").last()
    if back is None or back.cause != CustodyEvent.Cause.UNKNOWN_ADDRESS:
        return False
    address = address_now(diploma)
    return address is not None and address == address_of_sending(diploma)


def _notify(diploma, event):
    only = Diploma.objects.filter(pk=diploma.pk)
    _notify_all(only, event.kind, session=diploma.batch.session, day=event.day)


def _notify_all(diplomas, kind, *, session, day):
    """Write to candidates when they have to act: collect the diploma, or give an address."""
    if kind == EventKind.RETURNED:
        mail.notify(diplomas, mail.RETURNED, session=session, day=day)
    elif kind == EventKind.ARRIVED:
        at_school = diplomas.filter(batch__route=Route.SCHOOL)
        mail.notify(at_school, mail.READY, session=session, day=day)


def address_now(diploma):
    """Return the present address for a diploma that goes by post; None for a school."""
    if diploma.address is None:
        return None
    address = Address.of(Candidate.objects.get(entries=diploma.entry_id)).as_dict()
    del address["email"]
    return address
