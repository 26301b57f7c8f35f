"""Reading and writing at the same time: a second connection on the snapshot of a transaction, and
`COPY` in a thread."""

import gc
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection

# Stream rows in the order of an index instead of sorting them all first; and use no parallel
# workers, for the processors are busy.
_STREAM_ROWS = """
SET LOCAL enable_sort = off;
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_bitmapscan = off;
SET LOCAL max_parallel_workers_per_gather = 0
"""
MANY = 300  # rows for which a second connection pays


@contextmanager
def snapshot_connection():
    """Yield a second connection that reads what is committed now and nothing later.

    For use inside a transaction of the default connection, whose own changes it does not see. It
    is closed at the end.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
    reader = connection.copy()
    try:
        with reader.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
            cursor.execute(_STREAM_ROWS)
        yield reader
    finally:
        reader.close()


@contextmanager
def background_copy():
    """Yield `copy(command, lines)`, which runs `COPY` on the default connection in a thread.

    It first waits for the lines before. Nothing else may use the connection inside the block,
    whose end waits for the last lines.
    """
    raw = connection.connection
    with ThreadPoolExecutor(1) as thread:
        pending: list[Future[None]] = []

        def wait():
            with connection.wrap_database_errors:
                while pending:
                    pending.pop().result()

        def copy(command, lines):
            wait()
            pending.append(thread.submit(_copy, raw, command, "".join(lines)))

        yield copy
        wait()


def at_once(command, lines):
    """Copy lines into a table as `background_copy` does, and wait for it."""
    with connection.wrap_database_errors:
        _copy(connection.connection, command, "".join(lines))


def _copy(raw, command, text):
    with raw.cursor() as cursor, cursor.copy(command) as copy:
        copy.write(text)


@contextmanager
def gc_paused():
    """Pause the garbage collector, for code that makes millions of objects and no cycle."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
