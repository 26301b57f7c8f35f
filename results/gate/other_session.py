"""The other session of whoever sits replaced tests in September: July's, or September's."""

from datetime import date, datetime
from typing import NamedTuple, cast

from django.db import connections

from candidates.identification.cookie import Visit
from results_portal.postgresql.base import DatabaseWrapper
from results_portal.routers import PUBLIC

# A function of diplomas/migrations/sql/visitors_sessions.sql.
_OTHER = "SELECT * FROM visitors_other_session(%s, %s, %s)"


class OtherSession(NamedTuple):
    """The session that replaces the one of a visit, or is replaced by it.

    `entry_id` and `visit`: of the entry there that the visit's own code opens, or None.
    `is_later`: it is September's. `is_announced`: an hour was set, which may have been withdrawn.
    """

    entry_id: int | None
    visit: int | None
    label: str
    is_later: bool
    tests_from: date | None
    tests_until: date | None
    is_announced: bool
    opens_at: datetime | None
    is_open: bool

    @property
    def can_be_visited(self) -> bool:
        """Whether a visit may go on there: in September, once there is an hour to wait for."""
        return self.entry_id is not None and (self.is_announced or not self.is_later)


def other_session_of(visit: Visit) -> OtherSession | None:
    """Return the other session of a visit, or None. One query, for those pages that need it."""
    rows = cast(DatabaseWrapper, connections[PUBLIC]).fetch(_OTHER, visit.proof)
    return OtherSession(*rows[0]) if rows else None


def going_on(visit: Visit) -> Visit | None:
    """Return the same visit in the other session, or None. It ends when it would have ended."""
    other = other_session_of(visit)
    if other is None or other.entry_id is None or other.visit is None or not other.can_be_visited:
        return None
    return visit._replace(entry_id=other.entry_id, number=other.visit, exam=other.label)
