from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

_NAMESPACE = 64315  # of our advisory locks: D. 643-15


def lock_session(session):
    """Wait for, and hold until the transaction ends, the one place to change `session`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_NAMESPACE, session.pk])


class Busy(Exception):
    """The office is writing to what a candidate wants to change: in a minute it can be done."""


@contextmanager
def lock_timeout(*, seconds=2):
    """Open a transaction that raises `Busy` rather than wait long for what an import holds.

    For the pages of candidates: an import may take minutes, and a page is not to hang on it.
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
