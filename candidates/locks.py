from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

_NAMESPACE = 64315  # of our advisory locks (code de l’éducation, D. 643-15)


def lock_session(session):
    """Take the exclusive lock on changes to `session` until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_NAMESPACE, session.pk])


class Busy(Exception):
    """The office is writing to the rows that a candidate wants to change; try again in a minute."""


@contextmanager
def lock_timeout(*, seconds=2):
    """Open a transaction that raises `Busy` when it waits longer than `seconds` for a lock.

    For the pages of candidates: an import may hold locks for minutes.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{seconds}s'")
            yield
    except OperationalError as problem:
        if isinstance(problem.__cause__, LockNotAvailable):
            raise Busy from problem
        raise
