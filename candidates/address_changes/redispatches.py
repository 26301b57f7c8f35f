"""Mailings that were sealed or sent when their candidate moved: sent again, or not."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from candidates.messages import outbox
from candidates.models import ReDispatch
from candidates.models.requests import TransitionError
from candidates.signals import sending_again

_State = ReDispatch.State
_LEADS_TO: dict[str, set[str]] = {_State.TO_DECIDE: {_State.SENT_AGAIN, _State.CLOSED}}


def ask(sealed, *, change):
    """Ask the office whether to send each of `sealed` (mailings) again, after a change of address.

    One question a mailing: one still undecided takes the newest change.
    """
    for mailing in sealed:
        values = question(mailing)
        key = {"entry_id": values.pop("entry_id"), "kind": values.pop("kind")}
        ReDispatch.objects.update_or_create(
            **key, state=_State.TO_DECIDE, defaults={"change": change, **values}
        )


def question(mailing):
    """Return the fields of the question about a mailing, apart from its change."""
    with override("fr"):
        label = str(mailing.label)
    return {
        "entry_id": mailing.entry_id,
        "kind": mailing.kind,
        "label": label,
        "mailed_on": mailing.mailed_on,
        "sealed_at": mailing.sealed_at,
    }


def decide(redispatch, *, state, by, note="", at=None):
    """Send a mailing again, or close the question; return the row.

    Do nothing when it is decided in the same way already. Raise `TransitionError` when it is in the
    other, or when the mailing cannot leave again (`signals.sending_again`).
    """
    with transaction.atomic():
        undecided = ReDispatch.objects.undecided().filter(pk=redispatch.pk).exists()
        if undecided and state == _State.SENT_AGAIN:  # before the lock, as its receivers lock first
            sending_again.send(sender=ReDispatch, redispatch=redispatch, by=by)
        row = ReDispatch.objects.select_for_update(of=("self",)).get(pk=redispatch.pk)
        if row.state == state:
            if note and note != row.note:
                row.note = note
                row.save(update_fields=["note"])
            return row
        if state not in _LEADS_TO.get(row.state, ()):
            raise TransitionError(_("Cet envoi a déjà été décidé."))
        row.state, row.note = state, note or row.note
        row.decided_at, row.decided_by = at or timezone.now(), by
        row.save(update_fields=["state", "note", "decided_at", "decided_by"])
        if row.state == _State.CLOSED:
            _write_to(row)
    return row


def _write_to(redispatch):
    """Tell the candidate that a mailing is not sent again: it is a refusal, with its appeals."""
    if to := redispatch.entry.candidate.email:
        with override("fr"):  # by default, as the present language is the staff's
            outbox.write(
                key=f"redispatch {redispatch.pk} closed",
                entry_id=redispatch.entry_id,
                to=to,
                subject=gettext_lazy("Un courrier n’est pas renvoyé"),
                template="candidates/mail/not_sent_again",
                context={"redispatch": redispatch},
            )


def settle(*, entry_id, kind, by, at=None):
    """Mark the question about a mailing that has left again as decided."""
    asked = ReDispatch.objects.undecided().filter(entry=entry_id, kind=kind)
    asked.update(state=_State.SENT_AGAIN, decided_at=at or timezone.now(), decided_by=by)
