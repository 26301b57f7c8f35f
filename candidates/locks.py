from django.db import connection

_NAMESPACE = 64315  # of our advisory locks: D. 643-15


def lock_session(session):
    """Wait for, and hold until the transaction ends, the one place to change `session`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_NAMESPACE, session.pk])
