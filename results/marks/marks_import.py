"""Import of marks from a file of the office."""

from django.db import connection, transaction

from candidates.freeze import Change, changing
from candidates.locks import lock_session
from results.marks import mark_checks, mark_file
from results.publication import hours, release
from results_portal.imports.staging import (
    ImportRefused,
    analyze,
    differing,
    load,
    outcome_of,
    write_in_slices,
)
from results_portal.tabular import MAX_BYTES, ErrorLog, read_rows

_SLICE = 500_000


def import_marks(
    path,
    *,
    session,
    log=None,
    dry_run=False,
    confirmed="",
    max_bytes=MAX_BYTES,
    progress=None,
    saving=None,
    matched=None,
):
    """Create and update the marks of `session` from the file at `path`; return the counts.

    `progress(done, total)` is called while the file is read, `saving` while rows are written,
    `matched()` between the two, when the table `matched_mark` has the rows. Raises `ImportRefused`,
    and writes nothing, when anything in the file is wrong. Scheduled results are rewritten in the
    same transaction; errors of `release.refresh` propagate. Within the hour before they open
    `OpeningSoon` is raised, unless `confirmed` is the code of the session.
    """
    log = log or ErrorLog(path)
    reading = {"max_bytes": max_bytes, "progress": progress}
    with transaction.atomic():
        outcome = stage_marks(path, session=session, log=log, **reading)
        if matched:
            matched()
        if dry_run:
            transaction.set_rollback(True)
        else:
            with changing(Change.REFRESH):
                write_marks(outcome, saving=saving)
                _refresh_scheduled(confirmed)
    return outcome


def stage_marks(path, *, session, log, max_bytes, progress, correcting=False):
    """Read and check the file at `path`, and lock the session, in the transaction of the caller.

    The marks are left in temporary tables for `write_marks`, their counts returned. `correcting`:
    accept those whose result is published. Raises `ImportRefused` when anything is wrong.
    """
    rows = read_rows(
        path,
        mark_file.columns(),
        log=log,
        check=mark_file.check(session.year),
        max_bytes=max_bytes,
        progress=progress,
    )
    load("incoming_mark", mark_file.STAGING, mark_file.staged(rows))
    lock_session(session)
    with connection.cursor() as cursor:
        cursor.execute(_MATCH, {"session": session.pk})
    mark_checks.check_marks(log, session, correcting=correcting)
    if log.count:
        raise ImportRefused(log)
    return outcome_of("matched_mark")


def changed_entries():
    """Return the keys of the entries of which a staged mark is new or differs."""
    return _entries(_CHANGED)


def write_marks(outcome, *, saving=None):
    """Write the staged marks that are new or differ; the caller lets published ones pass."""
    if outcome.created:
        write_in_slices("matched_mark", _INSERT, {}, size=_SLICE, progress=saving)
        analyze(outcome.created, "results_mark")
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE)


def _refresh_scheduled(confirmed):
    scheduled = _entries(_SCHEDULED)
    if scheduled:
        hours.refuse_soon(scheduled, confirmed=confirmed)
        release.refresh(scheduled)


def _entries(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [pk for (pk,) in cursor.fetchall()]


_CHANGES = differing(
    [
        ("note", "incoming.value", "mark.value"),
        ("etat", "incoming.status", "mark.status"),
        ("session_origine", "incoming.origin", "mark.origin"),
    ]
)

_MATCH = f"""
DROP TABLE IF EXISTS pg_temp.matched_mark;
CREATE TEMPORARY TABLE matched_mark ON COMMIT DROP AS
SELECT incoming.line, entry.id AS entry_id, test.id AS test_id, mark.id AS mark_id,
    entry.speciality_id, incoming.round, incoming.value, incoming.status, incoming.origin,
    mark.id IS NULL AS is_new,
    CASE WHEN mark.id IS NOT NULL THEN {_CHANGES} ELSE '{{}}' END AS changes
FROM incoming_mark AS incoming
LEFT JOIN candidates_entry AS entry
    ON entry.session_id = %(session)s AND entry.number = incoming.number
LEFT JOIN results_test AS test
    ON test.speciality_id = entry.speciality_id AND test.code = incoming.test
LEFT JOIN results_mark AS mark
    ON mark.entry_id = entry.id AND mark.test_id = test.id AND mark.round = incoming.round;
CREATE INDEX ON matched_mark USING brin (line);
ANALYZE matched_mark
"""

_INSERT = """
INSERT INTO results_mark (entry_id, test_id, round, value, status, origin)
SELECT entry_id, test_id, round, value, status, origin FROM matched_mark
WHERE is_new AND line > %(after)s AND line <= %(upto)s
"""

_UPDATE = """
UPDATE results_mark AS mark
SET value = matched.value, status = matched.status, origin = matched.origin
FROM matched_mark AS matched
WHERE mark.id = matched.mark_id AND matched.changes <> '{}'
"""

_CHANGED = """
SELECT DISTINCT entry_id FROM matched_mark WHERE is_new OR changes <> '{}'
"""

_SCHEDULED = """
SELECT DISTINCT published.entry_id
FROM results_publishedresult AS published
JOIN matched_mark AS matched ON matched.entry_id = published.entry_id
WHERE matched.is_new OR matched.changes <> '{}'
"""
