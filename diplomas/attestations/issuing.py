"""Attestations of success that the portal issues by itself, for results that it has published.

A published result has one attestation, always the same; a correction makes another result, and so
another attestation.
"""

import uuid
from typing import TypeGuard

from django.conf import settings
from django.utils import timezone

from candidates.identification.entry import as_json, call
from candidates.references import new_reference
from diplomas import attestation_document
from diplomas.models import Attestation
from results.document import verification_code
from results.document.edition import iso_hour
from results.gate import lookup
from results.models import PublishedResult, Verdict
from results_portal.routers import PUBLIC

KIND = "ATT"


class NoRight(Exception):
    """This entry has no open result that this office attests."""


def gives_right(result: PublishedResult | None) -> TypeGuard[PublishedResult]:
    """Whether the office attests this result: an admitted one, of an académie that it manages."""
    if result is None or result.verdict != Verdict.ADMITTED:
        return False
    return result.document["entry"]["academy"]["managed"]


def issue(visit):
    """Return the attestation of the open result of a visit; create it if there is none.

    Two calls, even at once, create one. Raise `NoRight`.
    """
    result = lookup.result_for(visit)
    if not gives_right(result):
        raise NoRight
    kept = Attestation.objects.using(settings.PUBLIC_WRITES).light()
    kept = kept.filter(published_result=result.pk)
    if not kept.exists():
        _keep(visit, _of_result(result))
    return kept.get()


def _keep(visit, new):
    (refusal,) = call(
        "visitors_attest",
        *visit.proof,
        new.published_result_id,
        new.reference,
        new.verification_code,
        new.issued_at,
        as_json(new.document),
        new.pdf,
    )
    if refusal:
        raise NoRight


def given(entry_id, at=None):
    """Return the attestations of the open results of an entry, newest first."""
    return (
        Attestation.objects.using(PUBLIC)
        .light()
        .filter(published_result__in=PublishedResult.objects.open(at).filter(entry=entry_id))
        .order_by("-pk")
    )


def _of_result(result):
    at = timezone.now()
    reference, code = new_reference(KIND), uuid.UUID(verification_code.generate())
    document = attestation_document.of_result(
        result.whole_document,
        reference=reference,
        issued_at=iso_hour(at),
    )
    return Attestation(
        reference=reference,
        verification_code=code,
        published_result_id=result.pk,
        issued_at=at,
        document=document,
        pdf=attestation_document.sealed(document, code=code),
    )
