"""`deploy/roles.sql` on a server of its own: the logins, and what each can do with them."""

import os
import subprocess
import sys

import psycopg
import pytest

from results_portal.development import ROOT, embedded_postgres
from results_portal.postgresql import visitors_login

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A server whose owner's login may make neither databases nor roles: its URLs, and its data."""
    data = tmp_path_factory.mktemp("roles")
    urls = {
        variable: embedded_postgres.database_url(data=data, login=login)
        for variable, login in embedded_postgres.LOGINS.items()
    }
    with superuser(urls) as connection:
        connection.execute("ALTER ROLE portal NOCREATEDB NOCREATEROLE")
        connection.execute("REVOKE portal_staff, pg_monitor, pg_signal_backend FROM portal")
    manage(urls, "migrate", "--verbosity", "0")
    yield urls, data
    embedded_postgres.stop(data=data)


def superuser(urls):
    url = urls["DATABASE_OWNER_URL"].replace("portal@", "postgres@", 1)
    return psycopg.connect(url, autocommit=True)


def manage(urls, *arguments):
    environment = os.environ | urls | {"SECRET_KEY": "for an office of its own"}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment | {"DJANGO_SETTINGS_MODULE": "results_portal.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_owner_migrates_and_the_office_fills_the_tables_with_its_own_login(office):
    """After the migration 0004_the_office_has_a_role, which changes rights and no row."""
    urls, _data = office
    manage(urls, "import_regulation", *map(str, (ROOT / "results/regulations").glob("*.toml")))
    with psycopg.connect(urls["DATABASE_URL"]) as staff:
        (tests,) = staff.execute("SELECT count(*) FROM results_test").fetchone()
        assert tests > 10
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="must be owner"):
            staff.execute("ALTER TABLE results_publishedresult DISABLE ROW LEVEL SECURITY")
    with psycopg.connect(urls["DATABASE_PUBLIC_URL"]) as visitors:
        assert visitors.execute("SELECT count(*) FROM candidates_speciality").fetchone()[0] > 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
            visitors.execute("CREATE TEMPORARY TABLE mine (line text)")
    assert "Aucune session" in manage(urls, "purge", "--before", "2000-01-01", "--dry-run")


def test_a_dump_is_restored_with_every_right_where_the_roles_were_made_first(office, tmp_path):
    urls, data = office
    directory = embedded_postgres.running(data=data)
    restored = {name: url.replace("/portal?", "/restored?") for name, url in urls.items()}
    with superuser(urls) as connection:
        connection.execute("CREATE DATABASE restored")
    program("pg_dump", "-h", directory, "-U", "portal", "-Fc", "-f", tmp_path / "dump", "portal")
    where = ["-h", directory, "-d", "restored"]
    program("psql", "-X", *where, "-U", "postgres", "-f", ROOT / "deploy/roles.sql")
    program("pg_restore", *where, "-U", "portal", "--exit-on-error", tmp_path / "dump")
    assert rights(restored) == rights(urls)
    manage(restored, "migrate", "--check")
    with psycopg.connect(restored["DATABASE_PUBLIC_URL"]) as visitors:
        assert visitors_login.faults(visitors.cursor()) == []


def program(name, *arguments):
    command = [embedded_postgres._binaries() / name, *arguments]
    subprocess.run(command, check=True, capture_output=True)


def ordered(column):
    return f"ARRAY(SELECT acl::text FROM unnest({column}) AS acl ORDER BY 1)"


def rights(urls):
    """What PostgreSQL's catalogue says of the rights on a database and all that is in it."""
    with superuser(urls) as connection:
        return [
            sorted(connection.execute(f"SELECT {what}").fetchall(), key=repr)
            for what in (
                f"relname, {ordered('relacl')}, relowner::regrole::text, relrowsecurity"
                " FROM pg_class WHERE relnamespace = 'public'::regnamespace",
                f"attrelid::regclass::text, attname, {ordered('attacl')} FROM pg_attribute"
                " WHERE attacl IS NOT NULL AND attrelid >= 16384",
                f"proname, {ordered('proacl')}, prosecdef FROM pg_proc"
                " WHERE pronamespace = 'public'::regnamespace",
                "tablename, policyname, roles::text, qual, with_check FROM pg_policies",
                f"datdba::regrole::text, {ordered('datacl')} FROM pg_database"
                " WHERE datname = current_database()",
                f"defaclobjtype, {ordered('defaclacl')} FROM pg_default_acl",
            )
        ]


def test_run_again_it_changes_nothing_and_sets_the_passwords_that_are_given(office):
    urls, data = office
    roles = "SELECT rolname, rolpassword IS NULL FROM pg_authid WHERE rolname LIKE 'portal%'"
    with superuser(urls) as connection:
        before = sorted(connection.execute(roles).fetchall())
        assert all(without for _name, without in before)
        where = ["-X", "-U", "postgres", "-h", embedded_postgres.running(data=data), "-d", "portal"]
        given = ["-v", "office_password=o'ffice", "-f", ROOT / "deploy/roles.sql"]
        for _time in range(2):
            program("psql", *where, *given)
        after = dict(connection.execute(roles).fetchall())
    assert after == dict(before) | {"portal_staff": False}
