"""Requests for another name or birth date, with a proof, which the office decides.

Accepting a request changes nothing by itself: the office then makes a correction, filled in from
it, which gives a published result a new revision. The request waits until that is done.
"""

import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from candidates.civil_status import proofs
from candidates.identification import form_keys
from candidates.identification.entry import VisitEnded, as_json, call, rows_of
from candidates.messages import outbox
from candidates.models import Candidate, IdentityRequest
from candidates.models.requests import TooManyRequests, TransitionError
from candidates.references import new_reference

FIELDS = ("birth_name", "usage_name", "given_names", "birth_date", "birth_place")
MOST_A_DAY = 5
PROOF_KEPT = datetime.timedelta(days=30)  # after the decision, so that it can be explained

_REFUSALS = {"TOO_MANY": TooManyRequests, "ENDED": VisitEnded}
_DECIDED = {IdentityRequest.State.ACCEPTED, IdentityRequest.State.REFUSED}


def identity_of(candidate):
    """Return the identity of a candidate on file, by field, dates as ISO strings."""
    found = {name: getattr(candidate, name) for name in FIELDS}
    return found | {"birth_date": found["birth_date"].isoformat()}


def requests_of(visit):
    """Return the requests by the candidate of a visit, under any entry, newest first."""
    shown = rows_of(visit, IdentityRequest, "visitors_identity_requests", "ORDER BY id DESC")
    return list(shown)


def submit(visit, *, form_key, asked, explanation, proof, proof_type):
    """Store a request and its proof, an uploaded file of the type `proof_type`.

    Return its reference. The proof is opened once all else is well; raise `BadProof` when that
    fails.

    The same request from the same form (double click, back button) is stored once. Raise
    `TooManyRequests` when the entry has sent `MOST_A_DAY` in the last 24 hours, or `VisitEnded`.
    """
    text = f"{sorted(asked.items())}\n{explanation}"
    key = form_keys.of_content(form_key, text, proof)
    sent = requests_of(visit)
    if known := [request.reference for request in sent if request.form_key == key]:
        return known[0]
    if _are_many(visit, sent):
        raise TooManyRequests
    pictures = proofs.pictures_of(proof, throttle=proofs.opening_throttle(visit.entry_id))
    request = IdentityRequest(
        reference=new_reference("CIV"),
        form_key=key,
        asked=asked,
        explanation=explanation,
        proof_type=proof_type,
        proof_size=proof.size,
    )
    request.proof.save("proof", pictures, save=False)
    return _keep(visit, request)


def _are_many(visit, sent):
    since = timezone.now() - datetime.timedelta(days=1)
    recent = [one for one in sent if one.entry_id == visit.entry_id and one.submitted_at > since]
    return len(recent) >= MOST_A_DAY


def _keep(visit, request):
    """Write a request; return its reference. If it is not written, its proof goes."""
    names = ("reference", "form_key", "asked", "explanation", "proof_type", "proof_size")
    values = {name: getattr(request, name) for name in names} | {"proof": request.proof.name}
    try:
        (refusal,) = call("visitors_ask_identity", *visit.proof, as_json(values))
    except BaseException:
        proofs.delete([request.proof.name])
        raise
    if refusal is None:
        return request.reference
    proofs.delete([request.proof.name])
    if refusal == "KNOWN":  # another process was first
        return next(one.reference for one in requests_of(visit) if one.form_key == request.form_key)
    raise _REFUSALS[refusal]


def decide(request, *, state, by, reason, at=None):
    """Accept or refuse a request, with the reason that its candidate will read; return it.

    Do nothing when it is decided in the same way already; raise `TransitionError` in the other.
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


def wanted(request):
    """Return what a request asks to change, by field, dates as ISO strings."""
    present, asked = request.present, request.asked
    return {name: asked[name] for name in FIELDS if asked[name] != present[name]}


def note_corrections(candidate_id, *, answered=None, at=None):
    """Note which accepted requests of a candidate are corrected, in the transaction that does it.

    Those whose values are all on file now; and `answered`, the request that the correction was made
    for, when none of its values is any longer what it was: the office may write a name otherwise
    than the candidate did. Return the number.
    """
    candidate = Candidate.objects.get(pk=candidate_id)
    on_file = identity_of(candidate)
    waiting = IdentityRequest.objects.to_correct().filter(entry__candidate=candidate_id)
    done = [one.pk for one in waiting if _is_corrected(one, on_file, is_answered=one == answered)]
    return waiting.filter(pk__in=done).update(corrected_at=at or timezone.now())


def _is_corrected(request, on_file, *, is_answered):
    asked = wanted(request)
    if is_answered:
        return all(on_file[name] != request.present[name] for name in asked)
    return all(on_file[name] == value for name, value in asked.items())


def _write_to(request):
    """Write to the candidate: in French by default, as the present language is the staff's."""
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


def forget_old_proofs(sender=None, *, at=None, most=20, **_kwargs):
    """Delete up to `most` proofs whose request was decided longer ago than `PROOF_KEPT`.

    Receives `messages_due`.
    """
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
