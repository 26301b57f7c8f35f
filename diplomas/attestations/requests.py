"""Requests for attestations of sessions older than the portal, decided from the register.

An accepted request becomes an `Attestation` of the same reference, which outlives it: requests and
their proofs are deleted a month after the decision.
"""

import datetime
import uuid
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from candidates.civil_status import proofs
from candidates.civil_status.requests import PROOF_KEPT
from candidates.identification import form_keys
from candidates.identification.delay import OF_REFERENCES, Guess
from candidates.identification.entry import as_json, call
from candidates.identification.throttle import (
    Limit,
    Throttle,
    address_block,
    address_line,
)
from candidates.messages import outbox
from candidates.models import Message
from candidates.models.requests import TooManyRequests, TransitionError
from candidates.references import new_reference
from diplomas import attestation_document
from diplomas.attestations import working_days
from diplomas.attestations.issuing import KIND
from diplomas.models import Attestation, AttestationRequest
from results.document import verification_code
from results.document.edition import iso_hour

State = AttestationRequest.State

KEPT = PROOF_KEPT  # after the decision, so that it can be explained
SENT_FROM_LINE = Limit(20, datetime.timedelta(days=1))
SENT_FROM_BLOCK = Limit(400, datetime.timedelta(days=1))  # many people behind one operator's
OPENED_FOR_BLOCK = Limit(300, datetime.timedelta(hours=1))
WRONG = Limit(100, datetime.timedelta(minutes=10))


def sending_throttle(request):
    """Return the throttle of requests sent from one line, and from its address block."""
    return Throttle(
        {
            f"attestation sent\nline\n{address_line(request)}": SENT_FROM_LINE,
            f"attestation sent\n{address_block(request)}": SENT_FROM_BLOCK,
        }
    )


def opening_throttle(request):
    """Return the throttle of files opened for one line, and for its address block."""
    return Throttle(
        {
            f"proof opened\nline\n{address_line(request)}": proofs.OPENED,
            f"proof opened\n{address_block(request)}": OPENED_FOR_BLOCK,
        }
    )


def following_throttle(request):
    """Return the throttle of guesses at references from one address block."""
    return Throttle({f"attestation followed\n{address_block(request)}": WRONG})


def following_guess(reference):
    """Return the guess at the birth date of a reference, which no machine has made.

    Its misses are taken back by the database, which knows the right one: see `forgive`.
    """
    return Guess(f"{OF_REFERENCES}{reference}", using=settings.PUBLIC_WRITES)


def forgive(guess, reference, birth_date):
    """Take back the misses at a reference whose right birth date is known at last."""
    call("visitors_forgive", reference, birth_date, guess.own)


def submit(*, asked, form_key, proof, proof_type, throttle, opening, at=None):
    """Store a request (`asked`, by field) and its proof; return its reference.

    The same request from the same form is stored once, whatever the `throttle` says. Raise
    `TooManyRequests` when it blocks. The proof is opened once all else is well, as the throttle
    `opening` allows; raise `BadProof` when that fails.
    """
    at = at or timezone.now()
    text = "\n".join(f"{name}={value}" for name, value in sorted(asked.items()))
    key = form_keys.of_content(form_key, text, proof)
    if known := promise_of(key):
        return known.reference
    if throttle.blocked:
        raise TooManyRequests
    pictures = proofs.pictures_of(proof, throttle=opening)
    delay = settings.ATTESTATION_DELAY_DAYS
    request = AttestationRequest(
        reference=new_reference(KIND),
        form_key=key,
        language=get_language(),
        proof_type=proof_type,
        proof_size=proof.size,
        submitted_at=at,
        promised_on=working_days.after(timezone.localdate(at), delay),
        **asked,
    )
    request.proof.save("proof", pictures, save=False)
    if not _keep(request):  # another process was first
        return promise_of(key).reference
    throttle.count_failure()
    return request.reference


def promise_of(named):
    """Return the request of a reference, or of a form's key, or None.

    It has its reference, when it was received and until when it is answered, and nothing else.
    """
    asked = "SELECT 0 AS id, * FROM visitors_attestation_promise(%s)"
    return _first(AttestationRequest.objects.using(settings.PUBLIC_WRITES).raw(asked, [named]))


def _first(rows):
    return next(iter(rows), None)


def _keep(request):
    """Write a request and its e-mail; return whether it is new. If not, its proof goes."""
    fields = (field for field in AttestationRequest._meta.concrete_fields if not field.primary_key)
    values = {field.attname: field.value_from_object(request) for field in fields}
    mail = _message_to(request, "asked", _("Votre demande d’attestation"))
    messages = [outbox.written(**mail)] if request.email else []
    is_new = False
    try:
        (is_new,) = call(
            "visitors_ask_attestation",
            as_json(values | {"proof": request.proof.name}),
            as_json(messages),
        )
    finally:
        if not is_new:
            proofs.delete([request.proof.name])
    return is_new


def accept(request, *, read, by, at=None):
    """Accept a request and issue its attestation; return the request.

    `read` is the argument of `attestation_document.of_register`. Do nothing when it is accepted
    already; raise `TransitionError` when it is refused.
    """
    at = at or timezone.now()
    with transaction.atomic():
        request = _to_decide(request, State.ACCEPTED)
        if request.state == State.ACCEPTED:
            return request
        request.attestation = _attest(request, read, by, at)
        _decide(request, State.ACCEPTED, by, at)
    return request


def refuse(request, *, reason, by, at=None):
    """Refuse a request with the reason that its sender will read; return it.

    Do nothing when it is refused already; raise `TransitionError` when it is accepted, or without
    a reason.
    """
    if not reason.strip():
        raise TransitionError(_("Un refus est motivé."))
    with transaction.atomic():
        request = _to_decide(request, State.REFUSED)
        if request.state == State.REFUSED:
            return request
        request.reason = reason.strip()
        _decide(request, State.REFUSED, by, at or timezone.now())
    return request


def _to_decide(request, state):
    request = AttestationRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request.state not in {State.SUBMITTED, state}:
        raise TransitionError(_("Cette demande a déjà été décidée."))
    return request


def _decide(request, state, by, at):
    request.state, request.decided_at, request.decided_by = state, at, by
    request.save(update_fields=["state", "reason", "decided_at", "decided_by", "attestation"])
    with override(request.language):
        ready = state == State.ACCEPTED
        subject = _("Votre attestation est prête") if ready else _("Votre demande d’attestation")
        _write_to(request, "decided", subject, ready=ready)
    transaction.on_commit(partial(forget_old, at=at), robust=True)


def _attest(request, read, by, at):
    code = uuid.UUID(verification_code.generate())
    document = attestation_document.of_register(
        read,
        reference=request.reference,
        academy=request.academy.name,
        issued_at=iso_hour(at),
    )
    return Attestation.objects.create(
        reference=request.reference,
        verification_code=code,
        issued_by=by,
        issued_at=at,
        document=document,
        pdf=attestation_document.sealed(document, code=code),
    )


def _write_to(request, what, subject, **context):
    if request.email:
        outbox.write(entry_id=None, **_message_to(request, what, subject, **context))


def _message_to(request, what, subject, **context):
    """Return the arguments of `outbox.write` for an e-mail to who has sent a request."""
    return {
        "key": f"{request.reference} {what}",
        "to": request.email,
        "subject": subject,
        "template": f"diplomas/mail/attestation_{what}",
        "context": {"request": request, "chooses": False, **context},
    }


def followed(reference, birth_date):
    """Return the request of a reference, its attestation if it has been deleted, or None.

    The birth date must be that of the request, or of the register.
    """
    asked = "SELECT * FROM visitors_attestation_request(%s, %s)"
    requests = AttestationRequest.objects.using(settings.PUBLIC_WRITES)
    found = _first(requests.raw(asked, [reference, birth_date]))
    if found or promise_of(reference):
        return found
    return (
        Attestation.objects.using(settings.PUBLIC_WRITES)
        .light()
        .filter(reference=reference, published_result=None)
        .filter(document__candidate__birth_date=birth_date.isoformat())
        .first()
    )


def verification_code_of(attestation_id):
    """Return the code of an attestation from the register."""
    rows = Attestation.objects.using(settings.PUBLIC_WRITES).filter(pk=attestation_id)
    return rows.values_list("verification_code", flat=True).get()


def forget_old(sender=None, *, at=None, most=20, **_kwargs):
    """Delete up to `most` requests decided longer ago than `KEPT`, with their e-mails.

    Return the number. Receives `messages_due`.
    """
    limit = (at or timezone.now()) - KEPT
    with transaction.atomic():
        old = list(
            AttestationRequest.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(decided_at__lt=limit)
            .order_by("decided_at")[:most]
        )
        for request in old:
            Message.objects.filter(key__startswith=f"{request.reference} ").delete()
        AttestationRequest.objects.filter(pk__in=[request.pk for request in old]).delete()
        paths = [request.proof.name for request in old]
        transaction.on_commit(partial(proofs.delete, paths))
    return len(old)


def forget(sender, *, before, **kwargs):
    """Receiver of `forgetting`: delete old requests, and attestations from the register.

    Attestations of published results are deleted with the results.
    """
    requests = 0
    while forgotten := forget_old():
        requests += forgotten
    old = Attestation.objects.filter(published_result=None, request=None)
    _all, by_table = old.filter(issued_at__date__lt=before).delete()
    return {
        "diplomas_attestationrequest": requests,
        "diplomas_attestation": by_table.get("diplomas.Attestation", 0),
    }
