"""Rows of a release that are read while others are written."""

import pytest
from django.db import connection, transaction
from django.utils import timezone

from results.jury import deliberation
from results.models import PublishedResult, Release
from results.publication import rows as publication
from results_portal.imports.parallel import snapshot_connection
from tests import factories

WRITTEN = ("entry_id", "verdict", "web_listed", "list_name", "sort_key", "search_key", "document")


def written(session, speciality, **how):
    """What a first release writes of `speciality`, told and taken back."""
    at = timezone.now().replace(microsecond=0)
    with transaction.atomic():
        release = Release(session=session, speciality=speciality, round=1, opens_at=at)
        release.save()
        books = deliberation.rulebooks(session)
        assert publication.write_first(release, books, **how) == []
        rows = list(PublishedResult.objects.order_by("entry_id").values(*WRITTEN))
        transaction.set_rollback(True)
    return rows


@pytest.mark.django_db(transaction=True)
def test_what_is_read_beside_is_published_as_what_is_read_in_turn():
    people = factories.cast()
    factories.entry(marks=factories.ADMITTED, birth_name="Back\\slash", given_names="Léa\tAnne")
    session, speciality = people["admitted"].session, people["admitted"].speciality
    deliberation.deliberate(session)
    in_turn = written(session, speciality)
    assert len(in_turn) == len(people) + 1
    assert written(session, speciality, many=1) == in_turn


@pytest.mark.django_db(transaction=True)
def test_what_another_commits_meanwhile_is_not_read_beside():
    entry = factories.entry(marks=factories.ADMITTED)
    with transaction.atomic(), snapshot_connection() as reader:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE candidates_entry SET posting_place = 'Ailleurs'")
        with reader.cursor() as cursor:
            cursor.execute("SELECT posting_place FROM candidates_entry")
            assert cursor.fetchall() == [(entry.posting_place,)]
    assert reader.connection is None
