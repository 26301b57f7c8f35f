"""Attestations that the portal issues by itself, for results that it has published.

Of success for an admitted candidate; of the blocks of competences that another has acquired. A
published result has one attestation, always the same; a correction makes another result, and so
another attestation.
"""

import uuid

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
from results.rules import KEEPING
from results_portal.routers import PUBLIC

KIND = "ATT"

Kind = Attestation.Kind

_DOCUMENTS = {
    Kind.SUCCESS: attestation_document.of_result,
    Kind.BLOCKS: attestation_document.of_blocks,
}


class NoRight(Exception):
    """This entry has no open result that this office attests."""


def kind_of(result: PublishedResult) -> Kind | None:
    """Return the kind of attestation that a result gives a right to, whichever office gives it.

    Blocks are attested where a text says so (`KeptRule.blocks`) and a unit is acquired.
    """
    if result.verdict == Verdict.ADMITTED:
        return Kind.SUCCESS
    return Kind.BLOCKS if result.verdict in KEEPING and result.document["blocks"] else None


def kind_given(result: PublishedResult) -> Kind | None:
    """Return the kind that this office gives: for results of the académies that it manages."""
    kind = kind_of(result)
    return kind if kind and result.document["entry"]["academy"]["managed"] else None


def issue(visit):
    """Return the attestation of the open result of a visit; create it if there is none.

    Two calls, even at once, create one. Raise `NoRight`.
    """
    result = lookup.result_for(visit)
    kind = result and kind_given(result)
    if not result or not kind:
        raise NoRight
    kept = Attestation.objects.using(settings.PUBLIC_WRITES).light()
    kept = kept.filter(published_result=result.pk)
    if not kept.exists():
        _keep(visit, _of_result(result, kind))
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


def _of_result(result, kind):
    at = timezone.now()
    reference, code = new_reference(KIND), uuid.UUID(verification_code.generate())
    document = _DOCUMENTS[kind](
        result.whole_document,
        reference=reference,
        issued_at=iso_hour(at),
    )
    return Attestation(
        kind=kind,
        reference=reference,
        verification_code=code,
        published_result_id=result.pk,
        issued_at=at,
        document=document,
        pdf=attestation_document.sealed(document, code=code),
    )
