"""Pages on which an identified candidate gets an attestation at once."""

from contextlib import suppress

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from candidates.identification import cookie
from candidates.identification.entry import goes_on
from diplomas import attestation_document
from diplomas.attestations import issuing
from results.gate import lookup
from results.rules import KEEPING
from results_portal.web.private_page import private_page

PDF = "application/pdf"


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def attestation(request):
    """Page `diplomas:attestation`: its use, and the attestation of the identified candidate."""
    visit = cookie.identified(request)
    result = visit and lookup.result_for(visit)
    if not result and (visit or request.method == "POST") and not (visit and goes_on(visit)):
        return cookie.ask(request, "diplomas:attestation")
    if request.method == "POST":
        return _issue(visit)
    mine = _mine(visit, result)
    context = {
        "identified": visit is not None,
        "mine": mine,
        "of_blocks": mine is not None and mine["kind"] != issuing.Kind.SUCCESS,
    }
    return render(request, "diplomas/attestation.html", context)


def _issue(visit):
    with suppress(issuing.NoRight):  # the page says so
        issuing.issue(visit)
    return redirect("diplomas:attestation")


def _mine(visit, result):
    """Return the context of the open result; None for one that no attestation is made of.

    `kind`: "" where blocks are attested and none is acquired.
    """
    if result is None:
        return None
    kind, document = issuing.kind_of(result), result.document
    if not kind and not _lacks_blocks(result):
        return None
    context = {"document": document, "kind": kind or ""}
    if not kind:
        return context
    if not issuing.kind_given(result):
        return context | {"elsewhere": True}
    given = list(issuing.given(visit.entry_id))
    present = [row for row in given if row.published_result_id == result.pk]
    return context | {
        "units": attestation_document.units_of(document) if kind == issuing.Kind.BLOCKS else [],
        "present": present[0] if present else None,
        "earlier": [row for row in given if row.published_result_id != result.pk],
    }


def _lacks_blocks(result):
    """Whether the exam of a result has blocks attested, and this candidate has acquired none."""
    kept = result.document["rules"]["kept"]
    return result.verdict in KEEPING and bool(kept and kept.get("blocks"))


@private_page
@require_safe
def attestation_file(request, reference):
    """Download the attestation of the current result, unless it is revoked."""
    visit = cookie.identified(request)
    if visit is None:
        return cookie.ask(request, "diplomas:attestation")
    result = lookup.result_for(visit)
    if result is None or not issuing.kind_given(result):
        return redirect("diplomas:attestation")
    given = issuing.given(visit.entry_id).filter(reference=reference, published_result=result.pk)
    file = given.filter(revoked_at=None).values_list("pdf", flat=True).first()
    return download(reference, file) if file else redirect("diplomas:attestation")


def download(reference, file):
    """Return the response with the sealed file of an attestation."""
    return HttpResponse(
        bytes(file),
        content_type=PDF,
        headers={"Content-Disposition": f'attachment; filename="attestation-{reference}.pdf"'},
    )
