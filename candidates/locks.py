from django.db import connection

_NAMESPACE = 64315  # of our advisory locks (code de l’éducation, D. 643-15)


def lock_session(session):
    """Take the exclusive lock on changes to `session` until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_NAMESPACE, session.pk])


class Busy(Exception):
    """The office is writing to the rows that a candidate wants to change; try again in a minute."""
