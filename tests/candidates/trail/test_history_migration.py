"""candidates.0018_the_history_changes_no_more, results.0009_the_history_changes_no_more and
diplomas.0019_the_history_is_read_whole put who, where and why into each row of the history."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests import databases

BEFORE = [
    ("diplomas", "0018_what_came_back_is_found_at_once"),
    ("results", "0008_what_is_revised_is_found_at_once"),
    ("candidates", "0017_the_office_has_a_cache"),
]


@pytest.mark.slow
@pytest.mark.django_db
def test_who_changed_a_row_stays_known_forwards_and_backwards():
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    with databases.acting_as_owner() as owner:
        MigrationExecutor(connection).migrate(BEFORE)
        owner.execute(
            "INSERT INTO pghistory_context (id, created_at, updated_at, metadata)"
            " SELECT id, now(), now(), metadata FROM (VALUES (gen_random_uuid(),"
            """ '{"user": 7, "reason": "Erreur de report."}'::jsonb)) AS new (id, metadata)"""
        )
        owner.execute(
            "INSERT INTO results_markevent (pgh_created_at, pgh_label, id, round, value, status,"
            " entry_id, test_id, pgh_context_id)"
            " SELECT now(), 'before_update', 1, 1, 600, '', 1, 1, id FROM pghistory_context"
            " UNION ALL SELECT now(), 'before_update', 2, 1, 700, '', 1, 1, NULL"
        )
        MigrationExecutor(connection).migrate(latest)
        owner.execute("SELECT id, pgh_context->>'reason' FROM results_markevent ORDER BY id")
        assert owner.fetchall() == [(1, "Erreur de report."), (2, None)]
        owner.execute("SELECT count(*) FROM pghistory_context")
        assert owner.fetchone() == (0,)
        MigrationExecutor(connection).migrate(BEFORE)
        owner.execute(
            "SELECT event.id, metadata->>'user' FROM results_markevent AS event"
            " LEFT JOIN pghistory_context AS context ON context.id = pgh_context_id ORDER BY 1"
        )
        assert owner.fetchall() == [(1, "7"), (2, None)]
