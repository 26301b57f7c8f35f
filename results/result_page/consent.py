"""Consent of a candidate to appear by name on the public list.

The list carries a name only with a recorded consent; a trigger removes it as soon as the consent is
withdrawn, whoever writes that (`migrations/sql/guards.sql`, 4).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connections
from django.utils import timezone

from candidates.history import BY_CANDIDATE
from candidates.identification.entry import VisitEnded, call, entry_of
from candidates.models import Entry
from results.models import PublishedResult, Verdict

MAJORITY = 18  # years
MOST_A_DAY = 10  # choices; taking the consent back is never refused


class TooLate(Exception):
    """Refusal of a consent once results are open: names can only leave the list then."""


class Minor(Exception):
    """Refusal of a consent of a minor without a legal representative, or of an adult with one."""


class TooMany(Exception):
    """Refusal of a consent after `MOST_A_DAY` choices in the last 24 hours."""


_REFUSALS = {"MINOR": Minor, "TOO_LATE": TooLate, "TOO_MANY": TooMany, "ENDED": VisitEnded}


@dataclass(frozen=True)
class Consent:
    """A candidate's consent, the `line` of the list that it concerns, and the choices left.

    `result` is the open result, None before the hour. `history`: each choice with its instant and
    who made it (a value of `candidates.history`), the latest first.
    """

    entry: Entry
    given: bool
    line: str
    result: PublishedResult | None
    history: list[tuple[datetime, bool, str]]

    @property
    def listed(self):
        """Whether the public list shows the line now."""
        return self.result is not None and self.result.web_listed

    @property
    def withheld(self):
        """Whether the result is suspended: no list carries the name, which tells nothing."""
        return self.result is not None and self.result.verdict == Verdict.WITHHELD

    @property
    def listable(self):
        """Whether the list carries this candidate, or may still come to."""
        return self.result is None or self.pending or self.result.verdict == Verdict.ADMITTED

    @property
    def minor(self):
        """Whether the legal representative consents (code civil, article 414)."""
        born, today = self.entry.candidate.birth_date, timezone.localdate()
        return (today.year - MAJORITY, today.month, today.day) < (born.year, born.month, born.day)

    @property
    def pending(self):
        return is_pending(self.result)

    @property
    def many(self):
        """Whether `MOST_A_DAY` choices were made in the last 24 hours."""
        return _are_many(self.history)

    @property
    def may_give(self):
        return not self.given and self.pending and not self.many


def is_pending(result):
    """Whether a list may still come to carry the name: no result, or a second round ahead."""
    return result is None or result.verdict == Verdict.CONTROL


def consent_of(visit):
    """Return the `Consent` of the entry of a visit, or None when the visit has ended."""
    if not (found := entry_of(visit)):
        return None
    result = _current(found.pk)
    line = result.list_name if result else found.candidate.list_name
    return Consent(found, found.web_consent, line, result, _history(visit))


def withdraw(visit):
    """Withdraw the consent: the line leaves the web list at once. Idempotent."""
    _choose(visit, False, BY_CANDIDATE)


def give(visit, by=BY_CANDIDATE):
    """Give the consent; a minor's is given `by` the legal representative, or with their agreement.

    Raises `Minor` when this is not so, `TooLate` when no list can come to carry the name, `TooMany`
    after `MOST_A_DAY` choices.
    """
    _choose(visit, True, by)


def _choose(visit, given, by):
    """Make a choice; raise `VisitEnded`, `locks.Busy`, or a refusal of `consent_of_minors.sql`."""
    (refusal,) = call("visitors_choose_publication", *visit.proof, given, by)
    if refusal:
        raise _REFUSALS[refusal]


def _history(visit):
    """Return each change of the consent, the latest first."""
    with connections[settings.PUBLIC_WRITES].cursor() as cursor:
        cursor.execute("SELECT at, given, by FROM visitors_consents(%s, %s, %s)", visit.proof)
        return cursor.fetchall()


def _current(entry_id):
    shown = PublishedResult.objects.for_visitors().open().filter(entry=entry_id)
    return shown.newest_first().select_related("release__session", "release__speciality").first()


def _are_many(history):
    since = timezone.now() - timedelta(days=1)
    return sum(at > since for at, _given, _by in history) >= MOST_A_DAY
