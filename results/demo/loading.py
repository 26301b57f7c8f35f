"""Load the files of the demo as an office would: import, deliberate, release."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from results.demo.files import DemoFiles, SessionFiles
from results.demo.presence import awaited_sessions, cast_entries, marks_to_correct
from results.demo.sessions import DemoSession, Opening
from results.models import JuryDecision, Mark, Release
from results.publication.correction import correction

Run = Callable[..., Any]


def load(files: DemoFiles, *, run: Run, author: Any, now: datetime) -> None:
    """Run every command of an office on the `files`, which were written for the same `now`.

    `run(command, *arguments)` runs one. `author`: of jury decisions and corrections. Each step is
    atomic and idempotent: an interrupted demo continues where it stopped.
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
        if written.entries:
            run("import_entries", written.entries, "--session", session.code)
        else:
            run("open_replacement", session.code)
    run("import_marks", written.marks, "--session", session.code)
    _grant_jury_points(session, author)
    run("deliberate", session.code)
    _release(session, 1, session.opening, run=run, now=now)
    if written.second_round_marks and session.second_opening:
        run("import_marks", written.second_round_marks, "--session", session.code)
        run("deliberate", session.code, "--round", "2")
        _release(session, 2, session.second_opening, run=run, now=now)


def _release(
    session: DemoSession, round: int, opening: Opening, *, run: Run, now: datetime
) -> None:
    """Release a round at its hour. One that is past is announced first, then moved there: an office
    could not do that.
    """
    opens_at = opening.at(now)
    announced = opens_at if opens_at > now else opens_at + timedelta(days=1 - opening.days)
    at = ("--round", str(round), "--at", announced.isoformat(), "--confirm", session.code)
    run("release", session.code, *at)
    Release.objects.filter(
        session__code=session.code, round=round, opens_at=announced, opened_at=None
    ).update(opens_at=opens_at)


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
