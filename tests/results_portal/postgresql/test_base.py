"""A persistent connection is checked for health, though not in every request."""

import pytest
from django.db import DataError, InterfaceError, OperationalError, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper

from results_portal.postgresql import base

pytestmark = pytest.mark.django_db


@pytest.fixture
def checked(monkeypatch):
    """The connections that were checked, each time."""
    times = []
    monkeypatch.setattr(DatabaseWrapper, "is_usable", lambda self: times.append(self) or True)
    return times


def visit(connection):
    """Do what Django does for a persistent connection at the first statement of a request."""
    connection.health_check_enabled, connection.health_check_done = True, False
    connection.close_if_health_check_failed()
    assert connection.health_check_done


def test_one_check_holds_for_a_moment(checked, monkeypatch):
    connection = connections["default"]
    monkeypatch.setattr(connection, "_checked_at", 0.0)
    for _visit in range(5):
        visit(connection)
    assert len(checked) == 1
    monkeypatch.setattr(base, "HEALTHY_SECONDS", 0)
    visit(connection)
    assert len(checked) == 2


QUERIES = [
    ("SELECT %s::bigint, %s::text, '100%%'", (7, "É'\\")),
    ("SELECT length(%s::bytea), NULL::text, true", (bytes(range(256)),)),
    ("SELECT now()::timestamptz(0) > 'epoch', '2026-07-02'::date, 1.50::numeric", ()),
    ("SELECT pair FROM unnest(ARRAY['a', 'b']) AS pair WHERE pair <> %s", ("a",)),
    ("SELECT 1 WHERE 1 = %s", (2,)),
]


@pytest.fixture
def libpq(monkeypatch):
    """List whether each query went straight to libpq."""
    said = []
    straight = base.DatabaseWrapper._fetch_prepared

    def heard(self, sql, values):
        rows = straight(self, sql, values)
        said.append(rows is not None)
        return rows

    monkeypatch.setattr(base.DatabaseWrapper, "_fetch_prepared", heard)
    return said


@pytest.fixture
def connection():
    connection = connections["default"]
    wrappers, connection.execute_wrappers = connection.execute_wrappers, []
    yield connection
    connection.execute_wrappers = wrappers


@pytest.mark.django_db(transaction=True)
def test_a_query_handed_to_libpq_gets_the_rows_of_a_cursor(
    connection, libpq, django_assert_num_queries
):
    for sql, values in QUERIES:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            expected = cursor.fetchall()
        for _time in range(2):
            assert connection.fetch(sql, values) == expected
    assert libpq == [True] * 2 * len(QUERIES)
    # Where somebody counts, it is a query like others.
    with django_assert_num_queries(1):
        assert connection.fetch("SELECT %s::bigint", (1,)) == [(1,)]
    # What fails fails as ever, and so does what is asked within a transaction.
    for _time in range(2):
        with pytest.raises(DataError, match="division by zero"):
            connection.fetch("SELECT 1 / %s::bigint", (0,))
    with transaction.atomic():
        assert connection.fetch("SELECT %s::bigint", (1,)) == [(1,)]
    assert libpq[2 * len(QUERIES) :] == [False, False]


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_found_out_and_another_one_takes_its_place(connection, libpq):
    assert connection.fetch("SELECT %s::bigint", (1,)) == [(1,)]
    connection.connection.pgconn.finish()
    with pytest.raises((OperationalError, InterfaceError)):
        connection.fetch("SELECT %s::bigint", (1,))
    connection.close()  # as Django does at the end of a request
    assert connection.fetch("SELECT %s::bigint", (1,)) == [(1,)]
    assert connection.fetch("SELECT %s::bigint", (1,)) == [(1,)]
    assert libpq[-1]
