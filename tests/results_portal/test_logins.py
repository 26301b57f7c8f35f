"""The login of visitors' pages may do what it must, and nothing else: asked of each connection."""

from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connections

from candidates.trail import append_only
from results_portal.postgresql import visitors_login
from tests import databases

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    """A connection of PostgreSQL's superuser, and a login as `deploy/roles.sql` makes it.

    Nothing of it is committed.
    """
    url = urlsplit(databases.url(connections["default"].settings_dict["NAME"]))
    superuser = url._replace(netloc=url.netloc.replace("portal@", "postgres@")).geturl()
    with psycopg.connect(superuser) as connection:
        connection.execute("CREATE ROLE somebody LOGIN IN ROLE portal_public")
        yield connection
        connection.rollback()


def faults(connection, *, acting_as="somebody"):
    connection.execute("SET LOCAL SESSION AUTHORIZATION somebody")
    connection.execute(f"SET LOCAL ROLE {acting_as}")
    return visitors_login.faults(connection.cursor())


def test_a_member_of_portal_public_and_of_nothing_else_is_as_it_must_be(visitor):
    assert faults(visitor) == []


def test_a_large_object_which_any_login_can_make_shuts_nobody_out(visitor):
    visitor.execute("SET LOCAL SESSION AUTHORIZATION somebody")
    visitor.execute("SELECT lo_create(0)")
    assert faults(visitor, acting_as="somebody") == []


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("REVOKE portal_public FROM somebody", "is not a member of portal_public"),
        ("GRANT portal_office TO somebody", "is a member of other roles"),
        ("GRANT pg_read_all_data TO portal_public", "is a member of other roles"),
        ("ALTER ROLE somebody BYPASSRLS", "has BYPASSRLS"),
        ("ALTER ROLE portal_public CREATEDB", "may make roles, databases or replicas"),
        ("ALTER ROLE somebody CREATEROLE", "may make roles, databases or replicas"),
        ("ALTER TABLE results_mark OWNER TO somebody", "owns something"),
        ("ALTER SCHEMA public OWNER TO portal_public", "owns something"),
        ("ALTER ROLE somebody SUPERUSER", "is a superuser"),
        ("GRANT SELECT ON results_mark TO somebody", "has rights on tables of its own"),
        ("GRANT SELECT (value) ON results_mark TO somebody", "has rights on tables of its own"),
    ],
)
def test_a_login_that_may_do_more_is_named(visitor, statement, fault):
    visitor.execute(statement)
    assert fault in faults(visitor)


def test_a_login_that_acts_as_another_role_can_leave_it(visitor):
    assert faults(visitor, acting_as="portal_public") == ["acts as another role"]


@pytest.fixture
def visitors_as_the_owner(monkeypatch):
    """The visitors' pages are given the owner's login, and take the role for show."""
    real = connections["public"]
    wrong = connections["default"].copy(alias="public")
    wrong.settings_dict = wrong.settings_dict | {
        "FOR_VISITORS": True,
        "OPTIONS": wrong.settings_dict["OPTIONS"] | {"options": "-c role=portal_public"},
    }
    connections["public"] = wrong
    yield wrong
    wrong.close()
    connections["public"] = real


def test_a_page_is_refused_under_another_login_with_one_line_in_the_log(
    client, visitors_as_the_owner, caplog, monkeypatch
):
    monkeypatch.setattr(visitors_login, "_said_at", -1.0)
    client.raise_request_exception = False
    answers = [client.get("/listes/") for _visit in range(3)]
    assert [answer.status_code for answer in answers] == [503] * 3
    (line,) = [record.getMessage() for record in caplog.records if "visitors_login" in record.name]
    assert "the login portal of the visitors’ pages" in line
    assert "owns something" in line
    assert "deploy/roles.sql" in line


def test_readyz_says_that_the_login_is_wrong(client, visitors_as_the_owner):
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"login\n")


def test_no_query_is_put_through_such_a_connection(visitors_as_the_owner):
    with pytest.raises(OperationalError, match="owns something"):
        visitors_as_the_owner.cursor()
    assert visitors_as_the_owner.connection is None


@pytest.mark.parametrize(("limit", "value"), [("lock_timeout", "1s"), ("statement_timeout", "2s")])
@pytest.mark.django_db(transaction=True)
def test_a_visitors_connection_waits_for_nothing_long(limit, value):
    with connections["public"].cursor() as cursor:
        cursor.execute(f"SHOW {limit}")
        assert cursor.fetchone() == (value,)


@pytest.mark.django_db(transaction=True)
def test_the_office_owns_nothing_and_is_no_visitor():
    with psycopg.connect(settings.DATABASE_URL) as office:
        assert visitors_login.faults_of_the_office(office.cursor()) == []
        assert "is not a member of portal_public" in visitors_login.faults(office.cursor())


@pytest.fixture
def clerk(visitor):
    """The same connection, and a login of the office as `deploy/roles.sql` makes it."""
    visitor.execute("CREATE ROLE clerk LOGIN BYPASSRLS IN ROLE portal_office")
    return visitor


def faults_of_the_clerk(connection):
    connection.execute("SET LOCAL SESSION AUTHORIZATION clerk")
    return visitors_login.faults_of_the_office(connection.cursor())


def test_a_member_of_portal_office_and_of_nothing_else_is_as_it_must_be(clerk):
    assert faults_of_the_clerk(clerk) == []


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("REVOKE portal_office FROM clerk", "is not a member of portal_office"),
        ("GRANT portal TO clerk", "owns tables or other objects"),
        ("GRANT pg_read_server_files TO clerk", "is a member of other roles"),
        ("ALTER ROLE clerk CREATEROLE", "may make roles, databases or replicas"),
        ("ALTER ROLE clerk NOBYPASSRLS", "lacks BYPASSRLS"),
        ("ALTER ROLE clerk SUPERUSER", "is a superuser"),
        ("ALTER TABLE results_mark OWNER TO clerk", "owns tables or other objects"),
    ],
)
def test_an_office_that_may_do_more_is_named(clerk, statement, fault):
    clerk.execute(statement)
    assert fault in faults_of_the_clerk(clerk)


def test_the_owner_is_not_the_office():
    with databases.owner() as owner:
        found = visitors_login.faults_of_the_office(owner.cursor())
    assert "owns tables or other objects" in found


def test_the_office_may_add_to_every_table_but_the_history_and_the_list_of_migrations():
    with connections["default"].cursor() as cursor:
        cursor.execute("""
            SELECT relname FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                AND NOT has_table_privilege('portal_office', oid, 'INSERT')
        """)
        history = {model._meta.db_table for model in append_only.history_tables()}
        assert {name for (name,) in cursor.fetchall()} == history | {"django_migrations"}
