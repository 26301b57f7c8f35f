"""The one question of all public pages: may this be seen now? (`PublishedResult.objects.open`)"""

import json
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    When,
)
from django.db.models.functions import Cast
from django.utils import timezone

from candidates.identification.cookie import Visit
from candidates.models import Entry
from results.document.contents import SHOWN_DATES, PlainDocument, session_dates
from results.document.edition import edition
from results.gate.statements import PUBLIC, CompiledQuery, Question
from results.models import ISSUED_AT, PublishedResult, PublishedResultQuerySet, Release
from results.packed_document import packing
from results.packed_document.packing import StoredDocument
from results_portal.postgresql.base import Rows

__all__ = [
    "PUBLIC",
    "Awaited",
    "announcements",
    "awaited_in",
    "awaited_question_of",
    "coming",
    "question_of",
    "release_awaited",
    "result_for",
    "result_of",
    "shown_document",
    "stored_in",
    "stored_result_of",
]

_PLACEHOLDERS = -1, 2_000_000_011  # of a visit: the key of its entry, its number

Dates = dict[str, str | None]
Announcement = dict[str, Any]


def result_of(entry_id: int, at: datetime | None = None) -> PublishedResult | None:
    """Return the result that `entry_id` may see at the instant `at`, or None. One query."""
    return _newest(PublishedResult.objects.for_visitors().open(at).filter(entry=entry_id))


def result_for(visit: Visit) -> PublishedResult | None:
    """Return the result that is shown to a visit now, or None, also when it has ended. One query.

    `goes_on` of `candidates.identification.entry` tells these two apart.
    """
    return _newest(PublishedResult.objects.for_visitors().open().shown_to(visit))


def _newest(results: PublishedResultQuerySet) -> PublishedResult | None:
    return (
        results.newest_first()
        .select_related("release__session")
        .defer("sort_key", "search_key", "list_name")
        .first()
    )


def stored_result_of(visit: Visit) -> tuple[StoredDocument, Dates] | None:
    """Return what is stored of the result that a visit may see now, or None. One query.

    That is: the stored document (`results.packed_document.packing`) with its edition and what a
    correction changed, and the dates of its session as the office has them now, with the key of the
    session that it replaces.
    """
    return stored_in(_STORED.rows(visit.entry_id, visit.number))


def question_of(visit: Visit) -> Question:
    """Return the query of `stored_result_of`: its SQL and parameters."""
    return _STORED.question(visit.entry_id, visit.number)


def stored_in(rows: Rows) -> tuple[StoredDocument, Dates] | None:
    """Return what `stored_result_of` does, from the rows that answer its query."""
    if not rows:
        return None
    text, revision, issued_at, reason, replaced, replaces, *dates = rows[0]
    document = json.loads(text)
    document |= edition(revision=revision, issued_at=issued_at, reason=reason)
    if replaced:
        document["correction"] |= packing.changes(document, json.loads(replaced))
    return document, dict(zip(SHOWN_DATES, dates, strict=True)) | {"replaces": replaces}


def _stored(entry_id: int, number: int) -> QuerySet[PublishedResult, Any]:
    visit = Visit(entry_id, number, 0, "", "")
    rows = PublishedResult.objects.for_visitors().open().shown_to(visit).newest_first()
    dates = [Cast(f"release__session__{name}", TextField()) for name in SHOWN_DATES]
    document = Cast("document", TextField())
    replaced = PublishedResult.objects.for_visitors().filter(
        entry=OuterRef("entry"), round=OuterRef("round"), revision=OuterRef("revision") - 1
    )
    replaced_document = Case(
        When(revision__gt=1, then=Subquery(replaced.values_list(document)[:1])),
        output_field=TextField(),
    )
    replaces = Cast("release__session__replaces", TextField())
    return rows.values_list(
        document, "revision", ISSUED_AT, "reason", replaced_document, replaces, *dates
    )[:1]


_STORED = CompiledQuery(_stored, *_PLACEHOLDERS)


def shown_document(result: PublishedResult) -> PlainDocument:
    """Return the document of `result`, with the dates of its session as the office has them now."""
    document = result.whole_document
    dates = session_dates(result.release.session, SHOWN_DATES)
    return document | {"session": document["session"] | dates}


class Awaited(NamedTuple):
    """The release that an entry waits for, as its page announces it; without one, no hour.

    `replaces`: the key of the session that the one of the entry replaces.
    """

    session_label: str
    exam: str
    speciality_label: str
    replaces: int | None
    opens_at: datetime | None
    round: int | None
    withdrawn_at: datetime | None
    withdrawal_message: str | None

    @property
    def announcement(self) -> Announcement | None:
        if self.opens_at is None:
            return None
        return {
            "session_label": self.session_label,
            "exam": self.exam,
            "speciality_labels": [self.speciality_label],
            "opens_at": self.opens_at,
            "round": self.round,
            "state": "scheduled",
        }


def release_awaited(visit: Visit) -> Awaited | None:
    """Return the last withdrawn or coming release of a visit's entry. One query.

    None when the visit has ended; without a release its hour is None.
    """
    return awaited_in(_AWAITED.rows(visit.entry_id, visit.number))


def awaited_question_of(visit: Visit) -> Question:
    """Return the query of `release_awaited`: its SQL and parameters."""
    return _AWAITED.question(visit.entry_id, visit.number)


def awaited_in(rows: Rows) -> Awaited | None:
    """Return what `release_awaited` does, from the rows that answer its query."""
    return Awaited(*rows[0]) if rows else None


def _awaited(entry_id: int, number: int) -> QuerySet[Entry, Any]:
    of_speciality = Q(session__releases__speciality=F("speciality"))
    awaited = FilteredRelation("session__releases", condition=of_speciality)
    columns = ("opens_at", "round", "withdrawn_at", "withdrawal_message")
    entry: QuerySet[Entry, Any] = Entry.objects.using(PUBLIC)
    return (
        entry.filter(pk=entry_id, visit=number)
        .annotate(awaited=awaited)
        .order_by(F("awaited__round").desc(nulls_last=True))
        .values_list(
            "session__label",
            "session__exam",
            "speciality__label",
            "session__replaces",
            *(f"awaited__{name}" for name in columns),
        )[:1]
    )


_AWAITED = CompiledQuery(_awaited, *_PLACEHOLDERS)


def coming(now: datetime) -> list[Announcement]:
    """Return the announcements of the releases whose hour is yet to come."""
    return [release for release in announcements(now) if release["state"] == "scheduled"]


def announcements(at: datetime | None = None) -> list[Announcement]:
    """Return every release, as pages announce them: by session, hour and state. One query.

    Dates only: nothing here depends on any result.
    """
    at = at or timezone.now()
    grouped: dict[tuple[Any, ...], Announcement] = {}
    for session_id, code, exam, session, speciality, *hour in _ANNOUNCED.rows():
        opens_at, round, withdrawn_at = hour
        state = _state(opens_at, withdrawn_at, at)
        announcement = grouped.setdefault(
            (session_id, round, opens_at, state),
            {
                "session_code": code,
                "session_label": session,
                "exam": exam,
                "speciality_labels": [],
                "opens_at": opens_at,
                "round": round,
                "state": state,
            },
        )
        if speciality not in announcement["speciality_labels"]:
            announcement["speciality_labels"].append(speciality)
    return list(grouped.values())


def _announced() -> QuerySet[Release, Any]:
    releases = Release.objects.for_visitors().order_by("opens_at", "session", "round", "speciality")
    return releases.values_list(
        "session_id",
        "session__code",
        "session__exam",
        "session__label",
        "speciality__label",
        "opens_at",
        "round",
        "withdrawn_at",
    )


_ANNOUNCED = CompiledQuery(_announced)


def _state(opens_at: datetime, withdrawn_at: datetime | None, at: datetime) -> str:
    if withdrawn_at is not None:
        return "withdrawn"
    return "open" if opens_at <= at else "scheduled"
