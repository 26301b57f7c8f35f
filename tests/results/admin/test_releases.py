from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from results.jury.deliberation import deliberate
from results.models import PublishedResult, Release
from results.publication import release
from tests import factories
from tests.jobs import work
from tests.staff import client_of, messages_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_person")]

WITHDRAW = "admin:results_release_withdraw"


def test_withdrawing_asks_first_and_shows_what_goes(open_release, manager):
    page = manager.post(reverse(WITHDRAW), {"release": open_release.pk})
    assert "BTS, session 2026 – BTS Spécialité MINI, premier tour : ouverte" in text_of(page)
    open_release.refresh_from_db()
    assert open_release.withdrawn_at is None


def test_what_is_withdrawn_leaves_the_public_pages_with_a_message(open_release, manager):
    data = {"release": open_release.pk, "_confirm": "1", "message": "Vérification en cours."}
    answer = manager.post(reverse(WITHDRAW), data, follow=True)
    assert messages_of(answer) == ["1 publication retirée."]
    open_release.refresh_from_db()
    assert open_release.withdrawal_message == "Vérification en cours."
    assert open_release.withdrawn_by.username == "manager"
    assert not PublishedResult.objects.open().exists()


def test_withdrawing_twice_is_taken_politely(open_release, manager):
    data = {"release": open_release.pk, "_confirm": "1", "message": "Le premier message."}
    manager.post(reverse(WITHDRAW), data)
    answer = manager.post(reverse(WITHDRAW), data | {"message": "Un autre."}, follow=True)
    assert messages_of(answer)[-1] == "C’était déjà fait : rien n’est en ligne."
    open_release.refresh_from_db()
    assert open_release.withdrawal_message == "Le premier message."


def test_a_release_that_waits_can_be_withdrawn_too(open_release, manager):
    other = factories.session("BTS-2027", year=2027)
    factories.entry(session=other, marks=factories.ADMITTED)
    deliberate(other)
    (waiting,) = release.schedule(other, at=timezone.now() + timedelta(days=1))
    manager.post(reverse(WITHDRAW), {"release": waiting.pk, "_confirm": "1"})
    assert Release.objects.exclude(withdrawn_at=None).get() == waiting


def test_a_withdrawn_release_is_opened_again_from_the_session(open_release, manager):
    manager.post(reverse(WITHDRAW), {"release": open_release.pk, "_confirm": "1"})
    address = reverse("admin:candidates_session_schedule", args=[open_release.session_id])
    data = {"round": 1, "specialities": [open_release.speciality_id], "when": "now"}
    seen = manager.post(address, data).context["seen"]
    manager.post(address, data | {"_confirm": "1", "seen": seen})
    work()
    assert PublishedResult.objects.open().count() == 6


def test_several_are_chosen_in_the_list_and_confirmed_together(open_release, manager):
    other = factories.session("BTS-2027", year=2027)
    factories.entry(session=other, marks=factories.ADMITTED)
    deliberate(other)
    (second,) = release.schedule(other)
    page = manager.post(
        reverse("admin:results_release_changelist"),
        {"action": "withdraw_selected", "_selected_action": [open_release.pk, second.pk]},
    )
    assert {row["release"] for row in page.context["releases"]} == {open_release, second}
    answer = manager.post(
        reverse(WITHDRAW), {"release": [open_release.pk, second.pk], "_confirm": "1"}, follow=True
    )
    assert messages_of(answer) == ["2 publications retirées."]
    assert not Release.objects.filter(withdrawn_at=None).exists()


def test_an_operator_is_not_offered_the_action(open_release):
    page = client_of("operator").get(reverse("admin:results_release_changelist"))
    assert "withdraw_selected" not in text_of(page)
    answer = client_of("operator").post(
        reverse("admin:results_release_changelist"),
        {"action": "withdraw_selected", "_selected_action": [open_release.pk]},
    )
    assert "releases" not in (answer.context or {})
    open_release.refresh_from_db()
    assert open_release.withdrawn_at is None


@pytest.mark.parametrize("keys", [[], ["0"], ["nonsense"], ["²"]])
def test_keys_that_name_nothing_withdraw_nothing(keys, open_release, manager):
    answer = manager.post(reverse(WITHDRAW), {"release": keys, "_confirm": "1"}, follow=True)
    assert messages_of(answer) == ["C’était déjà fait : rien n’est en ligne."]
    open_release.refresh_from_db()
    assert open_release.withdrawn_at is None


@pytest.mark.parametrize(
    ("state", "listed"), [("open", True), ("coming", False), ("withdrawn", False), ("", True)]
)
def test_the_list_is_narrowed_by_state(state, listed, open_release, manager):
    page = manager.get(reverse("admin:results_release_changelist"), {"state": state})
    assert (open_release in page.context["cl"].result_list) == listed


def test_the_list_takes_few_queries(open_release, manager, django_assert_max_num_queries):
    # session and user (2), rights (2), filters (2), count, rows
    with django_assert_max_num_queries(9):
        manager.get(reverse("admin:results_release_changelist"))
