"""Takes the files of the demo the way of a real session: import, deliberate, release."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from results.demo.presence import awaited_sessions, cast_entries, marks_to_correct
from results.demo.sessions import PARIS
from results.models import JuryDecision
from results.publication.correction import correction

UPCOMING_IN = timedelta(days=10)
UPCOMING_HOUR = time(10)


def load(files, *, run, author, now):
    """Run every command that the office would, on the files of `files` (`DemoFiles`).

    `run(command, *arguments)` runs one. `author` signs what the jury grants and what is corrected;
    `now` is the instant from which the upcoming session is awaited. Each step is whole or not at
    all, and done twice changes nothing: a demo that was interrupted is taken up where it stopped.
    """
    run("import_regulation", *files.regulations)
    run("import_schools", files.schools)
    awaited = awaited_sessions()
    for written in (written for written in files.sessions if written.session in awaited):
        _load_session(written, run=run, author=author, now=now)
    for mark, value in marks_to_correct():
        _correct(mark, value, author)


def _load_session(written, *, run, author, now):
    session = written.session
    with transaction.atomic():  # a session is known as the demo's by its cast
        run("import_session", written.toml)
        run("import_entries", written.entries, "--session", session.code)
    run("import_marks", written.marks, "--session", session.code)
    _grant_jury_points(session, author)
    run("deliberate", session.code)
    opens_at = session.opens_at or upcoming(now)
    run("release", session.code, "--round", "1", "--at", opens_at.isoformat())
    if written.second_round_marks:
        run("import_marks", written.second_round_marks, "--session", session.code)
        run("deliberate", session.code, "--round", "2")
        at = session.second_opens_at.isoformat()
        run("release", session.code, "--round", "2", "--at", at)


def upcoming(now):
    """When the results of the session still to come are released."""
    day = (now + UPCOMING_IN).astimezone(PARIS).date()
    return datetime.combine(day, UPCOMING_HOUR, PARIS)


def _grant_jury_points(session, author):
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


def _correct(mark, value, author):
    reason = _("Erreur de report entre la copie et le relevé.")
    with correction(mark.entry, by=author, reason=reason):
        mark.value = value
        mark.save(update_fields=["value"])
