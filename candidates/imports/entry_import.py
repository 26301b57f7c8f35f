"""Import of candidates and their entries from a file of the office."""

from django.db import connection, transaction

from candidates import values
from candidates.freeze import Change, changing
from candidates.identification import access_codes
from candidates.imports import entry_checks, entry_file, entry_merge
from candidates.locks import lock_imports, lock_session
from candidates.models import Entry, Session
from candidates.signals import entries_changed
from results_portal.imports.staging import (
    ImportRefused,
    analyze,
    load,
    outcome_of,
    write_in_slices,
)
from results_portal.tabular import MAX_BYTES, ErrorLog, read_rows

_SLICE = 50_000


def import_entries(
    path,
    *,
    session,
    announced,
    log=None,
    dry_run=False,
    confirmed="",
    max_bytes=MAX_BYTES,
    progress=None,
    saving=None,
    matched=None,
    at=None,
):
    """Create and update the entries of `session` from the file at `path`; return the outcome.

    `announced` is an `entry_checks.Announced` from `results`. `progress(done, total)` is called
    while the file is read, `saving` while rows are written, `matched()` between the two, when the
    table `matched_entry` has the rows. Raise `ImportRefused`, and write
    nothing, when anything in the file is wrong. The signal `entries_changed` is sent in the same
    transaction, with the entries whose scheduled result changes and with `confirmed`: within the
    hour before they open `freeze.OpeningSoon` is raised, unless it is the code of their session.
    """
    log = log or ErrorLog(path)
    columns = entry_file.columns(values.today(at))
    rows = read_rows(
        path,
        columns,
        log=log,
        check=entry_file.check,
        max_bytes=max_bytes,
        progress=progress,
    )
    with transaction.atomic():
        staged = entry_file.staged(entry_file.watched(rows, log), session_code=session.code)
        load("incoming_entry", entry_file.STAGING, staged)
        lock_imports()
        lock_session(session)
        _match(log, session, announced)
        if log.count:
            raise ImportRefused(log)
        outcome = outcome_of("matched_entry")
        if matched:
            matched()
        if dry_run:
            transaction.set_rollback(True)
        else:
            _write(session, outcome, saving, confirmed)
    return outcome


def _match(log, session, announced):
    with connection.cursor() as cursor:
        cursor.execute(entry_merge.IDENTIFY, {"session": session.pk})
    entry_checks.check_references(log, session)
    entry_checks.check_people(log, session)
    with connection.cursor() as cursor:
        cursor.execute(entry_merge.MATCH)
    entry_checks.check_codes(log, session)
    entry_checks.check_enrolment(log, announced)
    entry_checks.check_announced(log, session, announced)


def _write(session, outcome, saving, confirmed):
    with changing(Change.REFRESH), connection.cursor() as cursor:
        changed = _lock_changed(cursor, session)
        cursor.execute(entry_merge.INSERT_PERSONS)
        cursor.execute(entry_merge.UPDATE_PERSONS)
        cursor.execute(entry_merge.FREE_CODES)
        of_session = {"session": session.pk}
        write_in_slices(
            "matched_entry", entry_merge.INSERT_ENTRIES, of_session, size=_SLICE, progress=saving
        )
        analyze(outcome.created, "candidates_candidate", "candidates_entry")
        cursor.execute(entry_merge.UPDATE_ENTRIES)
        _follow_birth_dates(cursor)
        if changed:
            entries_changed.send(sender=Entry, entry_ids=changed, confirmed=confirmed)


def _lock_changed(cursor, session):
    """Lock and return the keys of the entries that change, in other sessions of the people too."""
    cursor.execute(entry_merge.CHANGED_ENTRIES)
    changed = dict(cursor.fetchall())
    for session_id in sorted({*changed.values()} - {session.pk}):
        lock_session(Session(pk=session_id))
    return list(changed)


def _follow_birth_dates(cursor):
    """Update the credentials of people whose birth date was corrected."""
    cursor.execute(entry_merge.BIRTH_DATE_CORRECTED)
    for pk, number, birth_date, digest in cursor.fetchall():
        expected = access_codes.credential(number, birth_date, bytes(digest))
        Entry.objects.filter(pk=pk).exclude(credential=expected).update(credential=expected)
