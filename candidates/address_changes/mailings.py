"""What is posted to candidates, and until when a change of address counts for it.

This app knows none of it: the apps above answer `signals.mailings_asked`.
"""

import datetime
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, override

from candidates.models import Entry
from candidates.signals import mailings_asked

Words = str | Promise

RECENT = datetime.timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Mailing:
    """One thing that one candidate gets, by post or not.

    `kind` names it for programs, `label` for people; `detail` says in a sentence when or where.
    `sealed_at` is the instant from which a change of address comes too late, None while nothing is
    prepared. What is not `posted` to the home does not depend on the address. What came back and
    `waits` at the office goes to the address that its candidate gives, once the office sends it.
    """

    entry_id: int
    kind: str
    label: Words
    mailed_on: datetime.date | None = None
    sealed_at: datetime.datetime | None = None
    detail: Words = ""
    posted: bool = True
    waits: bool = False

    def is_sealed(self, at):
        return self.posted and self.sealed_at is not None and self.sealed_at <= at


def mailings_of(candidate_id, *, at):
    """The mailings of the recent entries of a candidate; what went out a year ago is forgotten."""
    entries = list(
        Entry.objects.filter(candidate=candidate_id, session__year__gte=at.year - 1)
        .select_related("session", "speciality", "school", "academy")
        .order_by("-session__year", "pk")
    )
    answers = mailings_asked.send(sender=Entry, entries=entries, at=at)
    found = [mailing for _receiver, mailings in answers for mailing in mailings]
    return [m for m in found if m.sealed_at is None or m.sealed_at > at - RECENT]


def start_of(day):
    """The first instant of `day` in Paris."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def snapshot(mailing, *, at):
    """What a candidate is told of `mailing` at an instant, as plain data in every language."""
    if mailing.waits:  # it left once, which says nothing of when it leaves again
        mailing = replace(mailing, mailed_on=None, sealed_at=None)
    return {
        "entry": mailing.entry_id,
        "kind": mailing.kind,
        "label": _in_every_language(mailing.label),
        "detail": _in_every_language(mailing.detail),
        "mailed_on": mailing.mailed_on and mailing.mailed_on.isoformat(),
        "sealed_at": mailing.sealed_at and mailing.sealed_at.isoformat(),
        "posted": mailing.posted,
        "sealed": mailing.is_sealed(at),
    }


def in_words(told):
    """A snapshot with its words in the present language, for a page."""
    language = get_language()
    return told | {name: told[name][language] for name in ("label", "detail")}


def _in_every_language(words):
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found[language] = str(words)
    return found
