"""Whether a document is genuine: what anyone who holds its code may know, and nothing before.

Everything is read as a visitor reads it, so a document of a release that is not open, or not any
more, is as unknown as one that never was.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.db.models import F, QuerySet
from django.http import HttpRequest

from candidates.throttle import Brake, Limit, address_block
from diplomas.models import VerificationOpening
from results import verification_code
from results.lookup import PUBLIC
from results.models import PublishedResult, Verdict

MISSES = Limit(30, timedelta(minutes=10))
SHOWN_HOURS = 10


class Standing(StrEnum):
    VALID = "valid"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Finding:
    """A document that is ours: as it was published, and what has become of it since.

    `superseded_by` is the published document that replaced it.
    """

    result: PublishedResult
    revoked_at: datetime | None
    superseded_by: dict[str, Any] | None

    @property
    def standing(self) -> Standing:
        if self.revoked_at:
            return Standing.REVOKED
        return Standing.SUPERSEDED if self.superseded_by else Standing.VALID

    @property
    def code(self) -> UUID:
        return self.result.verification_code


def find(code: UUID, at: datetime | None = None) -> Finding | None:
    """The document of this code if it may be confirmed at the instant `at`, or None. One query."""
    entry = _open(at).filter(verification_code=code).values("entry")
    found = _findings(_open(at).filter(entry__in=entry))
    return next((finding for finding in found if finding.code == code), None)


def documents_of(entry_id: int, at: datetime | None = None) -> list[dict[str, Any]]:
    """The documents of one entry, newest first, and the hours at which each was opened.

    For the candidate. Two queries.
    """
    found = _findings(_open(at).filter(entry=entry_id))
    openings = VerificationOpening.objects.using(PUBLIC).filter(
        published_result__in=[finding.result.pk for finding in found]
    )
    hours: dict[int, list[VerificationOpening]] = {}
    for opening in openings.order_by("-hour"):
        hours.setdefault(opening.published_result_id, []).append(opening)
    return [_opened(finding, hours.get(finding.result.pk, [])) for finding in found]


def count_opening(finding: Finding) -> None:
    """Count that a document was shown, for its holder; only the hour is kept."""
    with connections[settings.PUBLIC_WRITES].cursor() as cursor:
        cursor.execute(_COUNT, [finding.result.pk])


def brake(request: HttpRequest) -> Brake:
    """The brake on guessing codes from one address block."""
    return Brake({f"verification\n{address_block(request)}": MISSES})


def _opened(finding, hours):
    return {
        "finding": finding,
        "document": finding.result.document,
        "code": verification_code.plain(finding.code),
        "groups": verification_code.groups(finding.code),
        "times": sum(opening.times for opening in hours),
        "hours": hours[:SHOWN_HOURS],
    }


def _open(at: datetime | None) -> QuerySet[PublishedResult]:
    return PublishedResult.objects.using(PUBLIC).open(at)


def _findings(rows):
    """What one entry's open rows say of each of its documents; nothing while it is withheld."""
    newest_first = list(
        rows.newest_first()
        .annotate(revoked_at=F("revocation__at"))
        .defer("sort_key", "search_key", "list_name")
    )
    if not newest_first or newest_first[0].verdict == Verdict.WITHHELD:
        return []
    newer = [None, *(row.document for row in newest_first)]
    return [
        Finding(row, row.revoked_at, superseded_by)
        for row, superseded_by in zip(newest_first, newer, strict=False)
        if row.verdict != Verdict.WITHHELD
    ]


_COUNT = """
INSERT INTO diplomas_verificationopening AS present (published_result_id, hour, times)
SELECT id, date_trunc('hour', statement_timestamp()), 1
FROM results_publishedresult WHERE id = %s
ON CONFLICT (published_result_id, hour) DO UPDATE SET times = present.times + 1
"""
