"""A second connection that reads what the transaction of the first one sees, while that writes."""

import gc
from contextlib import contextmanager

from django.db import connection

MANY = 300  # rows for which a second connection pays


@contextmanager
def beside():
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
            cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")  # enough is at work
        yield reader
    finally:
        reader.close()


@contextmanager
def undisturbed():
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
