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
@pytest.mark.parametrize(("rows", "known"), [(999, -1), (1000, 1000)])
def test_tables_are_analyzed_after_many_new_rows(rows, known):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE arrived AS SELECT generate_series(1, %s)", [rows])
        analyze(rows, "arrived")
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'arrived'::regclass")
        assert cursor.fetchone() == (known,)
        cursor.execute("DROP TABLE arrived")
