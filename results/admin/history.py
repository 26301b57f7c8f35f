"""What has changed behind one entry: when, by whom, why, and from what to what."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from django.contrib.auth import get_user_model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from candidates.history import BY_CANDIDATE
from candidates.models import CandidateEvent, EntryEvent
from results.admin import wording
from results.models import JuryDecisionEvent, MarkEvent, Test

MOST = 200
DELETED = "before_delete"


@dataclass(frozen=True)
class Change:
    at: datetime
    context: dict
    what: str
    before: str
    after: str
    by: str = wording.NOTHING

    @property
    def reason(self):
        return self.context.get("reason") or wording.NOTHING


def changes_of(entry, *, marks, jury_decisions):
    """The last changes of an entry, its candidate, its marks and the jury's points, newest first.

    `marks` and `jury_decisions` are the present rows. Six queries at the most.
    """
    tests = {test.pk: test for test in Test.objects.filter(speciality=entry.speciality_id)}
    found = [
        *_of_row(_events(EntryEvent, id=entry.pk), entry),
        *_of_row(_events(CandidateEvent, id=entry.candidate_id), entry.candidate),
        *_of_rows(_events(MarkEvent, entry=entry.pk), marks, lambda row: _mark(row, tests)),
        *_of_rows(_events(JuryDecisionEvent, entry=entry.pk), jury_decisions, _jury),
    ]
    found.reverse()  # of what one transaction changed, the last comes first too
    found.sort(key=attrgetter("at"), reverse=True)
    return _signed(found[:MOST])


def _events(model, **where):
    newest = model.objects.filter(**where).select_related("pgh_context").order_by("-pgh_id")[:MOST]
    return sorted(newest, key=attrgetter("pgh_id"))


def _context(event):
    return event.pgh_context.metadata if event.pgh_context else {}


def _of_row(events, present):
    """The changes of each column of one row, from what it was before each of them."""
    for event, after in zip(events, [*events[1:], present], strict=False):
        for field in event._meta.concrete_fields:
            if field.name == "id" or field.name.startswith("pgh_"):
                continue
            values = getattr(event, field.attname), getattr(after, field.attname)
            if values[0] != values[1]:
                yield Change(
                    event.pgh_created_at,
                    _context(event),
                    capfirst(str(field.verbose_name)),
                    *(wording.field_value(field, value) for value in values),
                )


def _of_rows(events, present, words):
    """The changes of rows told as a whole: `words(row)` is what a row is, and says."""
    now = {row.pk: row for row in present}
    events.sort(key=attrgetter("id", "pgh_id"))
    for pk, group in groupby(events, key=attrgetter("id")):
        of_row = list(group)
        for event, after in zip(of_row, [*of_row[1:], now.get(pk)], strict=True):
            what, before = words(event)
            gone = after is None or event.pgh_label == DELETED
            said = wording.NOTHING if gone else words(after)[1]
            if said != before:
                yield Change(event.pgh_created_at, _context(event), what, before, said)


def _mark(row, tests):
    test = tests.get(row.test_id)
    what = _("Note %(test)s, %(round)s") % {
        "test": test.code if test else row.test_id,
        "round": wording.round_name(row.round),
    }
    return what, wording.mark(row.value, row.status, row.origin)


def _jury(row):
    what = _("Points du jury, %(round)s") % {"round": wording.round_name(row.round)}
    return what, wording.jury_decision(row.points, row.reason)


def _signed(changes):
    keys = {change.context.get("user") for change in changes} - {None}
    users = get_user_model().objects.in_bulk(keys)
    return [
        Change(
            change.at,
            change.context,
            change.what,
            change.before,
            change.after,
            _name(users.get(change.context.get("user")), change.context.get("by")),
        )
        for change in changes
    ]


def _name(user, by):
    if by == BY_CANDIDATE:
        return _("candidat, en ligne")
    return user.get_full_name() or user.get_username() if user else _("import ou commande")
