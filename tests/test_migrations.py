"""Migrations are only added: those there are stay as they are, one after the other.

A database that has run a migration never runs it again, so an edit would reach new databases only.
"""

import re
from pathlib import Path

import pytest
from django.db import migrations
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parent.parent
APPS = ("candidates", "results", "diplomas")

UNTESTED = """\
Migrations that change rows need a test that names them: {names}
It writes rows at the state before, migrates, and looks at the rows.
"""

# Words that begin a statement which changes rows, or may hide one.
CHANGES_ROWS = re.compile(r"\s*(UPDATE|INSERT|DELETE|MERGE|TRUNCATE|COPY|WITH|DO|CALL)\b", re.I)
COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.S)
FUNCTION_BODY = re.compile(r"\$(\w*)\$.*?\$\1\$", re.S)


@pytest.mark.parametrize("app", APPS)
def test_migrations_form_one_line_whose_last_is_in_max_migration(app):
    """Two branches that each add one then conflict in git, not on the day of the deployment."""
    graph = MigrationLoader(None).disk_migrations
    ours = {key for key in graph if key[0] == app}
    followed = [before for key in ours for before in graph[key].dependencies if before in ours]
    last = [name for _, name in ours - set(followed)]
    assert len(set(followed)) == len(followed), "a migration is followed by two"
    stated = (ROOT / app / "migrations/max_migration.txt").read_text()
    assert [stated] == [f"{name}\n" for name in last], "max_migration.txt names the last one"


def changes_rows(operation):
    """Whether an operation of a migration writes, changes or deletes rows."""
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        return any(map(changes_rows, operation.database_operations))
    if isinstance(operation, migrations.RunSQL):
        parts = operation.sql if isinstance(operation.sql, (list, tuple)) else [operation.sql]
        # A statement with its parameters is a pair.
        sql = ";".join(part if isinstance(part, str) else part[0] for part in parts)
        sql = COMMENT.sub("", FUNCTION_BODY.sub("''", sql))
        return any(CHANGES_ROWS.match(statement) for statement in sql.split(";"))
    return isinstance(operation, migrations.RunPython)


def test_every_migration_that_changes_rows_has_a_test_that_names_it():
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    loader = MigrationLoader(None)
    names = [
        f"{app}.{name}"
        for (app, name), migration in sorted(loader.disk_migrations.items())
        if app in APPS and name != "0001_initial" and any(map(changes_rows, migration.operations))
        if name not in tests
    ]
    assert not names, UNTESTED.format(names=", ".join(names))


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RunPython(migrations.RunPython.noop),
        migrations.RunSQL("UPDATE results_release SET withdrawal_message = ''"),
        migrations.RunSQL("-- once\nALTER TABLE a ADD b int; insert into a (b) values (1)"),
        migrations.RunSQL(["SELECT 1", ("DELETE FROM a WHERE b = %s", [1])]),
        migrations.RunSQL(
            "WITH old AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM old"
        ),
        migrations.RunSQL("DO $body$ BEGIN UPDATE a SET b = 1; END $body$"),
        migrations.SeparateDatabaseAndState([migrations.RunSQL("DELETE FROM a")]),
    ],
)
def test_an_operation_that_changes_rows_is_known_as_one(operation):
    assert changes_rows(operation)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX ON a (b) -- ; UPDATE a",
        "CREATE TRIGGER t AFTER UPDATE OF b ON a FOR EACH ROW EXECUTE FUNCTION f()",
        "GRANT SELECT, INSERT, UPDATE ON a TO portal_public",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN; DELETE FROM a; END $$",
    ],
)
def test_an_operation_that_changes_tables_and_rights_only_is_none(sql):
    assert not changes_rows(migrations.RunSQL(sql))
