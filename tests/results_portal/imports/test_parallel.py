import gc

import pytest
from django.db import connection

from results_portal.imports.parallel import gc_paused
from results_portal.imports.staging import analyze


def fail_undisturbed():
    with gc_paused():
        raise ValueError(gc.isenabled())


def test_garbage_collection_resumes_after_a_failure():
    with pytest.raises(ValueError, match="False"):
        fail_undisturbed()
    assert gc.isenabled()


@pytest.mark.django_db
@pytest.mark.parametrize(("rows", "analyzed"), [(999, False), (1000, True)])
def test_tables_are_analyzed_after_many_new_rows(rows, analyzed):
    """By the office, which owns none."""
    count = "SELECT reltuples FROM pg_class WHERE relname = 'candidates_failedidentification'"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO candidates_failedidentification (key, until, failures)"
            " SELECT sha256(n::text::bytea), now(), 1 FROM generate_series(1, %s) AS n",
            [rows],
        )
        cursor.execute(count)
        before = cursor.fetchone()
        analyze(rows, "candidates_failedidentification")
        cursor.execute(count)
        assert cursor.fetchone() == ((rows,) if analyzed else before)
