"""The `public` connection inside a test's transaction.

In production `public` is a connection of its own, which takes the role `portal_public`. Such a
connection cannot see what a test has not committed; this stand-in sends `public`'s queries through
the test's own connection, and takes the same role for each of them, so that row-level security
decides just as it does for a visitor.
"""

import copy
from collections import deque
from contextlib import contextmanager

from django.db import connections
from psycopg.pq import TransactionStatus


@contextmanager
def public_inside_the_transaction():
    """For the time of a test, `connections["public"]` reads what the test has written."""
    real = connections["public"]
    stand_in = copy.copy(connections["default"])
    stand_in.alias = "public"
    stand_in.execute_wrappers = [_as_visitor]
    stand_in.queries_log = deque(maxlen=real.queries_limit)
    stand_in.savepoint_ids = []
    connections["public"] = stand_in
    try:
        yield
    finally:
        connections["public"] = real


def _as_visitor(execute, sql, params, many, context):
    session = connections["default"].connection
    with connections["default"].wrap_database_errors:
        session.execute("SET ROLE portal_public")
    try:
        return execute(sql, params, many, context)
    finally:
        # After an error, the end of the savepoint gives the former role back.
        if session.info.transaction_status != TransactionStatus.INERROR:
            session.execute("RESET ROLE")
