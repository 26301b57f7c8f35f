"""A candidate asks for another name or birth date, with a proof; the office decides.

Nothing changes by itself: an accepted request is carried out by a correction, which gives a
published result its new revision.
"""

import datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from candidates.civil_status import proofs
from candidates.identification import form_keys
from candidates.messages import outbox
from candidates.models import IdentityRequest
from candidates.models.requests import TooManyRequests, TransitionError
from candidates.references import new_reference

FIELDS = ("birth_name", "usage_name", "given_names", "birth_date", "birth_place")
MOST_A_DAY = 5
PROOF_KEPT = datetime.timedelta(days=30)  # after the decision, so that it can be explained

_DECIDED = {IdentityRequest.State.ACCEPTED, IdentityRequest.State.REFUSED}


def identity_of(candidate):
    """What the file says of who a candidate is, by name of field, dates as ISO strings."""
    found = {name: getattr(candidate, name) for name in FIELDS}
    return found | {"birth_date": found["birth_date"].isoformat()}


def requests_of(entry):
    """The requests of the candidate of `entry`, by whichever of their entries."""
    return IdentityRequest.objects.filter(entry__candidate=entry.candidate_id)


def submit(*, entry, form_key, asked, explanation, proof, proof_type, at=None):
    """Keep a request and its proof, an uploaded file of the kind `proof_type`; returns it.

    The same request from the same form, by a double click or the back button, is kept once. Raises
    `TooManyRequests`.
    """
    at = at or timezone.now()
    text = f"{sorted(asked.items())}\n{explanation}"
    key = form_keys.of_content(form_key, text, proof)
    if known := _known(entry, key):
        return known
    since = at - datetime.timedelta(days=1)
    recent = IdentityRequest.objects.filter(entry=entry, submitted_at__gt=since)
    if recent.count() >= MOST_A_DAY:
        raise TooManyRequests
    request = IdentityRequest(
        entry=entry,
        reference=new_reference("CIV"),
        form_key=key,
        present=identity_of(entry.candidate),
        asked=asked,
        explanation=explanation,
        proof_type=proof_type,
        proof_size=proof.size,
        submitted_at=at,
    )
    return _keep(request, proof) or _known(entry, key)


def _known(entry, key):
    return IdentityRequest.objects.filter(form_key=key, entry=entry).first()


def _keep(request, proof):
    """Write a request and its proof; None, and nothing written, when another process just has."""
    request.proof.save("proof", proof, save=False)
    try:
        with transaction.atomic():
            request.save()
            transaction.on_commit(forget_old_proofs, robust=True)
    except IntegrityError:
        proofs.delete([request.proof.name])
        return None
    return request


def decide(request, *, state, by, reason, at=None):
    """Accept or refuse a request, with the reason that its candidate will read; returns it.

    Decided already in the same way, nothing is done; in the other way, `TransitionError`.
    """
    at = at or timezone.now()
    if state not in _DECIDED or not reason.strip():
        raise TransitionError(_("Une demande est acceptée ou refusée, avec un motif."))
    with transaction.atomic():
        request = IdentityRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        if request.state == state:
            return request
        if request.state != IdentityRequest.State.SUBMITTED:
            raise TransitionError(_("Cette demande a déjà été décidée."))
        request.state, request.reason = state, reason.strip()
        request.decided_at, request.decided_by = at, by
        request.save(update_fields=["state", "reason", "decided_at", "decided_by"])
        _write_to(request)
        transaction.on_commit(partial(forget_old_proofs, at=at), robust=True)
    return request


def _write_to(request):
    """In French unless the reader chose otherwise: the present language is the staff's."""
    if to := request.entry.candidate.email:
        with override("fr"):
            outbox.write(
                key=f"{request.reference} decided",
                entry_id=request.entry_id,
                to=to,
                subject=gettext_lazy("Votre demande sur l’état civil"),
                template="candidates/mail/identity_decided",
                context={"request": request},
            )


def forget_old_proofs(*, at=None, most=20):
    """Delete some of the proofs whose request was decided longer ago than `PROOF_KEPT`."""
    limit = (at or timezone.now()) - PROOF_KEPT
    with transaction.atomic():
        old = (
            IdentityRequest.objects.select_for_update(skip_locked=True)
            .filter(decided_at__lt=limit)
            .exclude(proof="")
            .order_by("decided_at")[:most]
        )
        paths = {request.pk: request.proof.name for request in old}
        IdentityRequest.objects.filter(pk__in=paths).update(proof="")
        transaction.on_commit(partial(proofs.delete, list(paths.values())))
