"""Mailings to candidates, and until when a change of address counts for them.

The mailings come from the apps above, by `signals.mailings_asked`.
"""

import datetime
from dataclasses import dataclass, replace
from typing import cast

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, override

from candidates.models import Entry
from candidates.signals import mailings_asked

StrOrPromise = str | Promise

RECENT = datetime.timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Mailing:
    """A document that one candidate gets, by post or not.

    `kind` names it for programs, `label` for people; `detail` is a sentence on when or where.
    `sealed_at` is the instant from which a change of address comes too late, None while nothing is
    prepared. One that is not `posted` does not depend on the address. One that came back and
    `waits` at the office will be sent again, to the candidate's address of then.
    """

    entry_id: int
    kind: str
    label: StrOrPromise
    mailed_on: datetime.date | None = None
    sealed_at: datetime.datetime | None = None
    detail: StrOrPromise = ""
    posted: bool = True
    waits: bool = False

    def is_sealed(self, at):
        return self.posted and self.sealed_at is not None and self.sealed_at <= at


def mailings_of(entries, *, at):
    """Return the mailings of a candidate's recent `entries`, without those sealed a year ago."""
    recent = [entry for entry in entries if entry.session.year >= at.year - 1]
    recent.sort(key=lambda entry: (-entry.session.year, entry.pk))
    answers = mailings_asked.send(sender=Entry, entries=recent, at=at)
    found = [m for _receiver, answer in answers for m in cast(list[Mailing], answer)]
    return [m for m in found if m.sealed_at is None or m.sealed_at > at - RECENT]


def start_of(day):
    """Return the first instant of `day` in Paris."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def snapshot(mailing, *, at):
    """Return a mailing as shown at the instant `at`: plain data, texts in every language."""
    if mailing.waits:  # it left once; these dates are not those of its next departure
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


def localized(snapshot):
    """Return a snapshot with its texts in the present language, for a page."""
    language = get_language()
    return snapshot | {name: snapshot[name][language] for name in ("label", "detail")}


def _in_every_language(text):
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found[language] = str(text)
    return found
