"""Failures of everybody by the hour, and an alarm where there are many: somebody may be guessing.

Each kind of failure has a count for each hour, kept for a day in the table of the throttle, under a
keyed digest: it tells nothing of anybody. The statement that counts a failure counts it here too.
"""

import hmac
import logging
import time
from datetime import UTC, datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connections

from results_portal.keys import derive

IDENTIFICATION, VERIFICATION, SIGN_IN = "identification", "verification", "sign_in"
KINDS = (IDENTIFICATION, VERIFICATION, SIGN_IN)
HOURS = 24  # that are kept
SECONDS = (HOURS + 1) * 3600  # for which a count is kept

logger = logging.getLogger(__name__)
_said: dict[str, int] = {}  # the last hour of each kind that was told


class Hour(NamedTuple):
    """Failures of one hour, by kind; `alarming`: the kinds that are too many."""

    begins_at: datetime
    failures: dict[str, int]

    @property
    def alarming(self) -> list[str]:
        return [kind for kind, number in self.failures.items() if is_alarming(kind, number)]


def key_of(kind: str) -> bytes:
    """Return the key under which failures of a kind are counted in the present hour."""
    return _key(kind, _hour())


def is_alarming(kind: str, number: int) -> bool:
    """Whether so many failures in an hour are too many (`settings.FAILURES_ALARM`)."""
    limit: int = settings.FAILURES_ALARM[kind]
    return number >= limit


def tell(kind: str, number: int | None) -> None:
    """Log a warning once an hour, in each process, if the failures of the present hour are many."""
    present = _hour()
    if number is not None and is_alarming(kind, number) and _said.get(kind) != present:
        _said[kind] = present
        logger.warning("%s: %s failures within the hour: somebody may be guessing", kind, number)


def last_hours(*, using: str) -> list[Hour]:
    """Return the hours of the last day that had failures, the present one first. One query."""
    present = _hour()
    hours = range(present, present - HOURS - 1, -1)
    asked = {_key(kind, hour): (hour, kind) for hour in hours for kind in KINDS}
    with connections[using].cursor() as cursor:
        cursor.execute(_READ, [list(asked)])
        found = {asked[bytes(key)]: number for key, number in cursor.fetchall()}
    return [
        Hour(
            datetime.fromtimestamp(hour * 3600, UTC),
            {kind: found.get((hour, kind), 0) for kind in KINDS},
        )
        for hour in hours
        if any((hour, kind) in found for kind in KINDS)
    ]


def _hour() -> int:
    return int(time.time()) // 3600


def _key(kind: str, hour: int) -> bytes:
    return hmac.digest(derive("failures by the hour"), f"{kind}\n{hour}".encode(), "sha256")


_READ = """
SELECT key, failures FROM candidates_failedidentification
WHERE key = ANY(%s::bytea[]) AND until > statement_timestamp()
"""
