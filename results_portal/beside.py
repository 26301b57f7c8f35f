"""A second connection that reads what the transaction of the first one sees, while that writes."""

from contextlib import contextmanager

from django.db import connection


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
        yield reader
    finally:
        reader.close()
