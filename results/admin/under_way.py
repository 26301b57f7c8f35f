"""Sessions under way, for the first page of the admin: how far each is, and its next step."""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, DateField, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from candidates.models import Entry, Job, Proposal, Session
from results.admin.steps import ComingStep, SessionFacts, coming_step, facts_of, for_jury
from results.models import Release
from results_portal.caches import BoundedCache

_DATES = [field.name for field in Session._meta.fields if isinstance(field, DateField)]
_PUBLIC = {
    1: gettext_lazy("résultats publics depuis le %(hour)s"),
    2: gettext_lazy("second tour public depuis le %(hour)s"),
}
_SCHEDULED = {
    1: gettext_lazy("résultats programmés le %(hour)s"),
    2: gettext_lazy("second tour programmé le %(hour)s"),
}
_AFTERWARDS = timedelta(days=60)  # for papers, appeals and replacement tests


MANY = 50_000  # entries, beyond which what was counted is kept
KEPT = 60  # seconds


@dataclass(frozen=True)
class SessionUnderWay:
    """A session, how far it is in a few words, and its next step; None when none is left.

    `for_jury`: whether the jury may decide on the first round.
    """

    session: Session
    state: str
    step: ComingStep | None
    for_jury: bool


_kept: BoundedCache[Any, tuple[float, list[SessionUnderWay]]] = BoundedCache(4)


def sessions_under_way() -> list[SessionUnderWay]:
    """Return the sessions under way, the most recent first. As many queries for one as for many.

    Those of an office with many entries take a second to count: they are kept for a minute, unless
    a session, a release, a job or a proposal has changed.
    """
    key = get_language(), _last_changes()
    kept_until, found = _kept.get(key) or (0, [])
    if kept_until > time.monotonic():
        return found
    facts = facts_of(_under_way(timezone.localdate()))
    found = [
        SessionUnderWay(one.session, state_in_words(one), coming_step(one), for_jury(one))
        for one in facts.values()
    ]
    if sum(one.entries for one in facts.values()) > MANY:
        _kept[key] = time.monotonic() + KEPT, found
    return found


def _last_changes() -> tuple[Any, ...]:
    session = Session.objects.aggregate(Max("pk"), Count("pk"))
    releases = Release.objects.aggregate(Max("pk"), Max("opens_at"), Max("withdrawn_at"))
    jobs = Job.objects.aggregate(Max("pk"), Max("finished_at"))
    proposals = Proposal.objects.aggregate(Max("pk"), Max("ended_at"))
    return (*session.values(), *releases.values(), *jobs.values(), *proposals.values())


def _under_way(today: date) -> QuerySet[Session]:
    """Return the sessions from their first entry, or announced date, to two months after the last.

    The last date is an announced one, or that of a release. A session that has none, or whose
    results were never announced, stays until the end of the year after its own.
    """
    releases = Release.objects.filter(session=OuterRef("pk")).order_by().values("session")
    sessions = Session.objects.annotate(
        last_day=Greatest(*_DATES),  # PostgreSQL leaves out what is null
        last_release=Subquery(releases.annotate(last=Max("opens_at")).values("last")),
    )
    entered = Exists(Entry.objects.filter(session=OuterRef("pk")))
    begun = entered | Q(last_day__isnull=False)
    recent = Q(last_day__gte=today - _AFTERWARDS) | Q(last_release__date__gte=today - _AFTERWARDS)
    unannounced = Q(last_release__isnull=True, year__gte=today.year - 1)
    return sessions.filter(begun, recent | unannounced).order_by("-year", "code")


def state_in_words(facts: SessionFacts) -> str:
    """Return how far a session is: entries, then what is public, scheduled and withdrawn."""
    said = [_("aucune inscription")]
    if facts.entries:
        text = ngettext("%(n)s inscription", "%(n)s inscriptions", facts.entries)
        said = [text % {"n": number_format(facts.entries, force_grouping=True)}]
    for round in (1, 2):
        releases = [found.release for found in facts.in_round(round) if found.release]
        kept = [release.opens_at for release in releases if not release.withdrawn_at]
        public = [hour for hour in kept if hour <= facts.now]
        to_come = [hour for hour in kept if hour > facts.now]
        withdrawn = len(releases) - len(kept)
        if public:
            said.append(_PUBLIC[round] % {"hour": _hour(max(public))})
        if to_come:
            said.append(_SCHEDULED[round] % {"hour": _hour(min(to_come))})
        if withdrawn:
            text = ngettext("%(n)s publication retirée", "%(n)s publications retirées", withdrawn)
            said.append(text % {"n": withdrawn})
        if round == 1 and not releases:
            said.append(_("rien n’est programmé"))
    return ", ".join(said)


def _hour(instant: datetime) -> str:
    return date_format(timezone.localtime(instant), "j F Y, H:i")
