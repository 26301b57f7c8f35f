"""What the public pages may know of one entry, through the one gate (`PublishedResult.open`)."""

import json
from datetime import datetime
from typing import NamedTuple

from django.db.models import F, TextField
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from results.document.contents import SHOWN_DATES, session_dates
from results.gate.statements import PUBLIC, CompiledQuery
from results.models import PublishedResult, Release
from results.packed_document.field import in_words


def result_of(entry_id, at=None):
    """The result that `entry_id` may see at the instant `at`, or None. One query."""
    return (
        PublishedResult.objects.using(PUBLIC)
        .open(at)
        .filter(entry=entry_id)
        .newest_first()
        .select_related("release__session")
        .defer("sort_key", "search_key", "list_name")
        .first()
    )


def stored_result_of(entry_id):
    """What is stored of the result that `entry_id` may see now, or None. One query.

    Returns the stored document (`results.packed_document.packing`) and the dates of its session as
    the office has them now. The statement is that of the one gate, put into words once for each
    process.
    """
    return stored_in(_STORED.rows(entry_id))


def question_of(entry_id):
    """What `stored_result_of` asks the public database: the SQL and its values."""
    return _STORED.question(entry_id)


def stored_in(rows):
    """What `stored_result_of` makes of the rows that answer its question."""
    if not rows:
        return None
    text, opening, *dates = rows[0]
    document = json.loads(text)
    document.setdefault("issued_at", in_words(opening))
    return document, dict(zip(SHOWN_DATES, dates, strict=True))


def _stored(entry_id):
    rows = PublishedResult.objects.using(PUBLIC).open().filter(entry=entry_id).newest_first()
    dates = [Cast(f"release__session__{name}", TextField()) for name in SHOWN_DATES]
    opening = Coalesce("release__opened_at", "release__opens_at")
    return rows.values_list(Cast("document", TextField()), opening, *dates)[:1]


_STORED = CompiledQuery(_stored, -1)


def shown_document(result):
    """The document of `result`, with the dates of its session as the office has them now."""
    document = dict(result.document)
    document["session"] = document["session"] | session_dates(result.release.session, SHOWN_DATES)
    return document


class Awaited(NamedTuple):
    """The release that an entry waits for, as its page announces it."""

    session_label: str
    speciality_label: str
    opens_at: datetime
    round: int
    withdrawn_at: datetime | None
    withdrawal_message: str

    @property
    def announcement(self):
        return {
            "session_label": self.session_label,
            "speciality_labels": [self.speciality_label],
            "opens_at": self.opens_at,
            "round": self.round,
            "state": "scheduled",
        }


def release_awaited(entry_id):
    """The `Awaited` of an entry, the last withdrawn or coming release; or None. One query."""
    rows = _AWAITED.rows(entry_id)
    return Awaited(*rows[0]) if rows else None


def _awaited(entry_id):
    return (
        Release.objects.using(PUBLIC)
        .filter(session__entries=entry_id, speciality=F("session__entries__speciality"))
        .order_by("-round")
        .values_list(
            "session__label",
            "speciality__label",
            "opens_at",
            "round",
            "withdrawn_at",
            "withdrawal_message",
        )[:1]
    )


_AWAITED = CompiledQuery(_awaited, -1)


def coming(now):
    """Return the announcements of the releases whose hour is yet to come."""
    return [release for release in announcements(now) if release["state"] == "scheduled"]


def announcements(at=None):
    """Every release, grouped by session, hour and state, as the pages announce them. One query.

    Dates only: nothing here depends on any result.
    """
    at = at or timezone.now()
    grouped = {}
    for session_id, session, speciality, opens_at, round, withdrawn_at in _ANNOUNCED.rows():
        state = _state(opens_at, withdrawn_at, at)
        announcement = grouped.setdefault(
            (session_id, round, opens_at, state),
            {
                "session_label": session,
                "speciality_labels": [],
                "opens_at": opens_at,
                "round": round,
                "state": state,
            },
        )
        if speciality not in announcement["speciality_labels"]:
            announcement["speciality_labels"].append(speciality)
    return list(grouped.values())


def _announced():
    releases = Release.objects.using(PUBLIC).order_by("opens_at", "session", "round", "speciality")
    return releases.values_list(
        "session_id",
        "session__label",
        "speciality__label",
        "opens_at",
        "round",
        "withdrawn_at",
    )


_ANNOUNCED = CompiledQuery(_announced)


def _state(opens_at, withdrawn_at, at):
    if withdrawn_at is not None:
        return "withdrawn"
    return "open" if opens_at <= at else "scheduled"
