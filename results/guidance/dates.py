"""Dates of sessions and addresses of académies for the help pages.

Nothing here depends on any result. Each function makes one query, with the rights of a visitor.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from candidates.models import Academy, Session
from results.gate import lookup
from results.gate.lookup import PUBLIC
from results.models import Release

A_YEAR = datetime.timedelta(days=365)

# Diplomas are at school in early October and posted in early September. Early in a month means up
# to its tenth day, as on the result page.
AT_SCHOOL, POSTED = (10, 10), (9, 10)


def announcements(at: datetime.datetime | None = None) -> list[dict[str, Any]]:
    """Return the announcements of releases, without those open for over a year."""
    at = at or timezone.now()
    return [
        announcement
        for announcement in lookup.announcements(at)
        if announcement["state"] != "open" or announcement["opens_at"] > at - A_YEAR
    ]


def sessions() -> list[Session]:
    """Return every session, the latest first."""
    return list(Session.objects.using(PUBLIC).order_by("-year", "code"))


def relevant_sessions(
    sessions: Iterable[Session], *names: str, at: datetime.datetime | None = None
) -> list[Session]:
    """Return the `sessions` of which a date among the fields `names` matters at the instant `at`.

    A future date matters; a past one for a year, and only in the newest session of its exam that
    has one.
    """
    today = timezone.localdate(at)
    last = {session: max(_dates(session, names)) for session in sessions if _dates(session, names)}
    newest: dict[str, int] = {}
    for session in last:
        newest[session.exam] = max(newest.get(session.exam, 0), session.year)
    return [
        session
        for session, day in last.items()
        if day >= today or (session.year == newest[session.exam] and day > today - A_YEAR)
    ]


def _dates(session: Session, names: Iterable[str]) -> list[datetime.date]:
    return [day for name in names if (day := getattr(session, name))]


def scripts(at: datetime.datetime | None = None) -> list[dict[str, Any]]:
    """Return the last day to see scripts: a year after the day their results opened.

    One dict for each session, round and day: `session_label`, `exam`, `round`, `opened_on` and
    `until`. Those over for more than a year are left out.
    """
    at = at or timezone.now()
    today = timezone.localdate(at)
    found = {}
    for announcement in lookup.announcements(at):
        opened_on = timezone.localdate(announcement["opens_at"])
        until = a_year_after(opened_on)
        if announcement["state"] == "open" and until > today - A_YEAR:
            key = (announcement["session_label"], announcement["round"], opened_on)
            found[key] = dict(zip(("session_label", "round", "opened_on"), key, strict=True))
            found[key] |= {"until": until, "exam": announcement["exam"]}
    return list(found.values())


def a_year_after(day: datetime.date) -> datetime.date:
    """Return the same day of the next year; 28 February for a 29."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def diplomas(at: datetime.datetime | None = None) -> list[dict[str, Any]]:
    """Return the dates of diplomas of the newest open session of each exam.

    One dict for each: `session_label`, `year`, `at_school` and `posted` (dates), the days given by
    the office or None (`school_day`, `post_day`), and whether the results opened after either
    (`after_school`, `after_post`).
    """
    newest: dict[str, dict[str, Any]] = {}
    openings = Release.objects.for_visitors().open(at or timezone.now()).select_related("session")
    for release in openings.order_by("session__year", "session__code", "opens_at"):
        year = release.session.year
        if newest.get(release.session.exam, {}).get("year") != year:
            newest[release.session.exam] = _handing_out(release)
    return sorted(newest.values(), key=lambda diploma: (-diploma["year"], diploma["session_label"]))


def _handing_out(release: Release) -> dict[str, Any]:
    opened_on = timezone.localdate(release.opens_at)
    session, year = release.session, release.session.year
    at_school = session.diplomas_at_school_from or datetime.date(year, *AT_SCHOOL)
    posted = session.diplomas_posted_from or datetime.date(year, *POSTED)
    return {
        "session_label": session.label,
        "year": year,
        "school_day": session.diplomas_at_school_from,
        "post_day": session.diplomas_posted_from,
        "at_school": at_school,
        "posted": posted,
        "after_school": opened_on > at_school,
        "after_post": opened_on > posted,
    }


def academies(*, managed: bool) -> list[Academy]:
    """Return the académies that this office manages, or the others, by name."""
    return list(Academy.objects.using(PUBLIC).filter(managed=managed).order_by("name"))
