from contextlib import contextmanager

from django.db import connection

_NAMESPACE = 64315  # of our advisory locks (code de l’éducation, D. 643-15)
_SENDERS = _NAMESPACE + 1  # shared by the programs that send e-mails, while they live
TAKE_AS_SENDER = f"SELECT pg_advisory_lock_shared({_SENDERS}, 0)"


def lock_session(session):
    """Take the exclusive lock on changes to `session` until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_NAMESPACE, session.pk])


def lock_sessions(*sessions):
    """Take the locks of several sessions, and that of imports, in an order that cannot deadlock.

    Sessions share people: whatever writes into several takes turns with imports.
    """
    lock_imports()
    for session in sorted(sessions, key=lambda session: session.pk):
        lock_session(session)


def lock_imports():
    """Take the lock by which imports of entries, into any session, take turns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_NAMESPACE])


class Busy(Exception):
    """The office is writing to the rows that a candidate wants to change; try again in a minute."""


def sessions_waited_for():
    """Return the keys of the sessions whose lock somebody waits for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT objid::bigint FROM pg_locks"
            " WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [_NAMESPACE],
        )
        return {key for (key,) in cursor.fetchall()}


@contextmanager
def taken_for_sender():
    """Be one of those that `somebody_sends` finds; whoever is killed is none."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_AS_SENDER)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_unlock_shared({_SENDERS}, 0)")


def somebody_sends():
    """Whether a program that sends e-mails is alive."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks"
            " WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [_SENDERS],
        )
        return cursor.fetchone()[0]
