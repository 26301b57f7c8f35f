"""Each page about a candidate that the staff was shown is a row, before the hour too."""

import pytest
from django.db import connections
from django.urls import reverse

from candidates.models import Reading
from results.gate import public
from results.models import Mark, PublishedResult
from tests import factories
from tests.diplomas import dispatched
from tests.staff import client_of

pytestmark = pytest.mark.django_db


def seen():
    """What the trail holds: who, which page, which entries, whether before the hour."""
    rows = Reading.objects.order_by("pk").select_related("user")
    return [(row.user.username, row.what, row.entries, row.before_release) for row in rows]


@pytest.fixture
def decided():
    return factories.entry(marks=factories.CONTROL)


@pytest.mark.parametrize(
    ("page", "what"),
    [
        ("admin:candidates_entry_change", "entry"),
        ("admin:candidates_entry_correct", "correction"),
    ],
)
def test_opening_a_file_before_the_hour_leaves_a_row(manager, decided, page, what):
    assert manager.get(reverse(page, args=[decided.pk])).status_code == 200
    assert seen() == [("manager", what, [decided.pk], True)]


def test_a_candidates_page_is_about_all_their_entries(operator, decided):
    person = reverse("admin:candidates_candidate_change", args=[decided.candidate_id])
    assert operator.get(person).status_code == 200
    assert seen() == [("operator", "candidate", [decided.pk], True)]


def test_a_list_of_marks_tells_whose_were_shown_before_their_hour(manager, decided):
    manager.get(reverse("admin:results_mark_changelist"))
    assert seen() == [("manager", "list", [decided.pk], True)]


def test_whoever_is_refused_has_seen_nothing(decided):
    for role in ("anonymous", "administrator", "head"):
        client_of(role).get(reverse("admin:candidates_entry_change", args=[decided.pk]))
    assert seen() == []


def test_a_page_whose_row_cannot_be_written_is_not_shown(operator, decided):
    with connections["default"].cursor() as cursor:
        cursor.execute("SET ROLE portal")
        cursor.execute("REVOKE INSERT ON candidates_reading FROM portal_office")
        cursor.execute("RESET ROLE")
    operator.raise_request_exception = False
    page = operator.get(reverse("admin:candidates_entry_change", args=[decided.pk]))
    assert page.status_code == 500


def test_after_the_hour_files_are_kept_as_such_and_lists_are_not(manager):
    entry = dispatched.at_school()
    dispatched.released()
    manager.get(reverse("admin:results_decision_changelist"))
    manager.get(reverse("admin:candidates_entry_change", args=[entry.pk]))
    manager.get(reverse("admin:results_publishedresult_change", args=[published_row(entry)]))
    assert seen() == [
        ("manager", "entry", [entry.pk], False),
        ("manager", "result", [entry.pk], False),
    ]


def published_row(entry):
    return PublishedResult.objects.get(entry=entry).pk


def test_a_mark_of_the_second_round_is_read_before_its_hour(manager):
    entry = factories.entry(marks=factories.CONTROL)
    dispatched.released()
    assert public.entries([entry.pk]) == {entry.pk}
    assert public.session(entry.session)
    first = entry.marks.order_by("pk")[0]
    Mark.objects.create(entry=entry, test=first.test, round=2, value=1200)
    assert public.entries([entry.pk]) == set()
    assert not public.session(entry.session)
