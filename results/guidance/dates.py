"""What the help pages say of sessions and académies, as the office has them now.

Dates and addresses only: nothing here depends on any result. Each function is one query, through
the rights of a visitor.
"""

import datetime

from django.utils import timezone

from candidates.models import Academy, Session
from results.gate import lookup
from results.gate.lookup import PUBLIC
from results.models import Release

A_YEAR = datetime.timedelta(days=365)

# DESIGN, section 3: diplomas are at school in early October, in the post in early September. What
# is early in a month is past after its tenth day, as on the result page.
AT_SCHOOL, POSTED = (10, 10), (9, 10)


def announcements(at=None):
    """The announcements of releases (`results.gate.lookup`), without those open for over a year."""
    at = at or timezone.now()
    return [
        announcement
        for announcement in lookup.announcements(at)
        if announcement["state"] != "open" or announcement["opens_at"] > at - A_YEAR
    ]


def sessions():
    """Every session, the latest first."""
    return list(Session.objects.using(PUBLIC).order_by("-year", "code"))


def dated(sessions, *names, at=None):
    """The `sessions` of which one of the dates `names` matters at the instant `at`.

    A date to come matters; one that is past does only in the newest session of its exam that has
    one, and for a year.
    """
    today = timezone.localdate(at)
    last = {session: max(_dates(session, names)) for session in sessions if _dates(session, names)}
    newest = {}
    for session in last:
        newest[session.exam] = max(newest.get(session.exam, 0), session.year)
    return [
        session
        for session, day in last.items()
        if day >= today or (session.year == newest[session.exam] and day > today - A_YEAR)
    ]


def _dates(session, names):
    return [day for name in names if (day := getattr(session, name))]


def scripts(at=None):
    """Until when scripts may be seen: a year from the day their results opened.

    One dict for each session, round and day: `session_label`, `round`, `opened_on`, `until`. Those
    over for more than a year are left out.
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
            found[key]["until"] = until
    return list(found.values())


def a_year_after(day):
    """The same day of the next year; 28 February after a 29."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def diplomas(at=None):
    """The newest session of each exam whose results are open, and when its diplomas are handed out.

    One dict for each: `session_label`, `year`, `at_school`, `posted` (dates), for either the day
    that the office gave, or None (`school_day`, `post_day`), and whether the results opened after
    it (`after_school`, `after_post`).
    """
    newest = {}
    openings = Release.objects.using(PUBLIC).open(at or timezone.now()).select_related("session")
    for release in openings.order_by("session__year", "session__code", "opens_at"):
        year = release.session.year
        if newest.get(release.session.exam, {}).get("year") != year:
            newest[release.session.exam] = _handing_out(release)
    return sorted(newest.values(), key=lambda diploma: (-diploma["year"], diploma["session_label"]))


def _handing_out(release):
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


def academies(*, managed):
    """The académies that this office manages, or the others, by name."""
    return list(Academy.objects.using(PUBLIC).filter(managed=managed).order_by("name"))
