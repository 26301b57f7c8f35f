"""The `public` connection inside a test's transaction.

In production `public` is a connection of its own, whose login is a member of `portal_public`. Such
a connection cannot see what a test has not committed; this stand-in sends `public`'s queries
through the test's own connection, and takes that role for each of them, so that row-level security
decides just as it does for a visitor.
"""

from contextlib import contextmanager

from django.db import connections
from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg.pq import TransactionStatus


@contextmanager
def public_inside_the_transaction():
    """For the time of a test, `connections["public"]` reads what the test has written."""
    real, writer = connections["public"], connections["default"]
    stand_in = real.copy(alias="public")
    for shared in ("connection", "autocommit", "in_atomic_block", "run_on_commit"):
        setattr(stand_in, shared, getattr(writer, shared))
    stand_in.create_cursor = lambda name=None: ServerBindingCursor(stand_in.connection)
    stand_in.execute_wrappers = [_as_visitor]
    connections["public"] = stand_in
    try:
        yield
    finally:
        connections["public"] = real


def _as_visitor(execute, sql, params, many, context):
    _switch_role("SET ROLE portal_public")
    try:
        return execute(sql, params, many, context)
    finally:
        _switch_role("RESET ROLE")


def _switch_role(sql):
    writer = connections["default"]
    # In a failed transaction only the return to a savepoint is heard; it gives the role back.
    if writer.connection.info.transaction_status != TransactionStatus.INERROR:
        with writer.wrap_database_errors:
            writer.connection.execute(sql)
