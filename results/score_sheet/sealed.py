"""Score sheets as candidates download them: sealed once, then stored."""

import hmac
import logging

from django.conf import settings
from django.db import OperationalError, connections

from results.gate import lookup
from results.models import PublishedResult, SealedScoreSheet
from results.score_sheet import sheet as score_sheet
from results_portal.documents import seal
from results_portal.keys import derive_all

logger = logging.getLogger(__name__)

REASON = "Relevé de notes délivré par le service des examens"


def sealed_score_sheet(result: PublishedResult) -> bytes:
    """Return the sealed PDF of an open result: the same bytes until its content changes.

    A database that cannot write (its disk is full) keeps no sheet; the next is sealed again.
    Raises `score_sheet.NoScoreSheet` for a result without a sheet.
    """
    sheet = score_sheet.score_sheet(lookup.shown_document(result), code=result.verification_code)
    versions = [_version(sheet, key) for key in derive_all("sealed score sheet")]
    kept = _kept(result, versions)
    if kept is None:
        sealed = seal.seal(score_sheet.to_pdf(sheet), reason=REASON)
        try:
            with connections[settings.PUBLIC_WRITES].cursor() as cursor:
                cursor.execute(_KEEP, [versions[0], sealed, result.pk])
        except OperationalError:
            logger.exception("a sealed sheet is given away and not kept")
            return sealed
        # Another download may have been first. After a withdrawal nothing is stored.
        kept = _kept(result, versions) or sealed
    return kept


_KEEP = """
INSERT INTO results_sealedscoresheet (published_result_id, version, pdf)
SELECT id, %s, %s FROM results_publishedresult WHERE id = %s
ON CONFLICT DO NOTHING
"""


def _kept(result, versions):
    sheets = SealedScoreSheet.objects.using(settings.PUBLIC_WRITES)
    found = sheets.filter(published_result=result.pk, version__in=versions).order_by("pk")
    return next((bytes(file) for file in found.values_list("pdf", flat=True)), None)


def _version(sheet, key):
    """Return a digest of everything that the file depends on: content, design, certificate.

    It has a key of ours, so that who can only write to the database cannot put a file of theirs
    where the sealed one will be looked for. It is stored: every process must reckon the same.
    """
    digest = hmac.new(key, seal.the_seal().fingerprint, "sha256")
    for part in (score_sheet.design(), sheet.plain()):
        digest.update(part.encode() + b"\0")
    return digest.digest()
