"""Nobody sees a mark a second early: the promise, held by PostgreSQL itself."""

from datetime import timedelta

import pytest
from django.db import connections
from django.db.utils import ProgrammingError
from django.utils import timezone

from candidates.models import Candidate, Entry
from results.models import Decision, Mark, PublishedResult
from results.publication import release

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def test_public_pages_connect_as_a_role_that_owns_nothing(deliberated_session):
    with connections["public"].cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("portal_visitors", False, False)


def test_before_the_hour_the_public_role_sees_no_row_even_without_the_gate(deliberated_session):
    release.schedule(deliberated_session, at=timezone.now() + timedelta(hours=1))
    assert PublishedResult.objects.count() == 6
    assert PublishedResult.objects.using("public").count() == 0


@pytest.mark.long
def test_at_the_hour_the_public_role_sees_the_rows_without_any_process(deliberated_session):
    release.schedule(deliberated_session, at=timezone.now() + timedelta(seconds=1))
    assert PublishedResult.objects.using("public").count() == 0
    with connections["public"].cursor() as cursor:
        cursor.execute("SELECT pg_sleep(1.1)")
    assert PublishedResult.objects.using("public").count() == 6


def test_a_withdrawn_release_vanishes_for_the_public_role(deliberated_session, django_user_model):
    (opened,) = release.schedule(deliberated_session)
    release.withdraw(opened, by=django_user_model.objects.create_user("boss"))
    assert PublishedResult.objects.using("public").count() == 0


@pytest.mark.parametrize("model", [Mark, Decision, Candidate])
def test_the_public_role_cannot_read_what_lies_behind_results(deliberated_session, model):
    with pytest.raises(ProgrammingError, match="permission denied"):
        model.objects.using("public").order_by("pk").first()


@pytest.mark.parametrize("column", ["withheld", "candidate_id", "number", "access_code_digest"])
def test_the_public_role_reads_nothing_of_an_entry_but_its_place(deliberated_session, column):
    with pytest.raises(ProgrammingError, match="permission denied"):
        Entry.objects.using("public").order_by("pk").values_list(column, flat=True).first()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE results_release SET opens_at = now()",
        "DELETE FROM results_publishedresult",
        "INSERT INTO results_release (session_id, speciality_id, round, opens_at) "
        "VALUES (1, 1, 1, now())",
        "ALTER TABLE results_publishedresult DISABLE ROW LEVEL SECURITY",
    ],
)
def test_the_public_role_writes_nothing(deliberated_session, statement):
    release.schedule(deliberated_session, at=timezone.now() + timedelta(hours=1))
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        connections["public"].cursor() as cursor,
    ):
        cursor.execute(statement)
