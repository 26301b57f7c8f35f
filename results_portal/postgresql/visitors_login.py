"""The login of visitors' pages: a member of `portal_public`, of nothing else, owner of nothing.

Row-level security and grants hold only for such a login, with no right of its own. Each new
connection is asked, so that a wrong URL, a pooler or a careless grant is found out before a page is
served.
"""

import logging
import time
from typing import Any

from django.db import OperationalError

logger = logging.getLogger(__name__)

_FAULTS = """
WITH role AS (
    SELECT * FROM pg_roles WHERE pg_has_role(session_user, oid, 'MEMBER')
)
SELECT fault FROM (VALUES
    (1, 'is not a member of portal_public',
        NOT EXISTS (SELECT FROM role WHERE rolname = 'portal_public')),
    (2, 'is a superuser', EXISTS (SELECT FROM role WHERE rolsuper)),
    (3, 'has BYPASSRLS', EXISTS (SELECT FROM role WHERE rolbypassrls)),
    (4, 'may make roles, databases or replicas',
        EXISTS (SELECT FROM role WHERE rolcreaterole OR rolcreatedb OR rolreplication)),
    (5, 'is a member of other roles',
        EXISTS (SELECT FROM role WHERE rolname NOT IN ('portal_public', session_user))),
    (6, 'owns something', EXISTS (
        SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND deptype = 'o'
            AND refobjid IN (SELECT oid FROM role)
            AND classid <> 'pg_largeobject'::regclass  -- harmless, and any login can make one
    )),
    (7, 'has rights on tables of its own', EXISTS (
        SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND deptype = 'a'
            AND refobjid = session_user::regrole AND classid = 'pg_class'::regclass
            AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    )),
    (8, 'acts as another role', current_user <> session_user)
) AS asked (place, fault, holds)
WHERE holds ORDER BY place
"""


# The office's login owns nothing, nor does a role that it is in, so that it cannot switch off a
# guard. It reads all rows.
_FAULTS_OF_THE_OFFICE = """
WITH role AS (
    SELECT * FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')
)
SELECT fault FROM (VALUES
    (1, 'is not a member of portal_office',
        NOT EXISTS (SELECT FROM role WHERE rolname = 'portal_office')),
    (2, 'is a superuser', EXISTS (SELECT FROM role WHERE rolsuper)),
    (3, 'lacks BYPASSRLS', (SELECT NOT rolbypassrls FROM pg_roles WHERE rolname = current_user)),
    (4, 'may make roles, databases or replicas',
        EXISTS (SELECT FROM role WHERE rolcreaterole OR rolcreatedb OR rolreplication)),
    (5, 'is a member of other roles',
        EXISTS (SELECT FROM role WHERE rolname NOT IN ('portal_office', current_user))),
    (6, 'owns tables or other objects', EXISTS (
        SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND deptype = 'o'
            AND refobjid IN (SELECT oid FROM role)
            AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    ))
) AS asked (place, fault, holds)
WHERE holds ORDER BY place
"""


class UnsafeLogin(OperationalError):
    """Error of a visitors' connection whose login may do more than visitors' pages may."""

    def __init__(self, said: str, faults: list[str]) -> None:
        super().__init__(said)
        self.faults = faults


def faults(cursor: Any) -> list[str]:
    """Return what is wrong with the login of a connection for visitors; [] when it is as it must.

    `cursor`: of that connection. One query.
    """
    cursor.execute(_FAULTS)
    return [fault for (fault,) in cursor.fetchall()]


def faults_of_the_office(cursor: Any) -> list[str]:
    """Return what is wrong with the office's login: in `portal_office` alone, owner of nothing.

    One query.
    """
    cursor.execute(_FAULTS_OF_THE_OFFICE)
    return [fault for (fault,) in cursor.fetchall()]


def refuse(found: list[str], user: str) -> None:
    """Raise `UnsafeLogin`, and log at most once a second that visitors are turned away."""
    global _said_at
    said = f"the login {user} of the visitors’ pages {', '.join(found)}: nobody is served"
    if time.monotonic() - _said_at >= 1:
        _said_at = time.monotonic()
        logger.error("%s (deploy/roles.sql makes the right one)", said)
    raise UnsafeLogin(said, found)


_said_at = -1.0
