"""Verification of documents by their code.

Everything is read as a visitor, so that a document of a release that is not open, or no longer, is
as unknown as one that never existed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.expressions import Combinable
from django.http import HttpRequest

from candidates import alarm
from candidates.identification.cookie import Visit
from candidates.identification.throttle import Limit, Throttle, address_block
from diplomas.models import Attestation, VerificationOpening
from results.document import verification_code
from results.document.edition import iso_hour
from results.models import ISSUED_AT, PublishedResult, PublishedResultQuerySet
from results.rules import WITHOUT_SHEET
from results_portal.routers import PUBLIC

MISSES = Limit(30, timedelta(minutes=10))
SHOWN_HOURS = 10


class Validity(StrEnum):
    """The validity of a document of ours."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


class DocumentKind(StrEnum):
    """The kind of a document with a code; the value is the foreign key to it."""

    SCORE_SHEET = "published_result"
    ATTESTATION = "attestation"


@dataclass(frozen=True)
class Finding:
    """A document of ours, as it was issued, and its present validity.

    `superseded_by` is the published document that replaced it; for an attestation, only the
    `issued_at` of the one that replaced its result.
    """

    kind: DocumentKind
    pk: int
    code: UUID
    document: dict[str, Any]
    revoked_at: datetime | None
    superseded_by: dict[str, Any] | None

    @property
    def validity(self) -> Validity:
        if self.revoked_at:
            return Validity.REVOKED
        return Validity.SUPERSEDED if self.superseded_by else Validity.VALID


def find(code: UUID, at: datetime | None = None) -> Finding | None:
    """Return the document of this code if it may be confirmed at the instant `at`, or None.

    One query for a score sheet; two for an attestation, or an unknown code.
    """
    entry = _open(at).filter(verification_code=code).values("entry")
    found = _score_sheets(_open(at).filter(entry__in=entry))
    sheet = next((finding for finding in found if finding.code == code), None)
    if sheet:
        return sheet
    rows = Attestation.objects.using(PUBLIC).filter(verification_code=code)
    return next(iter(_attestations(rows, at)), None)


def documents_of(visit: Visit, at: datetime | None = None) -> list[dict[str, Any]]:
    """Return the documents that a visit shows, newest first, with the hours of verifications.

    Three queries. None of them finds anything when the visit has ended.
    """
    results = _open(at).shown_to(visit)
    rows = Attestation.objects.using(PUBLIC).filter(published_result__in=results)
    found = [*_attestations(rows.order_by("-pk"), at), *_score_sheets(results)]
    return _with_hours(found)


def opened(code: UUID, at: datetime | None = None) -> dict[str, Any] | None:
    """Return a document with the hours of its verifications, or None if it is not confirmed."""
    finding = find(code, at)
    return _with_hours([finding])[0] if finding else None


def count_opening(finding: Finding) -> None:
    """Count a verification of a document in the present hour."""
    with connections[settings.PUBLIC_WRITES].cursor() as cursor:
        cursor.execute(_COUNT[finding.kind], [finding.pk])


def throttle(request: HttpRequest) -> Throttle:
    """Return the throttle of guesses at codes from one address block."""
    limits = {f"verification\n{address_block(request)}": MISSES}
    return Throttle(limits, alarm.VERIFICATION)


def _with_hours(found):
    of_these = Q()
    for kind in DocumentKind:
        keys = [finding.pk for finding in found if finding.kind is kind]
        of_these |= Q(**{f"{kind}__in": keys})
    openings = VerificationOpening.objects.using(PUBLIC).filter(of_these)
    hours: dict[tuple[int | None, int | None], list[VerificationOpening]] = {}
    for opening in openings.order_by("-hour"):
        key = opening.published_result_id, opening.attestation_id
        hours.setdefault(key, []).append(opening)
    return [_opened(finding, hours.get(_key(finding), [])) for finding in found]


def _key(finding):
    is_sheet = finding.kind is DocumentKind.SCORE_SHEET
    return (finding.pk, None) if is_sheet else (None, finding.pk)


def _opened(finding, hours):
    return {
        "finding": finding,
        "document": finding.document,
        "code": verification_code.plain(finding.code),
        "groups": verification_code.groups(finding.code),
        "times": sum(opening.times for opening in hours),
        "hours": hours[:SHOWN_HOURS],
    }


def _open(at: datetime | None) -> PublishedResultQuerySet:
    return PublishedResult.objects.for_visitors().open(at)


def _score_sheets(rows):
    """Return the score sheets among the open rows of one entry; none while its last has none."""
    newest_first = list(
        rows.newest_first()
        .annotate(revoked_at=F("revocation__at"))
        .select_related("release")
        .defer("sort_key", "search_key", "list_name")
    )
    if not newest_first or newest_first[0].verdict in WITHOUT_SHEET:
        return []
    documents = [row.whole_document for row in newest_first]
    return [
        Finding(
            kind=DocumentKind.SCORE_SHEET,
            pk=row.pk,
            code=row.verification_code,
            document=document,
            revoked_at=row.revoked_at,
            superseded_by=superseded_by,
        )
        for row, document, superseded_by in zip(
            newest_first, documents, [None, *documents[:-1]], strict=True
        )
        if row.verdict not in WITHOUT_SHEET
    ]


def _attestations(rows, at):
    """Return the attestations whose result is shown, or that have none in the portal."""
    newest = _open(at).filter(entry=OuterRef("published_result__entry")).newest_first()
    shown = Q(published_result=None) | Exists(_open(at).filter(pk=OuterRef("published_result")))
    found = rows.light().filter(shown)
    columns: dict[str, Combinable] = {
        "pk": F("pk"),
        "verdict": F("verdict"),
        "hour": ISSUED_AT,
    }
    for name, value in columns.items():
        found = found.annotate(**{f"newest_{name}": Subquery(newest.values_list(value)[:1])})
    return [
        Finding(
            kind=DocumentKind.ATTESTATION,
            pk=row.pk,
            code=row.verification_code,
            document=row.document,
            revoked_at=row.revoked_at,
            superseded_by=_newer(row),
        )
        for row in found
        if row.newest_verdict not in WITHOUT_SHEET
    ]


def _newer(row):
    if row.newest_pk == row.published_result_id:
        return None
    return {"issued_at": iso_hour(row.newest_hour)}


def _counting(table, column):
    return f"""
INSERT INTO diplomas_verificationopening AS present ({column}, hour, times)
SELECT id, date_trunc('hour', statement_timestamp()), 1 FROM {table} WHERE id = %s
ON CONFLICT ({column}, hour) DO UPDATE SET times = present.times + 1
"""


_COUNT = {
    DocumentKind.SCORE_SHEET: _counting("results_publishedresult", "published_result_id"),
    DocumentKind.ATTESTATION: _counting("diplomas_attestation", "attestation_id"),
}
