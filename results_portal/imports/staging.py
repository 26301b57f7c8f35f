"""Staging tables: rows of a file go into a temporary table by `COPY`, then SQL writes sets."""

import csv
import io
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection

_CHUNK = 2000
_MANY = 1000  # rows after which the planner's statistics are wrong
_LINES_SHOWN = 10
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
_NULL = "\x01"  # in no cell, unlike the empty text


class ImportRefused(Exception):
    """Raised when a file is wrong and nothing was written; `log` is its `ErrorLog`."""

    def __init__(self, log):
        super().__init__(f"{log.path}: {log.count}")
        self.log = log


@dataclass
class ImportOutcome:
    """Counts of rows that an import created, changed and left unchanged, or would.

    `created_lines` and `changed_lines` hold the first lines of each kind, the latter with the
    names of the columns that differ; `notes` are sentences about the rest, `effects` what the
    import changes elsewhere, as its own kind tells it.
    """

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    created_lines: list[int] = field(default_factory=list)
    changed_lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    effects: dict[str, Any] = field(default_factory=dict)


def load(table, columns, rows):
    """Create the temporary table `table` of `columns` (name: SQL type) and `COPY` `rows` into it.

    It is dropped at the end of the transaction. Memory is bounded, whatever the number of rows.
    """
    definitions = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    rows = iter(rows)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({definitions}) ON COMMIT DROP")
        with cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv, NULL E'\\x01')") as copy:
            while chunk := list(islice(rows, _CHUNK)):
                copy.write(_csv(chunk))
        cursor.execute(f"ANALYZE {table}")


def escaped(text):
    """Return `text` escaped for a field of `COPY` in text format."""
    if _SPECIAL.search(text):
        return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], text)
    return text


def log_problems(log, sql, values, message):
    """Log each row of `sql`: line, column, value, then the arguments of `message`."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(_CHUNK):
            for line, column, value, *details in rows:
                log.add(line, column, value or "", message(*details))


def _csv(rows):
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(
        [[_NULL if value is None else value for value in row] for row in rows]
    )
    return buffer.getvalue()


def write_in_slices(table, sql, values, *, size, progress=None):
    """Run `sql` on slices of `table`: lines after `%(after)s` up to `%(upto)s`, `size` at a time.

    Constraints are checked after each slice, or the server would keep millions of checks in memory
    until the transaction ends. `progress(done, total)` is called after each.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(line), 0) FROM {table}")
        (last,) = cursor.fetchone()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for after in range(0, last, size):
            upto = min(after + size, last)
            cursor.execute(sql, values | {"after": after, "upto": upto})
            if progress:
                progress(upto, last)


def analyze(rows, *tables):
    """Run `ANALYZE` on tables that have just received many `rows`.

    By a function of their owner's (diplomas/migrations/sql/office_role.sql). Autovacuum does so a
    minute later; the office's next command would be planned for empty tables.
    """
    if rows >= _MANY:
        with connection.cursor() as cursor:
            cursor.execute("SELECT portal_analyze(VARIADIC %s)", [list(tables)])


def differing(pairs):
    """Return SQL for the names of columns that differ; `pairs`: name, new value, stored value."""
    cases = ", ".join(
        f"CASE WHEN {new} IS DISTINCT FROM {stored} THEN '{name}' END"
        for name, new, stored in pairs
    )
    return f"array_remove(ARRAY[{cases}]::text[], NULL)"


def outcome_of(table, *, notes=()):
    """Return the outcome of a table of `line`, `is_new` and `changes` (names of columns)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE is_new),"
            " count(*) FILTER (WHERE NOT is_new AND changes <> '{}'),"
            f" count(*) FILTER (WHERE NOT is_new AND changes = '{{}}') FROM {table}"
        )
        created, changed, unchanged = cursor.fetchone()
        outcome = ImportOutcome(created, changed, unchanged, notes=list(notes))
        cursor.execute(f"SELECT line FROM {table} WHERE is_new ORDER BY line LIMIT {_LINES_SHOWN}")
        outcome.created_lines = [line for (line,) in cursor.fetchall()]
        cursor.execute(
            f"SELECT line, array_to_string(changes, ', ') FROM {table}"
            f" WHERE NOT is_new AND changes <> '{{}}' ORDER BY line LIMIT {_LINES_SHOWN}"
        )
        outcome.changed_lines = [f"{line} ({columns})" for line, columns in cursor.fetchall()]
    return outcome
