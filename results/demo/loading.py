"""Load the files of the demo as an office would: import, deliberate, release."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from results.demo.files import DemoFiles, SessionFiles
from results.demo.presence import awaited_sessions, cast_entries, marks_to_correct
from results.demo.sessions import PARIS, DemoSession
from results.models import JuryDecision, Mark
from results.publication.correction import correction

Run = Callable[..., Any]

UPCOMING_IN = timedelta(days=10)
UPCOMING_HOUR = time(10)


def load(files: DemoFiles, *, run: Run, author: Any, now: datetime) -> None:
    """Run every command of an office on the `files`.

    `run(command, *arguments)` runs one. `author`: of jury decisions and corrections. `now`: the
    upcoming session is released ten days later. Each step is atomic and idempotent: an interrupted
    demo continues where it stopped.
    """
    run("import_regulation", *files.regulations)
    run("import_schools", files.schools)
    awaited = awaited_sessions()
    for written in (written for written in files.sessions if written.session in awaited):
        _load_session(written, run=run, author=author, now=now)
    for mark, value in marks_to_correct():
        _correct(mark, value, author)


def _load_session(written: SessionFiles, *, run: Run, author: Any, now: datetime) -> None:
    session = written.session
    with transaction.atomic():  # the cast marks a session as one of the demo
        run("import_session", written.toml)
        run("import_entries", written.entries, "--session", session.code)
    run("import_marks", written.marks, "--session", session.code)
    _grant_jury_points(session, author)
    run("deliberate", session.code)
    opens_at = session.opens_at or upcoming(now)
    sure = ("--confirm", session.code)  # most hours of the demo are past
    run("release", session.code, "--round", "1", "--at", opens_at.isoformat(), *sure)
    if written.second_round_marks and (second_opens_at := session.second_opens_at):
        run("import_marks", written.second_round_marks, "--session", session.code)
        run("deliberate", session.code, "--round", "2")
        run("release", session.code, "--round", "2", "--at", second_opens_at.isoformat(), *sure)


def upcoming(now: datetime) -> datetime:
    """Return the hour of release of the upcoming session."""
    day = (now + UPCOMING_IN).astimezone(PARIS).date()
    return datetime.combine(day, UPCOMING_HOUR, PARIS)


def _grant_jury_points(session: DemoSession, author: Any) -> None:
    for situation, entry in cast_entries().items():
        if situation.session == session.code and situation.jury_points:
            JuryDecision.objects.get_or_create(
                entry=entry,
                round=1,
                defaults={
                    "points": situation.jury_points,
                    "reason": _("Résultats réguliers pendant les deux années."),
                    "author": author,
                },
            )


def _correct(mark: Mark, value: int, author: Any) -> None:
    reason = _("Erreur de report entre la copie et le relevé.")
    with correction(mark.entry, by=author, reason=reason):
        mark.value = value
        mark.save(update_fields=["value"])
