"""The `public` connection inside a test's transaction.

In production `public` is a connection of its own, whose login is a member of `portal_public`. Such
a connection cannot see what a test has not committed; this stand-in sends `public`'s queries
through the test's own connection, and takes that role for each of them, so that row-level security
decides just as it does for a visitor.
"""

import re
from contextlib import contextmanager

from django.db import connections
from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg.pq import TransactionStatus


@contextmanager
def public_inside_the_transaction():
    """For the time of a test, `connections["public"]` reads what the test has written."""
    real = connections["public"]
    connections["public"] = _stand_in("public")
    try:
        yield
    finally:
        connections["public"] = real


@contextmanager
def reading_from_a_replica(settings):
    """Meanwhile `public` writes nothing, and `public_writes` stands in for the primary."""
    settings.PUBLIC_WRITES = "public_writes"
    connections["public_writes"] = _stand_in("public_writes")
    try:
        with connections["public"].execute_wrapper(_only_reads):
            yield
    finally:
        del connections["public_writes"]


def _only_reads(execute, sql, params, many, context):
    assert sql.lstrip().startswith(("SELECT", "SAVEPOINT", "RELEASE")), sql
    assert not re.search(r"visitors_(?!identify|other_session)", sql), sql
    return execute(sql, params, many, context)


def _stand_in(alias):
    writer = connections["default"]
    stand_in = connections["public"].copy(alias=alias)
    for shared in ("connection", "autocommit", "in_atomic_block", "run_on_commit"):
        setattr(stand_in, shared, getattr(writer, shared))
    stand_in.create_cursor = lambda name=None: ServerBindingCursor(stand_in.connection)
    stand_in.execute_wrappers = [_as_visitor]
    return stand_in


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
