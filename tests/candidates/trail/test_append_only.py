"""Nobody but the owner changes or removes a row of the trail, or forges a row of the history."""

import psycopg
import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import connections
from psycopg import errors

from candidates.models import CandidateEvent, Entry
from candidates.trail import append_only
from results.models import Mark
from tests import databases, factories
from tests.staff import member

pytestmark = pytest.mark.django_db

# What the office's login is refused for each table of the trail. `key` is its primary key.
STATEMENTS = [
    "UPDATE {table} SET {key} = {key}",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "WITH gone AS (DELETE FROM {table} RETURNING {key}) SELECT * FROM gone",
    "WITH new AS (UPDATE {table} SET {key} = {key} RETURNING {key}) SELECT * FROM new",
    "MERGE INTO {table} AS t USING (SELECT 1) AS s ON true WHEN MATCHED THEN DELETE",
    "MERGE INTO {table} AS t USING (SELECT 1) AS s ON true"
    " WHEN MATCHED THEN UPDATE SET {key} = t.{key}",
    "INSERT INTO {table} SELECT * FROM {table} WHERE false"
    " ON CONFLICT ({key}) DO UPDATE SET {key} = excluded.{key}",
    "SELECT {key} FROM {table} FOR UPDATE",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} DROP COLUMN {key}",
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {table} RENAME TO gone",
    "CREATE RULE forget AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "CREATE TRIGGER forget BEFORE INSERT ON {table}"
    " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "DROP TABLE {table}",
    "LOCK TABLE {table}",
]
# And for those that triggers write.
FORGERIES = [
    "INSERT INTO {table} SELECT * FROM {table} WHERE false",
    "COPY {table} FROM STDIN",
    "MERGE INTO {table} AS t USING (SELECT 1) AS s ON false WHEN NOT MATCHED THEN INSERT"
    " DEFAULT VALUES",
    "CREATE TEMPORARY TABLE forged (LIKE {tracked});"
    " CREATE TRIGGER forge AFTER UPDATE ON forged FOR EACH ROW EXECUTE FUNCTION {function}()",
    "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN NULL; END'",
    "ALTER FUNCTION {function}() SECURITY INVOKER",
    "DROP FUNCTION {function}() CASCADE",
    "ALTER TABLE {tracked} DISABLE TRIGGER {function}",
    "DROP TRIGGER {function} ON {tracked}",
]
ELSEWHERE = [
    "SET session_replication_role = replica",
    "SELECT set_config('session_replication_role', 'replica', true)",
    "SET ROLE portal",
    "SET SESSION AUTHORIZATION portal",
    "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name)"
    " RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "CREATE FUNCTION public.forget() RETURNS void LANGUAGE sql AS 'SELECT'",
]


@pytest.fixture
def office():
    """A connection of the office's own login, which owns nothing."""
    name = connections["default"].settings_dict["NAME"]
    with psycopg.connect(databases.url(name, "DATABASE_URL")) as connection:
        assert connection.info.user == "portal_staff"
        yield connection
        connection.rollback()


def is_refused(connection, statement):
    """Whether a statement is refused for want of a right, whatever the rows."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)
    except errors.InsufficientPrivilege:
        return True
    return False


def names(model):
    return {"table": model._meta.db_table, "key": model._meta.pk.column}


def triggers_of(model):
    """The names of the triggers that write a table of the history, each with its table."""
    tracked = model.pgh_tracked_model
    for trigger in tracked._meta.triggers:
        yield names(model) | {
            "tracked": tracked._meta.db_table,
            "function": trigger.get_pgid(tracked),
        }


def test_the_offices_login_can_do_nothing_to_a_row_of_the_trail(office):
    asked = [
        *(s.format(**names(m)) for m in append_only.protected_tables() for s in STATEMENTS),
        *(
            statement.format(**of_trigger)
            for model in append_only.history_tables()
            for of_trigger in triggers_of(model)
            for statement in FORGERIES
        ),
        *ELSEWHERE,
    ]
    assert [statement for statement in asked if not is_refused(office, statement)] == []


def test_each_table_that_keeps_a_trail_is_protected():
    """Those of pghistory and of Django's admin, and each model that says so."""
    protected = {model._meta.label for model in append_only.protected_tables()}
    assert {"candidates.EntryEvent", "results.MarkEvent", "admin.LogEntry"} <= protected


def test_each_migration_protects_again_what_it_made_anew():
    table, function = "candidates_entryevent", next(triggers_of(Entry.pgh_event_model))["function"]
    with databases.acting_as_owner() as owner:
        owner.execute(f"GRANT INSERT, DELETE ON {table} TO portal_office")
        owner.execute(f"ALTER FUNCTION {function}() SECURITY INVOKER")
        append_only.protect(None, using="default")
        owner.execute(
            "SELECT has_table_privilege('portal_office', %s, 'INSERT, DELETE'), prosecdef"
            " FROM pg_proc WHERE proname = %s",
            [table, function],
        )
        assert owner.fetchone() == (False, True)


def test_no_setting_or_table_of_the_offices_lets_a_change_pass_unrecorded():
    mark = factories.entry(marks=factories.CONTROL).marks.order_by("pk")[0]
    with connections["default"].cursor() as cursor:
        named = ",".join(trigger["function"] for trigger in triggers_of(Mark.pgh_event_model))
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [f"{{{named}}}"])
        cursor.execute("CREATE TEMPORARY TABLE results_markevent (LIKE results_markevent)")
        cursor.execute("UPDATE results_mark SET value = 100 WHERE id = %s", [mark.pk])
        cursor.execute("SELECT value FROM public.results_markevent WHERE id = %s", [mark.pk])
        assert cursor.fetchall() == [(mark.value,)]


def test_even_the_owner_changes_a_row_of_the_history_on_purpose_only():
    entry = factories.entry()
    type(entry.candidate).objects.filter(pk=entry.candidate_id).update(city="LYON")
    with databases.acting_as_owner() as owner:
        with pytest.raises(Exception, match="Cannot update or delete rows"):
            owner.execute("SAVEPOINT s; DELETE FROM candidates_candidateevent")
        owner.execute("ROLLBACK TO SAVEPOINT s")
        append_only.forget(owner)
        owner.execute("DELETE FROM candidates_candidateevent")
    assert not CandidateEvent.objects.exists()


def test_the_office_still_adds_to_what_it_writes_itself():
    LogEntry.objects.log_actions(member("manager").pk, [factories.session()], CHANGE, "Dit.")
    assert LogEntry.objects.count() == 1
