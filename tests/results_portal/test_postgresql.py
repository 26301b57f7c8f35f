"""A kept connection is asked whether it is alive, though not by every visit."""

import pytest
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

from results_portal.postgresql import base

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch):
    """The connections that were asked, each time."""
    times = []
    monkeypatch.setattr(DatabaseWrapper, "is_usable", lambda self: times.append(self) or True)
    return times


def visit(connection):
    """What Django does for a kept connection at the first statement of a request."""
    connection.health_check_enabled, connection.health_check_done = True, False
    connection.close_if_health_check_failed()
    assert connection.health_check_done


def test_one_answer_is_enough_for_a_moment(asked, monkeypatch):
    connection = connections["default"]
    monkeypatch.setattr(connection, "_checked_at", 0.0)
    for _visit in range(5):
        visit(connection)
    assert len(asked) == 1
    monkeypatch.setattr(base, "FRESH", 0)
    visit(connection)
    assert len(asked) == 2
