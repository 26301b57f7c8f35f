"""Deletion of personal data at the end of its retention period.

The office decides on that period, `RETENTION_YEARS`, which the page on personal data tells.
"""

import datetime
from dataclasses import dataclass
from functools import partial
from typing import cast

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils import timezone

from candidates.civil_status import proofs
from candidates.models import FailedIdentification, Session
from candidates.signals import forgetting
from candidates.trail import append_only


@dataclass(frozen=True)
class Forgotten:
    """Report of a deletion, done or rehearsed: codes of sessions, number of rows by table."""

    sessions: tuple[str, ...]
    rows: dict[str, int]


def end_of_retention(today: datetime.date | None = None) -> datetime.date:
    """Return the day before which a session must have ended for its data to be deleted today."""
    today = today or timezone.localdate()
    year = today.year - settings.RETENTION_YEARS
    try:
        return today.replace(year=year)
    except ValueError:  # 29 February
        return datetime.date(year, 2, 28)


class NotTheOwner(Exception):
    """Error of a purge by a login that may not forget the history."""


def purge(*, before, dry_run=False):
    """Delete the entries, marks, results and history of sessions that ended before a date.

    A session has ended on the day its last release opened; without any release, on the last day
    of its year. Sessions, specialities, schools and releases stay: they name nobody. Candidates
    stay while they have an entry in another session.

    One transaction. Returns a `Forgotten`. Raises `NotTheOwner` unless the login owns the tables.
    """
    if not append_only.may_forget():
        raise NotTheOwner
    sessions = [session for session in _sessions() if _ended_on(session) < before]
    with transaction.atomic():
        forgotten = _forget(sessions, before)
        if dry_run:
            transaction.set_rollback(True)
    return forgotten


def _sessions():
    return Session.objects.annotate(last_opening=Max("releases__opens_at")).order_by("code")


def _ended_on(session):
    if session.last_opening:
        return session.last_opening.date()
    return datetime.date(session.year, 12, 31)


def _forget(sessions, before):
    rows: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('results_portal.purge', 'on', true)")
        append_only.forget(cursor)
        cursor.execute(_SELECT, {"sessions": [session.pk for session in sessions]})
        cursor.execute(_PROOFS)
        transaction.on_commit(partial(proofs.delete, [path for (path,) in cursor.fetchall()]))
        for table, statement in _STATEMENTS:
            cursor.execute(statement, {"before": before})
            rows[table] = cursor.rowcount
        for _receiver, others in forgetting.send(None, before=before):
            rows.update(cast(dict[str, int], others))
        for setting in ("results_portal.purge", "pgtrigger.ignore"):
            cursor.execute("SELECT set_config(%s, '', true)", [setting])
        cursor.execute("DROP TABLE forgotten_candidates; DROP TABLE forgotten_entries")
    FailedIdentification.objects.filter(until__lte=Now()).delete()
    return Forgotten(tuple(session.code for session in sessions), rows)


_SELECT = """
CREATE TEMPORARY TABLE forgotten_entries ON COMMIT DROP AS
    SELECT id, candidate_id FROM candidates_entry WHERE session_id = ANY(%(sessions)s);
CREATE TEMPORARY TABLE forgotten_candidates ON COMMIT DROP AS
    SELECT DISTINCT candidate_id AS id FROM forgotten_entries AS gone
    WHERE NOT EXISTS (
        SELECT FROM candidates_entry AS entry
        WHERE entry.candidate_id = gone.candidate_id
            AND entry.id NOT IN (SELECT id FROM forgotten_entries)
    );
CREATE INDEX ON forgotten_entries (id);
CREATE INDEX ON forgotten_candidates (id);
ANALYZE forgotten_entries;
ANALYZE forgotten_candidates
"""


_PROOFS = """
SELECT proof FROM candidates_identityrequest
WHERE proof <> '' AND entry_id IN (SELECT id FROM forgotten_entries)
"""


def _delete(table, column, gone):
    return table, f"DELETE FROM {table} WHERE {column} IN (SELECT id FROM {gone})"


# Rows first, then the history that their deletion has just added to. What the staff did and saw is
# about them, too, and no older than the last session that is kept.
_STATEMENTS = [
    _delete("results_publishedresult", "entry_id", "forgotten_entries"),
    _delete("results_decision", "entry_id", "forgotten_entries"),
    _delete("results_jurydecision", "entry_id", "forgotten_entries"),
    _delete("results_examinedbooklet", "entry_id", "forgotten_entries"),
    _delete("results_mark", "entry_id", "forgotten_entries"),
    _delete("candidates_message", "entry_id", "forgotten_entries"),
    _delete("candidates_proposal", "entry_id", "forgotten_entries"),
    (
        "candidates_redispatch",
        """
        DELETE FROM candidates_redispatch WHERE entry_id IN (SELECT id FROM forgotten_entries)
            OR change_id IN (
                SELECT change.id FROM candidates_addresschange AS change
                JOIN forgotten_entries AS gone ON gone.id = change.entry_id
            )
        """,
    ),
    _delete("candidates_addresschange", "entry_id", "forgotten_entries"),
    _delete("candidates_identityrequest", "entry_id", "forgotten_entries"),
    _delete("candidates_entry", "id", "forgotten_entries"),
    _delete("candidates_messagechoices", "candidate_id", "forgotten_candidates"),
    _delete("candidates_candidate", "id", "forgotten_candidates"),
    _delete("results_markevent", "entry_id", "forgotten_entries"),
    _delete("results_jurydecisionevent", "entry_id", "forgotten_entries"),
    _delete("candidates_entryevent", "id", "forgotten_entries"),
    _delete("candidates_candidateevent", "id", "forgotten_candidates"),
    (
        "candidates_reading",
        """
        DELETE FROM candidates_reading AS seen WHERE at < %(before)s OR (
            cardinality(entries) > 0
            AND NOT EXISTS (SELECT FROM candidates_entry WHERE id = ANY (seen.entries))
        )
        """,
    ),
    ("candidates_commandrun", "DELETE FROM candidates_commandrun WHERE at < %(before)s"),
    *(
        (table, f"DELETE FROM {table} WHERE pgh_created_at < %(before)s")
        for table in (
            "candidates_accountevent",
            "candidates_membershipevent",
            "candidates_secondfactorevent",
            "candidates_schoolheadevent",
        )
    ),
    (
        "django_admin_log",
        """
        DELETE FROM django_admin_log AS log USING django_content_type AS type
        WHERE type.id = log.content_type_id AND type.app_label = 'candidates' AND (
            (type.model = 'entry' AND log.object_id IN (SELECT id::text FROM forgotten_entries))
            OR (type.model = 'candidate'
                AND log.object_id IN (SELECT id::text FROM forgotten_candidates))
        )
        """,
    ),
]
