"""Tracking of a diploma for its candidate: the steps so far, the next ones and their dates.

Everything is read as a visitor, from open releases.
"""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from candidates.address_changes.changes import changes_of
from candidates.identification.entry import rows_of
from candidates.models import Candidate, School
from candidates.postal.address import Address
from diplomas.models import CustodyEvent, Diploma, DiplomaState, EventKind, Route
from results_portal.routers import PUBLIC

StrOrPromise = str | Promise

_LA_POSTE = "https://www.laposte.fr/outils/suivre-vos-envois?code="
_NUMBER = re.compile(r"[0-9][A-Z][0-9]{11}|[A-Z]{2}[0-9]{9}FR")  # within France, and abroad

# The usual month, while the office gives no date, and the day from which its beginning is past.
AT_SCHOOL, POSTED = (10, 10), (9, 10)

_TITLES: dict[str, StrOrPromise] = {
    "PREPARED": _("Préparé, plus rien n’y change"),
    EventKind.PRINTED: _("Imprimé"),
    EventKind.SENT_TO_SCHOOL: _("Envoyé à votre établissement"),
    EventKind.POSTED: _("Posté"),
    EventKind.ARRIVED: _("Arrivé dans votre établissement"),
    EventKind.COLLECTED: _("Remis"),
    EventKind.RETURNED: _("Revenu au service des examens"),
    EventKind.SENT_AGAIN: _("Renvoyé"),
    EventKind.HELD: _("Gardé par le service des examens, pour une vérification"),
}
_DATES: dict[str, tuple[str, tuple[int, int]]] = {
    Route.SCHOOL: ("diplomas_at_school_from", AT_SCHOOL),
    Route.HOME: ("diplomas_posted_from", POSTED),
}
_AT_HOME = _("Distribué chez vous")
_TO_COME = {
    Route.SCHOOL: ("PREPARED", "PRINTED", "SENT_TO_SCHOOL", "ARRIVED", "COLLECTED"),
    Route.HOME: ("PREPARED", "PRINTED", "POSTED", "ARRIVED"),
}


@dataclass(frozen=True)
class TrackingStep:
    """A step of a diploma: done on a `day`, or to come; one of them is `present`."""

    kind: str
    title: StrOrPromise
    day: datetime.date | None = None
    done: bool = True
    present: bool = False
    event: CustodyEvent | None = None

    @property
    def tracking_url(self) -> str:
        """The page of La Poste for the number of the letter, "" for another carrier's."""
        number = self.event.tracking.replace(" ", "") if self.event else ""
        return f"{_LA_POSTE}{number}" if _NUMBER.fullmatch(number) else ""


@dataclass(frozen=True)
class Expected:
    """The date of a diploma: the day if the office gave one, else the beginning of a month.

    `over`: it is past. `unsaid`: no day is given, and the results opened later than usual.
    """

    day: datetime.date | None
    month: datetime.date
    over: bool
    unsaid: bool


@dataclass(frozen=True)
class Tracking:
    """The content of the tracking page of an admitted candidate.

    `moved_to`: the lines of the new address to which a returned diploma will be sent again, and
    `moved_on` the day it was received; none while it would go where it came from.
    """

    document: dict[str, Any]
    route: str
    state: str
    opened_on: datetime.date
    steps: list[TrackingStep]
    expected: Expected
    place: list[str]
    sealed: bool
    last: CustodyEvent | None
    moved_to: list[str]
    moved_on: datetime.date | None

    @property
    def at_school(self):
        return self.route == Route.SCHOOL

    @property
    def to_collect(self):
        """Whether the candidate has to come for it, now or later."""
        return self.state != DiplomaState.COLLECTED and (
            self.at_school or self.state == DiplomaState.RETURNED
        )


def tracking_of(result, visit, *, document, at=None) -> Tracking:
    """Return the tracking of the admitted `result` of a visit, shown as `document`.

    Three queries; one more for an address that is not sealed yet; two for the new address of one
    that came back.
    """
    route = document["diploma_route"]
    diploma = None
    if route in Route.values:
        diploma = _diploma_of(result.entry_id)
    events = _events_of(diploma) if diploma else []
    sealed = diploma is not None and diploma.batch_id and diploma.batch.sealed_at is not None
    place = _place(route, visit, document, diploma, events, sealed)
    moved_to, moved_on = _new_address(visit, diploma, events)
    return Tracking(
        document=document,
        route=route,
        state=diploma.state if diploma else DiplomaState.PREPARED,
        opened_on=_day(result.release.opens_at),
        steps=_steps(route, diploma, events) if route in Route.values else [],
        expected=_expected(result, document, route, at),
        place=moved_to or place,
        moved_to=moved_to,
        sealed=bool(sealed),
        last=events[-1] if events else None,
        moved_on=moved_on,
    )


def _diploma_of(entry_id):
    rows = Diploma.objects.using(PUBLIC).filter(entry=entry_id).select_related("batch")
    return rows.defer(
        *(f"batch__{name}" for name in ("session", "size", "created_at", "created_by")),
        *(f"batch__{name}" for name in ("sealed_by", "printed_at", "printed_by", "sent_by")),
    ).first()


def _events_of(diploma):
    events = CustodyEvent.objects.using(PUBLIC).filter(diploma=diploma.pk).order_by("pk")
    return list(
        events.only("diploma", "kind", "day", "tracking", "collected_by", "cause", "address")
    )


def _steps(route, diploma, events):
    done = []
    if diploma and diploma.batch_id and diploma.batch.sealed_at:
        done.append(
            TrackingStep("PREPARED", _title("PREPARED", route), _day(diploma.batch.sealed_at))
        )
    done += [TrackingStep(e.kind, _title(e.kind, route), e.day, event=e) for e in events]
    if done:
        last = done[-1]
        done[-1] = TrackingStep(last.kind, last.title, last.day, present=True, event=last.event)
    passed = {step.kind for step in done}
    return done + [
        TrackingStep(kind, _title(kind, route), done=False) for kind in _next(route, passed)
    ]


def _next(route, passed):
    """Return the next steps, in order; a returned diploma is sent again first."""
    if EventKind.COLLECTED in passed or (route == Route.HOME and EventKind.ARRIVED in passed):
        return []
    if EventKind.RETURNED in passed and EventKind.SENT_AGAIN not in passed:
        return [EventKind.SENT_AGAIN]
    order = _TO_COME[route]
    reached = max((order.index(kind) for kind in passed if kind in order), default=-1)
    if EventKind.SENT_AGAIN in passed:
        reached = max(reached, len(order) - 2)
    return order[reached + 1 :]


def _title(kind, route):
    return _AT_HOME if kind == EventKind.ARRIVED and route == Route.HOME else _TITLES[kind]


def _day(moment):
    return timezone.localdate(moment)


def _expected(result, document, route, at):
    session = document["session"]
    name, usual = _DATES.get(route, ("", AT_SCHOOL))
    given = name and session[name]
    day = datetime.date.fromisoformat(given) if given else None
    month = datetime.date(session["year"], usual[0], 1)
    over = (day or month.replace(day=usual[1])) < timezone.localdate(at)
    opened_on = _day(result.release.opens_at)
    return Expected(
        day, month, over, unsaid=day is None and opened_on > month.replace(day=usual[1])
    )


def _new_address(visit, diploma, events):
    """Return the lines of another address for a returned diploma, and the day it was received."""
    if diploma is None or diploma.state != DiplomaState.RETURNED or not diploma.address:
        return [], None
    sent_to = [event.address for event in events if event.address] or [diploma.address]
    now = _address_on_file(visit).same_place
    if now == Address(**sent_to[-1]):
        return [], None
    moves = [change for change in changes_of(visit)[:20] if change.place_changed]
    return now.lines, _day(moves[0].requested_at) if moves else None


def _address_on_file(visit):
    candidate = next(iter(rows_of(visit, Candidate, "visitors_candidate")), None)
    return Address.of(candidate) if candidate else Address()


def _place(route, visit, document, diploma, events, sealed):
    """Return the lines of the place of collection, or of the address."""
    if route == Route.SCHOOL:
        if sealed:
            return diploma.batch.addressee
        school = School.objects.using(PUBLIC).filter(pk=document["entry"]["school"]["uai"]).first()
        return school.envelope if school else [document["entry"]["school"]["name"]]
    if route == Route.HOME:
        sent_again = [event.address for event in events if event.address]
        address = sent_again[-1] if sent_again else diploma and sealed and diploma.address
        if address:
            return Address(**address).lines
        return _address_on_file(visit).lines
    return []
