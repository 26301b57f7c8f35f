"""History of one entry: each change with its time, author, reason, and values."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from candidates.history import DELETED
from candidates.models import Entry
from candidates.trail import words
from results.admin import wording
from results.models import JuryDecision, Mark, Test

# Models that `kept_in_history` adds: rows as they were before each change.
CandidateEvent = apps.get_model("candidates.CandidateEvent")
EntryEvent = apps.get_model("candidates.EntryEvent")
MarkEvent = apps.get_model("results.MarkEvent")
JuryDecisionEvent = apps.get_model("results.JuryDecisionEvent")

MOST = 200


@dataclass(frozen=True)
class RecordedChange:
    """A past change of one value, as texts; `context`: metadata of its transaction."""

    at: datetime
    context: dict[str, Any]
    name: str
    before: str
    after: str
    by: str = wording.NOTHING

    @property
    def reason(self) -> str:
        return self.context.get("reason") or wording.NOTHING


def changes_of(
    entry: Entry, *, marks: Iterable[Mark], jury_decisions: Iterable[JuryDecision]
) -> list[RecordedChange]:
    """Return the last changes of an entry, its candidate, marks and jury points, newest first.

    `marks` and `jury_decisions` are the present rows. Six queries at the most.
    """
    tests = {test.pk: test for test in Test.objects.filter(speciality=entry.speciality_id)}
    jury_events = _events(JuryDecisionEvent, entry=entry.pk)
    found = [
        *_of_row(_events(EntryEvent, id=entry.pk), entry),
        *_of_row(_events(CandidateEvent, id=entry.candidate_id), entry.candidate),
        *_of_rows(_events(MarkEvent, entry=entry.pk), marks, partial(mark_text, tests=tests)),
        *_granted(jury_events, jury_decisions),
        *_of_rows(jury_events, jury_decisions, jury_text),
    ]
    found.reverse()  # changes of one transaction have one time: the last first there too
    found.sort(key=attrgetter("at"), reverse=True)
    return _signed(found[:MOST])


def _events(model: type[Model], **where: Any) -> list[Any]:
    """Return the last events of one row, oldest first."""
    newest = model._default_manager.filter(**where).order_by("-pgh_id")[:MOST]
    return sorted(newest, key=attrgetter("pgh_id"))


def _context(event: Any) -> dict[str, Any]:
    return event.pgh_context or {}


def _of_row(events: list[Any], present: Model) -> Iterator[RecordedChange]:
    """Yield the changes of each column of one row; each event holds the row before it."""
    for event, after in zip(events, [*events[1:], present], strict=False):
        for field in event._meta.concrete_fields:
            if field.name == "id" or field.name.startswith("pgh_"):
                continue
            values = getattr(event, field.attname), getattr(after, field.attname)
            if values[0] != values[1]:
                yield RecordedChange(
                    event.pgh_created_at,
                    _context(event),
                    capfirst(str(field.verbose_name)),
                    *(wording.field_value(field, value) for value in values),
                )


def _of_rows(
    events: list[Any], present: Iterable[Model], text_of: Callable[[Any], tuple[str, str]]
) -> Iterator[RecordedChange]:
    """Yield the changes of rows as wholes; `text_of(row)` returns its name and its value."""
    now = {row.pk: row for row in present}
    events.sort(key=attrgetter("id", "pgh_id"))
    for pk, group in groupby(events, key=attrgetter("id")):
        of_row = list(group)
        for event, after in zip(of_row, [*of_row[1:], now.get(pk)], strict=True):
            name, before = text_of(event)
            gone = after is None or event.pgh_label == DELETED
            value = wording.NOTHING if gone else text_of(after)[1]
            if value != before:
                yield RecordedChange(event.pgh_created_at, _context(event), name, before, value)


def mark_text(row: Any, tests: Mapping[int, Test]) -> tuple[str, str]:
    """Return the name of a mark, present or past, and its value."""
    test = tests.get(row.test_id)
    name = _("Note %(test)s, %(round)s") % {
        "test": test.code if test else row.test_id,
        "round": wording.round_name(row.round),
    }
    return name, wording.mark(row.value, row.status, row.origin)


def jury_text(row: Any) -> tuple[str, str]:
    """Return the name of a decision of the jury, present or past, and its value."""
    name = _("Points du jury, %(round)s") % {"round": wording.round_name(row.round)}
    return name, wording.jury_decision(row.points, row.reason)


def _granted(events: list[Any], present: Iterable[JuryDecision]) -> Iterator[RecordedChange]:
    """Yield the first state of each decision of the jury, of which there is no event."""
    first: dict[int, Any] = {row.pk: row for row in present}
    first |= {event.id: event for event in reversed(events)}
    for row in first.values():
        name, value = jury_text(row)
        context = {"user": row.author_id, "reason": row.reason}
        yield RecordedChange(row.created_at, context, name, wording.NOTHING, value)


def _signed(changes: list[RecordedChange]) -> list[RecordedChange]:
    """Return the changes with the names of their authors."""
    keys = {user for change in changes if (user := change.context.get("user")) is not None}
    users = get_user_model().objects.in_bulk(keys)
    return [
        RecordedChange(
            change.at,
            change.context,
            change.name,
            change.before,
            change.after,
            _author(users.get(change.context.get("user")), change.context),
        )
        for change in changes
    ]


def _author(user: Any, context: Mapping[str, Any]) -> str:
    named = words.author(user, context)
    return named if named != words.NOTHING else _("import ou commande")
