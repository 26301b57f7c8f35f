"""The score sheet that a candidate downloads: sealed once, then kept as it was given away."""

import hashlib

from django.conf import settings

from results.gate import lookup
from results.models import PublishedResult, SealedScoreSheet
from results.score_sheet import sheet as score_sheet
from results_portal.documents import seal

REASON = "Relevé de notes délivré par le service des examens"


def sealed_score_sheet(result: PublishedResult) -> bytes:
    """The sealed PDF of an open result, the same bytes for everyone until what it says changes.

    Raises `score_sheet.NoScoreSheet` for a withheld result.
    """
    sheet = score_sheet.score_sheet(lookup.shown_document(result), code=result.verification_code)
    version = _version(sheet)
    kept = _kept(result, version)
    if kept is None:
        sealed = seal.seal(score_sheet.to_pdf(sheet), reason=REASON)
        SealedScoreSheet.objects.using(settings.PUBLIC_WRITES).bulk_create(
            [SealedScoreSheet(published_result_id=result.pk, version=version, pdf=sealed)],
            ignore_conflicts=True,
        )
        # Another download may have been first. If the release was withdrawn meanwhile, nothing.
        kept = _kept(result, version) or sealed
    return kept


def _kept(result, version):
    sheets = SealedScoreSheet.objects.using(settings.PUBLIC_WRITES)
    found = sheets.filter(published_result=result.pk, version=version).values_list("pdf", flat=True)
    return next((bytes(file) for file in found.order_by("pk")), None)


def _version(sheet):
    """What the file depends on: what is printed and how, and who seals it."""
    digest = hashlib.sha256(seal.the_seal().fingerprint)
    for part in (score_sheet.design(), repr(sheet)):
        digest.update(part.encode() + b"\0")
    return digest.digest()
