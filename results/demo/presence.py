"""Entries and sessions of the demo that are in the database."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from candidates.identification import access_codes
from candidates.models import Entry, Session
from results.demo.cast import CAST
from results.demo.cast.situations import Situation
from results.demo.sessions import SESSIONS, DemoSession
from results.models import Mark, Release


def cast_entries() -> dict[Situation, Entry]:
    """Return the entry of each situation of the cast in the database, in the order of the cast."""
    entries = Entry.objects.filter(
        session__code__in={s.session for s in CAST},
        candidate__birth_name__in={s.name[0] for s in CAST},
        candidate__birth_date__in={s.born for s in CAST},
    ).select_related("session__replaces", "speciality", "candidate")
    found = {_identity(entry): entry for entry in entries.order_by("-pk")}
    present = {s: found.get((s.session, s.name[0], s.name[2], s.born)) for s in CAST}
    return {situation: entry for situation, entry in present.items() if entry}


def access_code(entry: Entry) -> str:
    """Return the access code of an entry; in a replacement session, that of the one replaced."""
    session = entry.session.replaces or entry.session
    return access_codes.generate(session.code, entry.number)


def foreign_sessions() -> list[str]:
    """Return the codes of sessions not of the demo: its own all have their whole cast."""
    wanted = Counter(situation.session for situation in CAST)
    present = Counter(situation.session for situation in cast_entries())
    codes = Session.objects.order_by("code").values_list("code", flat=True)
    return [code for code in codes if code not in wanted or present[code] != wanted[code]]


def marks_to_correct() -> Iterator[tuple[Mark, int]]:
    """Yield the marks of the cast to correct after the release, with their new values."""
    for situation, entry in cast_entries().items():
        for code, points in situation.corrected.items():
            value = round(points * 100)
            marks = Mark.objects.filter(entry=entry, test__code=code, round=1)
            yield from ((mark, value) for mark in marks.exclude(value=value).order_by("pk"))


def awaited_sessions() -> list[DemoSession]:
    """Return the sessions of the demo whose last round is not open, nor scheduled if upcoming."""
    scheduled = set(Release.objects.values_list("session__code", "round"))
    opened = set(Release.objects.open().values_list("session__code", "round"))
    return [
        session
        for session in SESSIONS
        if (session.code, 2 if session.second_opening else 1)
        not in (scheduled if session.upcoming else opened)
    ]


def _identity(entry: Entry) -> tuple[str, str, str, date]:
    person = entry.candidate
    return entry.session.code, person.birth_name, person.given_names, person.birth_date
