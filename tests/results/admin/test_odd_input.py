"""What no page of the office sends, or nobody means to paste, is no error of the server."""

import pytest
from django.urls import reverse

from candidates.models import Job
from results.models import Release
from tests import factories
from tests.candidates.file_imports.sending import confirm, csv_of, sent
from tests.office_files import ENTRY
from tests.staff import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_person")]

SEARCHED = [
    "office_search",
    "admin:candidates_entry_changelist",
    "admin:diplomas_diploma_changelist",
]
NO_KEYS = ["9" * 5000, "9" * 19, "²", ""]


@pytest.mark.parametrize("page", SEARCHED)
@pytest.mark.parametrize("words", ["DUP\0ONT", "\0", "D²", "2²"])
def test_odd_characters_are_searched_like_any_others(page, words):
    answer = client_of("manager").post(reverse(page), {"q": words}, follow=True)
    assert answer.status_code == 200


@pytest.mark.parametrize("key", NO_KEYS)
def test_a_number_that_is_no_key_names_nothing(key):
    entry = factories.entry(marks=factories.ADMITTED)
    browser = client_of("manager")
    for page, query in (
        (reverse("admin:candidates_session_add"), {"replaces": key}),
        (reverse("admin:candidates_entry_correct", args=[entry.pk]), {"demande": key}),
    ):
        assert browser.get(page, query).status_code == 200
    listed = reverse("admin:candidates_entry_changelist")
    odd = {"lacking": "1", "session__id__exact": key}
    assert browser.get(listed, odd, follow=True).status_code == 200
    withdrawn = {"release": key, "_confirm": "1"}
    assert browser.post(reverse("admin:results_release_withdraw"), withdrawn).status_code == 302


def test_a_code_typed_with_what_no_database_takes_confirms_as_without_it(deliberated_session):
    speciality = deliberated_session.entries.first().speciality_id
    address = reverse("admin:candidates_session_schedule", args=[deliberated_session.pk])
    data = {"round": 1, "specialities": [speciality], "when": "now"}
    browser = client_of("manager")
    data |= {"_confirm": "1", "seen": browser.post(address, data).context["seen"]}
    assert browser.post(address, data | {"confirmed": "\0"}).status_code == 302
    assert Job.objects.latest("pk").arguments["posted"]["confirmed"] == ""
    assert not Release.objects.exists()


def test_a_file_is_confirmed_with_such_a_code_too(empty_session):
    row = sent(empty_session, "entries", csv_of(ENTRY, {}))
    confirm(row, confirmed="\0")
    assert row.state == row.State.DONE
