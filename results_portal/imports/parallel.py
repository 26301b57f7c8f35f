"""Reading and writing at once: a second connection for what the first one's transaction sees, and
a thread that waits for what is written."""

import gc
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection

# Rows from the first moment on, in the order of an index, rather than all sorted beforehand; and
# no more processes, for the processors have their work.
_AT_ONCE = """
SET LOCAL enable_sort = off;
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_bitmapscan = off;
SET LOCAL max_parallel_workers_per_gather = 0
"""
MANY = 300  # rows for which a second connection pays


@contextmanager
def snapshot_connection():
    """A connection on which one reads what is committed at this moment, and nothing later.

    Inside a transaction of the default connection that has itself changed nothing of what is read:
    that cannot be seen from here. Closed at the end, whatever happens.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
    reader = connection.copy()
    try:
        with reader.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
            cursor.execute(_AT_ONCE)
        yield reader
    finally:
        reader.close()


@contextmanager
def background_copy():
    """A function that copies lines into a table, and returns while PostgreSQL still takes them.

    `copy(command, lines)` waits for those before, then hands these to a thread. Nothing else may
    use the default connection inside the block, whose end waits for the last lines.
    """
    raw = connection.connection
    with ThreadPoolExecutor(1) as thread:
        pending = []

        def last():
            with connection.wrap_database_errors:
                while pending:
                    pending.pop().result()

        def copy(command, lines):
            last()
            pending.append(thread.submit(_copy, raw, command, "".join(lines)))

        yield copy
        last()


def at_once(command, lines):
    """Copy lines into a table, as the function that `background_copy` gives, and wait for it."""
    with connection.wrap_database_errors:
        _copy(connection.connection, command, "".join(lines))


def _copy(raw, command, text):
    with raw.cursor() as cursor, cursor.copy(command) as copy:
        copy.write(text)


@contextmanager
def gc_paused():
    """Without Python's search for cycles, which goes through all that lives again and again.

    For what makes millions of objects and no cycle.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
