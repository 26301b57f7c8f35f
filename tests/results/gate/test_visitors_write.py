"""A visitor's connection writes nothing that another visitor would take for true."""

from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from candidates.identification import throttle
from results.models import PublishedResult
from tests import factories

pytestmark = pytest.mark.django_db


def as_visitor(sql, values=()):
    with transaction.atomic(), connections["public"].cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def test_credentials_cannot_be_read_only_given():
    entry = factories.entry()
    given = bytes(entry.credential)
    with pytest.raises(DatabaseError, match="permission denied"):
        as_visitor("SELECT credential FROM candidates_entry")
    asked = "SELECT entry_id FROM visitors_identify(%s, %s, 10)"
    assert as_visitor(asked, [given, b""]) == [(entry.pk,)]
    assert as_visitor(asked, [bytes(32), b""]) == []


def count_a_failure():
    assert not throttle.Throttle({"somebody": throttle.BLOCK}).count_failure()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE candidates_failedidentification SET failures = 0",
        "UPDATE candidates_failedidentification SET until = now()",
        "UPDATE candidates_failedidentification SET key = '\\x00'",
    ],
)
def test_failures_that_count_cannot_be_forgiven(sql):
    count_a_failure()
    with pytest.raises(DatabaseError, match=r"failures are counted|permission denied"):
        as_visitor(sql)


def test_no_failure_counts_for_ever():
    count_a_failure()
    for written in (
        "UPDATE candidates_failedidentification SET until = 'infinity'",
        "INSERT INTO candidates_failedidentification (key, failures, until)"
        " VALUES ('\\x00', 1, 'infinity')",
    ):
        with pytest.raises(DatabaseError, match="row-level security"):
            as_visitor(written)


def test_a_visit_is_ended_by_itself_alone():
    entry = factories.entry()
    visit = factories.visit(entry)
    with pytest.raises(DatabaseError, match="permission denied"):
        as_visitor("UPDATE candidates_entry SET visit = visit + 1")
    for other in (visit._replace(key=bytes(32).hex()), visit._replace(number=2)):
        as_visitor("SELECT visitors_leave(%s, %s, %s)", other.proof)
    entry.refresh_from_db()
    assert entry.visit == 1
    as_visitor("SELECT visitors_leave(%s, %s, %s)", visit.proof)
    entry.refresh_from_db()
    assert entry.visit == 2


def test_failures_are_deleted_once_their_window_is_over():
    count_a_failure()
    delete = "DELETE FROM candidates_failedidentification"
    assert as_visitor(delete) == 0
    with connections["default"].cursor() as cursor:
        cursor.execute("UPDATE candidates_failedidentification SET until = now()")
    assert as_visitor(delete) == 1


def test_a_file_is_sealed_only_for_a_result_that_is_shown(scheduled_people):
    result = PublishedResult.objects.first()
    insert = (
        "INSERT INTO results_sealedscoresheet (published_result_id, version, pdf)"
        " VALUES (%s, '\\x00', '%%PDF')"
    )
    with pytest.raises(DatabaseError, match="row-level security"):
        as_visitor(insert, [result.pk])
    result.release.opens_at = timezone.now() - timedelta(hours=1)
    result.release.save()
    assert as_visitor(insert, [result.pk]) == 1


@pytest.mark.parametrize("column", ["author_id", "created_at"])
def test_who_wrote_a_result_and_when_is_not_read(open_people, column):
    with pytest.raises(DatabaseError, match="permission denied"):
        as_visitor(f"SELECT {column} FROM results_publishedresult")
