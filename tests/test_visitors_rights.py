"""What a visitor's connection may read and write, frozen in `visitors_rights.txt`.

The list is read from PostgreSQL's catalogue after all migrations, for the role itself, for what
it is a member of and for PUBLIC alike: a right counts however it was given.
"""

import difflib
import os
import textwrap
from pathlib import Path

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

FROZEN = Path(__file__).with_name("visitors_rights.txt")

HEADING = """\
# All that visitors' pages may do in the database, as the role portal_public: what PostgreSQL's
# catalogue says after all migrations. Whatever is not named here is refused.
# The rights are given by diplomas/migrations/sql/visitors_role.sql and later migrations;
# tests/test_visitors_rights.py compares.
"""

CHANGED = """\
The rights of visitors' connections are no longer those of tests/visitors_rights.txt:

{difference}

A line more is a right more for every page that anybody may ask for. If it is meant, write it down
and have the difference reviewed: FREEZE=1 .venv/bin/pytest {test}
"""

ATTRIBUTES = """
SELECT attribute
FROM pg_roles, LATERAL (VALUES
    ('may log in', rolcanlogin), ('is superuser', rolsuper), ('inherits', rolinherit),
    ('bypasses row security', rolbypassrls), ('creates databases', rolcreatedb),
    ('creates roles', rolcreaterole), ('replicates', rolreplication)
) AS attributes (attribute, held)
WHERE rolname = 'portal_public' AND held
UNION ALL
SELECT 'is a member of ' || roleid::regrole
FROM pg_auth_members WHERE member = 'portal_public'::regrole
UNION ALL
SELECT 'owns ' || pg_describe_object(classid, objid, objsubid)
FROM pg_shdepend
WHERE refobjid = 'portal_public'::regrole AND deptype = 'o'
    AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
UNION ALL
SELECT 'will be given ' || acl::text || ' on new objects'
FROM pg_default_acl, unnest(defaclacl) AS acl WHERE acl::text LIKE 'portal_public=%'
ORDER BY 1
"""

OUR_SCHEMAS = """
WITH schema AS (
    SELECT oid, nspname FROM pg_namespace
    WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
)
"""

PLACES = f"""{OUR_SCHEMAS}
SELECT 'database', privilege
FROM unnest(ARRAY['CONNECT', 'CREATE', 'TEMPORARY']) AS privilege
WHERE has_database_privilege('portal_public', current_database(), privilege)
UNION ALL
SELECT 'schema ' || nspname, privilege
FROM schema, unnest(ARRAY['USAGE', 'CREATE']) AS privilege
WHERE has_schema_privilege('portal_public', schema.oid, privilege)
UNION ALL
SELECT 'sequence ' || pg_class.oid::regclass, privilege
FROM pg_class JOIN schema ON schema.oid = relnamespace,
    unnest(ARRAY['USAGE', 'SELECT', 'UPDATE']) AS privilege
WHERE relkind = 'S' AND has_sequence_privilege('portal_public', pg_class.oid, privilege)
ORDER BY 1, 2
"""

# Sequences (S), indexes (i, I), composite types (c) and TOAST tables (t) hold no rows of ours.
TABLES = f"""{OUR_SCHEMAS}
SELECT pg_class.oid::regclass::text, privilege, relrowsecurity,
    has_table_privilege('portal_public', pg_class.oid, privilege),
    array(
        SELECT attname::text FROM pg_attribute
        WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
            AND privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
            AND has_column_privilege('portal_public', pg_class.oid, attnum, privilege)
        ORDER BY 1
    )
FROM pg_class JOIN schema ON schema.oid = relnamespace,
    unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
        WITH ORDINALITY AS privileges (privilege, rank)
WHERE relkind NOT IN ('S', 'i', 'I', 'c', 't')
ORDER BY pg_class.oid::regclass::text COLLATE "C", rank
"""

POLICIES = """
SELECT polrelid::regclass::text, polname, polpermissive,
    CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
        WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
    pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
FROM pg_policy
WHERE polroles && ARRAY[0::oid, 'portal_public'::regrole::oid]
ORDER BY 1, 2
"""

FUNCTIONS = f"""{OUR_SCHEMAS}
SELECT pg_proc.oid::regprocedure::text || CASE WHEN prosecdef THEN ' as its owner' ELSE '' END
FROM pg_proc JOIN schema ON schema.oid = pronamespace
WHERE has_schema_privilege('portal_public', schema.oid, 'USAGE')
    AND has_function_privilege('portal_public', pg_proc.oid, 'EXECUTE')
ORDER BY pg_proc.oid::regprocedure::text COLLATE "C"
"""


def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def wrapped(label, words):
    text = f"{label}: {' '.join(words.split())}" if words else label
    return textwrap.wrap(
        text, 98, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )


def policies():
    """Return the lines of the row-level security policies that apply to visitors, by table."""
    found = {}
    for table, name, permissive, command, using, check in ask(POLICIES):
        kind = "policy" if permissive else "restrictive policy"
        lines = found.setdefault(table, [])
        if using:
            lines += wrapped(f"{kind} {name} for {command}, rows where", using)
        if check:
            lines += wrapped(f"{kind} {name} for {command}, new rows where", check)
    return found


def tables():
    """Return the lines of each table that visitors have any right on, by table."""
    rules = policies()
    found = {}
    for table, privilege, row_security, whole, columns in ask(TABLES):
        lines = found.setdefault(table, [])
        if not whole and not columns:
            continue
        if not lines and row_security:
            lines.append("row security on")
        reach = "" if not columns else ", whole table" if whole else ", columns"
        lines += wrapped(privilege + reach, ", ".join(columns))
    for table, lines in found.items():
        lines += rules.get(table, [])
    return {table: lines for table, lines in found.items() if lines}


def rights():
    """Return the whole list as text."""
    sections = {"role portal_public": [attribute for (attribute,) in ask(ATTRIBUTES)]}
    for place, privilege in ask(PLACES):
        sections.setdefault(place, []).append(privilege)
    sections |= {f"table {name}": lines for name, lines in tables().items()}
    sections["functions that may be called"] = [name for (name,) in ask(FUNCTIONS)]
    return HEADING + "".join(
        f"\n{title}\n" + "".join(f"  {line}\n" for line in lines)
        for title, lines in sections.items()
    )


def difference():
    """Return the lines that differ from the frozen list, or an empty string."""
    frozen, now = FROZEN.read_text().splitlines(), rights().splitlines()
    return "\n".join(difflib.unified_diff(frozen, now, "frozen", "now", lineterm="", n=3))


def test_visitors_may_read_and_write_what_the_frozen_list_says(request):
    if os.environ.get("FREEZE"):
        FROZEN.write_text(rights())
    changed = difference()
    assert not changed, CHANGED.format(difference=changed, test=request.node.nodeid)


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("GRANT SELECT ON results_mark TO portal_public", "+table results_mark"),
        (
            "GRANT SELECT (withheld) ON candidates_entry TO PUBLIC",
            "+  SELECT, columns: id, session_id, speciality_id, visit, withheld",
        ),
        ("GRANT TRUNCATE ON results_release TO portal_public", "+  TRUNCATE"),
        (
            "GRANT USAGE ON SEQUENCE results_mark_id_seq TO portal_public",
            "+sequence results_mark_id_seq",
        ),
        (
            "ALTER TABLE diplomas_diploma DISABLE ROW LEVEL SECURITY",
            "-  row security on",
        ),
        (
            "CREATE POLICY all_rows ON results_publishedresult USING (true)",
            "+  policy all_rows for ALL, rows where: true",
        ),
        (
            "CREATE FUNCTION peep() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
            " AS 'SELECT count(*) FROM results_mark'",
            "+  peep() as its owner",
        ),
        (
            "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO portal_public",
            "+  will be given portal_public=r/",
        ),
        (
            "ALTER TABLE candidates_school ADD COLUMN note text",
            "address, city, name, note, postcode",
        ),
    ],
)
def test_a_right_given_or_a_guard_taken_away_shows(statement, line):
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE portal")  # the owner, until the test's transaction ends
        cursor.execute(statement)
    assert line in difference()
