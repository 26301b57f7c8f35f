"""Tables whose rows stay as they were written: what was changed, seen and done.

The office's login adds to them and reads them. It cannot change or remove a row, and cannot write
one into the history of another table, which triggers alone write, with the owner's rights.
`manage.py purge` forgets, as the owner (results/publication/retention.py).
"""

from typing import Any

from django.apps import apps as installed
from django.contrib.admin.models import LogEntry
from django.db import DEFAULT_DB_ALIAS, connections, models
from pghistory.models import Context, Event
from psycopg import sql

OFFICE = "portal_office"


def history_tables() -> list[type[models.Model]]:
    """Return the models of rows that `kept_in_history` keeps."""
    return [model for model in installed.get_models() if issubclass(model, Event)]


def protected_tables() -> list[type[models.Model]]:
    """Return all models of which no row changes: those of the history, and `append_only` ones."""
    marked = [model for model in installed.get_models() if getattr(model, "append_only", False)]
    return [*history_tables(), *marked, LogEntry, Context]


def protect(sender: Any, *, using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`: take the office's rights on these tables, where the owner asks.

    Each migration of a table in the history makes its triggers anew, so this follows each one.
    """
    if not may_forget(using):
        return
    with connections[using].cursor() as cursor:
        for models_of, rights in (
            (protected_tables(), "UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES"),
            (history_tables(), "INSERT"),
        ):
            tables = sql.SQL(", ").join(sql.Identifier(m._meta.db_table) for m in models_of)
            statement = f"REVOKE {rights} ON {{tables}} FROM {OFFICE}"
            cursor.execute(sql.SQL(statement).format(tables=tables))
        cursor.execute(_GUARDS_ARE_NOT_IGNORED)
        cursor.execute(_TRIGGERS, [[m._meta.db_table for m in history_tables()]])
        for (function,) in cursor.fetchall():
            cursor.execute(
                f"ALTER FUNCTION {function} SECURITY DEFINER SET search_path = public, pg_temp;"
                f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC"
            )


def may_forget(using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether the login of a database may delete rows of these tables: the owner's may."""
    with connections[using].cursor() as cursor:
        cursor.execute(_MAY_GRANT, [Context._meta.db_table])
        found = cursor.fetchone()
    return bool(found and found[0])


def forget(cursor: Any) -> None:
    """Let the owner delete rows of the history, until the end of the transaction."""
    locks = [
        trigger.get_pgid(model)
        for model in history_tables()
        for trigger in model._meta.triggers  # type: ignore[attr-defined]
    ]
    cursor.execute("SELECT set_config('pgtrigger.ignore', %s::text[]::text, true)", [locks])


_MAY_GRANT = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass(%s)"

# Whoever could call one would write a false row, by a trigger on a temporary table of their own.
_TRIGGERS = """
SELECT DISTINCT function.oid::regprocedure::text
FROM pg_proc AS function, unnest(%s::text[]) AS history (name)
WHERE function.pronamespace = 'public'::regnamespace AND function.prorettype = 'trigger'::regtype
    AND (
        starts_with(function.proname, 'pgtrigger_append_only_')
        OR starts_with(function.proname, 'pgtrigger_')
        AND function.prosrc LIKE '%%INSERT INTO "' || history.name || '"%%'
    )
"""

# A setting that any login can give names triggers to ignore. It holds for the second lock of these
# tables alone, of which the owner has the first.
_GUARDS_ARE_NOT_IGNORED = r"""
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT starts_with(trigger_name::text, 'pgtrigger_append_only_')
        AND trigger_name::text = ANY (nullif(current_setting('pgtrigger.ignore', true), '')::text[])
$$
"""
