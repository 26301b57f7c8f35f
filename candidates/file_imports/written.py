"""The rows that an import wrote, as it found and left them, so that it can be taken back."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import Model

from candidates.file_imports.kinds import FileKind, Written, rows
from candidates.models import FileImport


def keep_former(kind: FileKind, row: FileImport) -> None:
    """Keep the rows that the import is about to change, for `keep_written`."""
    with connection.cursor() as cursor:
        cursor.execute(_FORMER)
        for written in kind.writes:
            table, key, _kind = _names(written.model)
            cursor.execute(
                f"INSERT INTO former_row SELECT '{table}', present.{key}::text, to_jsonb(present)"
                f" FROM {table} AS present WHERE present.{key} IN ({written.changed})",
                {"session": row.session_id},
            )


def keep_written(kind: FileKind, row: FileImport) -> None:
    """Keep what the import has written, in its transaction, after it."""
    for written in kind.writes:
        table, key, key_kind = _names(written.model)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                INSERT INTO candidates_writtenrow (file_import_id, relation, key, former, left_as)
                SELECT %(row)s, '{table}', present.{key}::text, wrote.former, {_DIGEST}
                FROM (
                    SELECT key::{key_kind}, former FROM former_row WHERE relation = '{table}'
                    UNION ALL SELECT key, NULL FROM ({written.created}) AS created (key)
                ) AS wrote (key, former)
                JOIN {table} AS present ON present.{key} = wrote.key
                """,
                {"row": row.pk, "session": row.session_id},
            )


def lock(kind: FileKind, row: FileImport) -> None:
    """Lock the rows that the import wrote: candidates and staff wait."""
    for written in kind.writes:
        _table, key, _kind = _names(written.model)
        rows(
            f"SELECT count(*) FROM (SELECT {_of(written.model)} ORDER BY present.{key}"
            " FOR UPDATE OF present) AS locked",
            {"row": row.pk},
        )


def sessions(row: FileImport) -> list[int]:
    """Return the keys of the sessions whose entries have to do with what the import wrote."""
    return [pk for (pk,) in rows(_SESSIONS, {"row": row.pk})]


def later_imports(row: FileImport) -> list[int]:
    """Return the keys of imports done since that wrote the same rows, the last one first."""
    return [pk for pk, _at in rows(_LATER, {"row": row.pk, "at": row.finished_at})]


def changed_since(kind: FileKind, row: FileImport, *, most: int) -> tuple[int, list[Model]]:
    """Return how many rows are not as the import left them, and the first that are still there."""
    count = 0
    named: list[Model] = []
    for written in kind.writes:
        _table, key, _kind = _names(written.model)
        found = rows(
            f"SELECT present.{key} {_of(written.model, join='LEFT JOIN')}"
            f" AND (present.{key} IS NULL OR {_DIGEST} <> written.left_as) ORDER BY 1 NULLS LAST",
            {"row": row.pk},
        )
        count += len(found)
        first = [pk for (pk,) in found if pk is not None][: most - len(named)]
        named += written.model._default_manager.filter(pk__in=first).order_by("pk")
    return count, named


def dependents(kind: FileKind, row: FileImport) -> Iterator[tuple[type[Model], int]]:
    """Yield each table of which rows refer to what the import created, with their number."""
    own = {written.model for written in kind.writes}
    for written in kind.writes:
        created = f"SELECT {_key(written.model)} {_of(written.model)} AND written.former IS NULL"
        for relation in written.model._meta.related_objects:
            model, column = relation.related_model, relation.field.column
            table, key, _kind = _names(model)
            besides = (
                f" AND {key}::text NOT IN (SELECT key FROM candidates_writtenrow"
                f" WHERE file_import_id = %(row)s AND relation = '{table}' AND former IS NULL)"
            )
            ((count,),) = rows(
                f"SELECT count(*) FROM {table} WHERE {column} IN ({created})"
                + (besides if model in own else ""),
                {"row": row.pk},
            )
            if count:
                yield model, count


def take_back(kind: FileKind, row: FileImport) -> None:
    """Delete the rows that the import created, give those that it changed their former values."""
    with connection.cursor() as cursor:
        for written in reversed(kind.writes):
            table, key, key_kind = _names(written.model)
            cursor.execute(
                f"DELETE FROM {table} WHERE {key} IN (SELECT key::{key_kind}"
                " FROM candidates_writtenrow WHERE file_import_id = %(row)s"
                f" AND relation = '{table}' AND former IS NULL)",
                {"row": row.pk},
            )
        for written in kind.writes:
            cursor.execute(_restoring(written), {"row": row.pk})
        # What refers to a row that has gone is refused now rather than at the commit.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DELETE FROM candidates_writtenrow WHERE file_import_id = %s", [row.pk])


def _restoring(written: Written) -> str:
    table, key, _kind = _names(written.model)
    fields = written.model._meta.concrete_fields
    columns = [str(field.column) for field in fields if not field.primary_key]
    return (
        f"UPDATE {table} AS present"
        f" SET ({', '.join(columns)}) = ROW({', '.join(f'former.{name}' for name in columns)})"
        f" FROM candidates_writtenrow AS written,"
        f" jsonb_populate_record(NULL::{table}, written.former) AS former"
        f" WHERE written.file_import_id = %(row)s AND written.relation = '{table}'"
        f" AND written.former IS NOT NULL AND present.{key} = former.{key}"
    )


def _names(model: type[Model]) -> tuple[str, str, str]:
    """Return the table of a model, its primary key and the SQL type of that."""
    key = model._meta.pk
    return model._meta.db_table, str(key.column), str(key.rel_db_type(connection))


def _key(model: type[Model]) -> str:
    return f"present.{_names(model)[1]}"


def _of(model: type[Model], join: str = "JOIN") -> str:
    """Return SQL from `FROM` on: rows of a table that the import wrote, `present` and `written`."""
    table, key, key_kind = _names(model)
    return (
        f"FROM candidates_writtenrow AS written {join} {table} AS present"
        f" ON present.{key} = written.key::{key_kind}"
        f" WHERE written.file_import_id = %(row)s AND written.relation = '{table}'"
    )


_DIGEST = "hashtextextended(present::text, 0)"

_FORMER = """
DROP TABLE IF EXISTS pg_temp.former_row;
CREATE TEMPORARY TABLE former_row (relation text, key text, former jsonb) ON COMMIT DROP
"""

_SESSIONS = """
WITH written AS (SELECT relation, key FROM candidates_writtenrow WHERE file_import_id = %(row)s)
SELECT session_id FROM candidates_entry
WHERE id IN (SELECT key::bigint FROM written WHERE relation = 'candidates_entry')
UNION SELECT session_id FROM candidates_entry
WHERE candidate_id IN (SELECT key::bigint FROM written WHERE relation = 'candidates_candidate')
UNION SELECT session_id FROM candidates_entry
WHERE school_id IN (SELECT key FROM written WHERE relation = 'candidates_school')
"""

_LATER = """
SELECT DISTINCT other.id, other.finished_at FROM candidates_fileimport AS other
JOIN candidates_writtenrow AS theirs ON theirs.file_import_id = other.id
JOIN candidates_writtenrow AS mine USING (relation, key)
WHERE mine.file_import_id = %(row)s AND other.finished_at > %(at)s ORDER BY other.finished_at DESC
"""
