"""Databases beside the one of the tests, on the same server."""

from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connections, transaction

from candidates.trail import append_only
from results.publication import retention
from results_portal import caches


def url(name, login="DATABASE_OWNER_URL"):
    """Return the URL of another database on the server of the tests, for one of the logins."""
    return urlsplit(getattr(settings, login))._replace(path=f"/{name}").geturl()


def urls(name):
    """Return the variables of the environment with which a portal uses another database.

    It has the logins of production; `tests.settings` uses the owner's where there is one.
    """
    logins = ("DATABASE_URL", "DATABASE_PUBLIC_URL")
    return {login: url(name, login) for login in logins} | {"DATABASE_OWNER_URL": ""}


def owner():
    """Return a connection of the owner's to the database of the tests."""
    return psycopg.connect(url(connections["default"].settings_dict["NAME"]), autocommit=True)


def server():
    """Return a connection that makes and drops databases."""
    return psycopg.connect(url("postgres"), autocommit=True)


@contextmanager
def acting_as_owner():
    """Give the connection of a test the owner's rights meanwhile, as those of `manage.py purge`."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SET ROLE portal")
        yield cursor
        cursor.execute("RESET ROLE")


@contextmanager
def rewriting_history():
    """Let a test change or remove rows of the history, which nothing but `purge` does."""
    with transaction.atomic(), acting_as_owner() as cursor:
        append_only.forget(cursor)
        yield


def purge(**asked):
    """Forget as `manage.py purge` does, whose login is the owner's."""
    with acting_as_owner():
        return retention.purge(**asked)


@contextmanager
def refusing(table):
    """Have a table refuse what is written, as on a full disk; for tests without a transaction."""
    with owner() as clerk:
        clerk.execute(_REFUSE.format(table=table))
        try:
            yield
        finally:
            clerk.execute("DROP FUNCTION full_disk() CASCADE")


_REFUSE = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full';
END
$$;
CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION full_disk()
"""


@contextmanager
def copy_of(template, name):
    """Make the database `name` from one to which nobody is connected, and drop it at the end."""
    with server() as clerk:
        clerk.execute(f"DROP DATABASE IF EXISTS {name}")
        clerk.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield name
    finally:
        with server() as clerk:
            clerk.execute(f"DROP DATABASE {name}")


@contextmanager
def connected_to(name):
    """Have Django connect to the database `name` meanwhile; nothing stays cached of the other."""
    tested = connections["default"].settings_dict["NAME"]
    _connect_to(name)
    try:
        yield
    finally:
        _connect_to(tested)


def _connect_to(name):
    connections.close_all()
    for connection in connections.all():
        connection.settings_dict["NAME"] = name
    caches.clear_all()
    ContentType.objects.clear_cache()
