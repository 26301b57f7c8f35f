"""Which edition of a document a row of `PublishedResult` is: revision, hour, correction."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone


@lru_cache(maxsize=256)
def iso_hour(hour: datetime) -> str:
    """Return an instant as documents state it: ISO, to the second, in the office's time zone."""
    return timezone.localtime(hour).isoformat(timespec="seconds")


def edition(*, revision: int, issued_at: datetime, reason: str) -> dict[str, Any]:
    """Return what a row adds to its document, as JSON.

    `reason`: why the row replaced another one; "" for the first of its entry and round.
    """
    hour = iso_hour(issued_at)
    return {
        "revision": revision,
        "issued_at": hour,
        "correction": {"at": hour, "reason": reason} if reason else None,
    }
