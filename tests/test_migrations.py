"""Migrations are only added: those there are stay as they are, one after the other.

A database that has run a migration never runs it again, so an edit would reach new databases only.
"""

import hashlib
import os
import re
from pathlib import Path

import pytest
from django.db import migrations
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parent.parent
APPS = ("candidates", "results", "diplomas")
DIGESTS = Path(__file__).with_name("migrations.sha256")

CHANGED = """\
Migrations are only added, and these have changed or gone: {files}
Leave each as it was, and write a new migration. (One that nobody has run yet, or that names a
module which has moved: take its line out of tests/migrations.sha256, then as for a new one.)
"""

UNLISTED = """\
New migrations are to be listed, and stay as they are from then on: {files}
FREEZE=1 .venv/bin/pytest tests/test_migrations.py adds them to tests/migrations.sha256.
"""

UNTESTED = """\
Migrations that change rows need a test that names them: {names}
It writes rows at the state before, migrates, and looks at the rows.
"""

# Words that begin a statement which changes rows, or may hide one.
CHANGES_ROWS = re.compile(r"\s*(UPDATE|INSERT|DELETE|MERGE|TRUNCATE|COPY|WITH|DO|CALL)\b", re.I)
COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.S)
FUNCTION_BODY = re.compile(r"\$(\w*)\$.*?\$\1\$", re.S)


def written():
    """Return the digest of each migration and SQL file, by its path in the repository."""
    files = [
        path
        for app in APPS
        for pattern in ("0*.py", "sql/*")
        for path in (ROOT / app / "migrations").glob(pattern)
    ]
    return {
        str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(files)
    }


def frozen():
    """Return the listed digests, by path. `sha256sum --check` reads the list too."""
    lines = DIGESTS.read_text().splitlines() if DIGESTS.exists() else []
    return {path: digest for digest, path in (line.split("  ", 1) for line in lines)}


def altered(listed, present):
    """Return the listed files that have another digest, or are not there."""
    return sorted(path for path, digest in listed.items() if present.get(path) != digest)


def test_migrations_are_only_added():
    listed, present = frozen(), written()
    if os.environ.get("FREEZE"):
        listed = present | listed
        DIGESTS.write_text("".join(f"{listed[path]}  {path}\n" for path in sorted(listed)))
    files = altered(listed, present)
    assert not files, CHANGED.format(files=", ".join(files))
    files = sorted(present.keys() - listed.keys())
    assert not files, UNLISTED.format(files=", ".join(files))


def test_a_migration_that_was_edited_or_deleted_is_noticed():
    listed = {"0001_initial.py": "aa", "sql/guards.sql": "bb", "sql/role.sql": "cc"}
    present = {"0001_initial.py": "aa", "sql/guards.sql": "b0", "0002_more.py": "dd"}
    assert altered(listed, present) == ["sql/guards.sql", "sql/role.sql"]


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
