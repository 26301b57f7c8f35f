"""The worker as a process, and the rights of its queue in the database."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("role", "may"), [("portal_office", True), ("portal_public", False)])
def test_the_queue_is_the_office_s_alone(role, may):
    """The migration diplomas.0014_the_queue_is_the_offices, and the rights of 0004."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(has_function_privilege(%(role)s, oid, 'EXECUTE')),"
            " bool_and(has_function_privilege(%(role)s, oid, 'EXECUTE')) FROM pg_proc"
            " WHERE starts_with(proname, 'procrastinate_')",
            {"role": role},
        )
        assert cursor.fetchone() == (may, may)
        cursor.execute(
            "SELECT bool_or(has_any_column_privilege(%(role)s, oid, 'SELECT')),"
            " bool_and(has_table_privilege(%(role)s, oid, 'INSERT')) FROM pg_class"
            " WHERE starts_with(relname, 'procrastinate_') AND relkind = 'r'",
            {"role": role},
        )
        assert cursor.fetchone() == (may, may)
