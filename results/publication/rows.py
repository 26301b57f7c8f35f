"""Writing of published rows: built from dossiers, staged where rows exist already."""

from collections.abc import Iterator
from contextlib import nullcontext
from itertools import islice

from django.db import connection
from django.utils.translation import gettext as _

from candidates.freeze import ReleaseOpened
from candidates.models import Academy, School
from results.document.builder import Context
from results.jury import dossiers
from results.models import NEUTRAL_REASON
from results.packed_document.packing import SHARED
from results.publication.plain_rows import COLUMNS, PlainRows
from results.publication.row_writer import RowWriter
from results_portal.imports.parallel import gc_paused, snapshot_connection

_FEW = 100  # lines sent together; rows of up to so many entries are built the plain way


def frozen(release, now):
    """Whether the public may have seen the rows of `release`: then they only gain revisions."""
    return release.opened_at is not None or release.is_open(now)


def selected(release, *, entry_ids=None):
    """Return the `dossiers.Selection` of the entries of `release`, all or some."""
    return dossiers.Selection(release.session_id, release.round, release.speciality_id, entry_ids)


def stage(release, books, *, entry_ids=None, progress=None):
    """Build the rows of `release`, of all its entries or some, into the staging table.

    Returns the candidate numbers of stale entries: see `PlainRows`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CREATE_STAGED)
    columns = ", ".join(COLUMNS)
    selection = selected(release, entry_ids=entry_ids)
    rows = _rows(release, books, selection)
    _copy(f"COPY staged ({columns}) FROM STDIN", rows, selection, "", progress)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE staged")  # else the next statements are planned for an empty table
    return rows.stale


def write_first(release, books, *, progress=None, many=None):
    """Write the rows of a release that has none, without staging; its hour makes them public.

    From `many` rows on (None: never), dossiers are read through a second connection while rows are
    written: only where this transaction has changed no mark, entry or decision. Returns the
    candidate numbers of stale entries (see `PlainRows`); the caller must then roll back.
    """
    selection = selected(release)
    rows = _rows(release, books, selection, leave_stale=True)
    columns = ", ".join(("release_id", "round", "revision", "reason", *COLUMNS))
    constants = f"{release.pk}\t{release.round}\t1\t\t"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else a million checks wait in memory
    copy = f"COPY results_publishedresult ({columns}) FROM STDIN"
    total = dossiers.count(selection)
    second = snapshot_connection() if many is not None and total >= many else nullcontext()
    with gc_paused(), second as reader:
        _copy(copy, rows, selection, constants, progress, reader)
    return rows.stale


def has_rows(release):
    """Whether any entry of `release` has a published row of its round."""
    where, values = selected(release).where()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM results_publishedresult AS kept "
            "JOIN candidates_entry AS entry ON entry.id = kept.entry_id "
            f"WHERE kept.round = %(round)s AND {where})",
            values | {"round": release.round},
        )
        return cursor.fetchone()[0]


def rows_up_to_date(release, books):
    """Whether rewriting an unopened release would change nothing.

    Triggers refuse a change of the data behind a row unless the row is replaced in the same
    transaction (`candidates.freeze`). It remains to check that every entry has a row, and that the
    parts they share (session and tests, schools, académies) are unchanged.
    """
    selection = selected(release)
    rows = _rows(release, books, selection)
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, {"release": release.pk})
        count, parts = cursor.fetchone()
    return count == dossiers.count(selection) and rows.names_shared(set(parts) - {None})


def write(release, *, entry_ids=None):
    """Write the staged rows of an unopened release; its hour makes them public.

    Existing rows are replaced, and keep their verification code. Returns the number of rows
    written.
    """
    values = _values(release) | {"entries": entry_ids and list(entry_ids)}
    return _execute([_REPLACE, _INSERT, _DELETE], values)


def revise(release, *, at, reason, by):
    """Add a revision for each staged row whose document differs from the last one written.

    Returns the keys of the entries that have a new row. They are public at once if the release is.
    One that suspends a result, or gives it back, has `NEUTRAL_REASON` in place of `reason`.
    """
    revision = {"reason": reason, "neutral": NEUTRAL_REASON, "author": by and by.pk}
    values = _values(release) | revision | {"issued_at": at}
    revised = []
    with connection.cursor() as cursor:
        for statement in (_REVISE, _INSERT):
            cursor.execute(f"{statement} RETURNING entry_id", values)
            revised += [entry_id for (entry_id,) in cursor.fetchall()]
        if revised:  # triggers report revisions, not first rows
            cursor.execute("SELECT results_new_edition(%s)", [release.pk])
    return revised


def _execute(statements, values):
    rows = 0
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)
            rows += cursor.rowcount
    return rows


def refuse_once_open(release):
    """Raise `ReleaseOpened` if the release opened while this transaction replaced its rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() >= %s", [release.opens_at])
        (struck,) = cursor.fetchone()
    if struck and release.withdrawn_at is None:
        raise ReleaseOpened(_("La publication vient de s’ouvrir : passez par une correction."))


def _rows(release, books, selection, *, leave_stale=False):
    book = books[release.speciality_id]
    where, values = selection.where()
    schools = School.objects.raw(
        "SELECT * FROM candidates_school WHERE uai IN (SELECT entry.school_id "
        f"FROM candidates_entry AS entry WHERE {where})",
        values,
    )
    context = Context(
        session=release.session,
        regulation=book.regulation,
        schools=schools,
        academies=Academy.objects.all(),
    )
    few = selection.entry_ids is not None and len(selection.entry_ids) <= _FEW
    make = PlainRows if few else RowWriter
    return make(book, context, round=release.round, leave_stale=leave_stale)


def _copy(command, rows, selection, before, progress, reader=None):
    """Write a line for each dossier, `before` in front of its fields.

    Lines are sent as they are made: PostgreSQL writes some while the next are built.
    """
    total = dossiers.count(selection) if progress else 0
    stream = dossiers.stream(selection, rulebooks=rows.books, identity=True, reader=reader)
    done, before_chunk = 0, -1
    while done > before_chunk:
        before_chunk = done
        chunk: Iterator[dossiers.Dossier] = islice(stream, dossiers.CHUNK)
        if reader is None:
            chunk = iter(list(chunk))  # one connection either reads or writes
        with connection.cursor() as cursor, cursor.copy(command) as copy:
            while few := list(islice(chunk, _FEW)):
                lines = [before + "\t".join(row) + "\n" for row in map(rows.of, few) if row]
                copy.write("".join(lines))
                done += len(few)
        if progress and done > before_chunk:
            progress(done, total)


def _values(release):
    return {
        "release": release.pk,
        "round": release.round,
        "issued_at": None,  # the hour of the release, which may yet change
    }


_CREATE_STAGED = """
DROP TABLE IF EXISTS pg_temp.staged;
CREATE TEMPORARY TABLE staged (
    entry_id bigint PRIMARY KEY,
    verdict text NOT NULL,
    web_listed boolean NOT NULL,
    list_name text NOT NULL,
    sort_key text NOT NULL,
    search_key text NOT NULL,
    posting_place text NOT NULL,
    verification_code uuid NOT NULL,
    document jsonb NOT NULL
) ON COMMIT DROP
"""

_PARTS = f"""
SELECT
    (SELECT count(*) FROM results_publishedresult WHERE release_id = %(release)s),
    ARRAY(
        SELECT part FROM results_publishedresult AS kept
        CROSS JOIN LATERAL jsonb_array_elements_text(kept.document -> '{SHARED}') AS part
        WHERE kept.release_id = %(release)s
        GROUP BY part
    )
"""

_REPLACE = """
UPDATE results_publishedresult AS kept SET
    verdict = staged.verdict, web_listed = staged.web_listed, list_name = staged.list_name,
    sort_key = staged.sort_key, search_key = staged.search_key,
    posting_place = staged.posting_place,
    document = staged.document, created_at = now()
FROM staged
WHERE kept.entry_id = staged.entry_id AND kept.release_id = %(release)s AND (
    (kept.verdict, kept.web_listed, kept.list_name, kept.sort_key, kept.search_key,
     kept.posting_place)
    IS DISTINCT FROM
    (staged.verdict, staged.web_listed, staged.list_name, staged.sort_key, staged.search_key,
     staged.posting_place)
    OR kept.document <> staged.document
)
"""

_INSERT = """
INSERT INTO results_publishedresult
    (entry_id, release_id, round, revision, verdict, web_listed, list_name, sort_key, search_key,
     posting_place, verification_code, document, issued_at, reason)
SELECT staged.entry_id, %(release)s, %(round)s, 1, staged.verdict, staged.web_listed,
    staged.list_name, staged.sort_key, staged.search_key, staged.posting_place,
    staged.verification_code, staged.document, %(issued_at)s::timestamptz, ''
FROM staged
ON CONFLICT (entry_id, round, revision) DO NOTHING
"""

_DELETE = """
DELETE FROM results_publishedresult AS kept
WHERE kept.release_id = %(release)s
    AND (%(entries)s::bigint[] IS NULL OR kept.entry_id = ANY(%(entries)s))
    AND NOT EXISTS (SELECT FROM staged WHERE staged.entry_id = kept.entry_id)
"""

_REVISE = """
INSERT INTO results_publishedresult
    (entry_id, release_id, round, revision, verdict, web_listed, list_name, sort_key, search_key,
     posting_place, verification_code, document, issued_at, reason, author_id)
SELECT staged.entry_id, %(release)s, %(round)s, latest.revision + 1, staged.verdict,
    staged.web_listed, staged.list_name, staged.sort_key, staged.search_key, staged.posting_place,
    staged.verification_code, staged.document, %(issued_at)s::timestamptz,
    CASE WHEN 'WITHHELD' IN (staged.verdict, latest.verdict) THEN %(neutral)s ELSE %(reason)s END,
    %(author)s
FROM staged
JOIN LATERAL (
    SELECT kept.revision, kept.document, kept.verdict
    FROM results_publishedresult AS kept
    WHERE kept.entry_id = staged.entry_id AND kept.round = %(round)s
    ORDER BY kept.revision DESC LIMIT 1
) AS latest ON true
WHERE latest.document <> staged.document
"""
