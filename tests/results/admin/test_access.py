"""Access to the staff's pages and actions, by role."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from candidates.models import Academy, Reading, School, Session
from results.models import Decision, JuryDecision, PublishedResult, Release
from results.publication import release
from tests.staff import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]

STAFF = ["operator", "manager", "superuser"]
OURS = [  # but the journal, which is one page: see `tests/candidates/trail`
    model
    for model in admin.site._registry
    if model._meta.app_label in {"candidates", "results"} and model is not Reading
]


def actions(people, session):
    """Return the URL of every action on an entry or a session, with the roles it refuses."""
    entry = people["admitted"].pk
    return {
        reverse("admin:candidates_entry_correct", args=[entry]): {"anonymous"},
        reverse("admin:candidates_entry_jury", args=[entry]): {"anonymous", "operator"},
        reverse("admin:candidates_session_lifecycle", args=[session.pk]): {"anonymous"},
        reverse("admin:candidates_session_add"): {"anonymous", "operator"},
        reverse("admin:candidates_session_deliberate", args=[session.pk]): {
            "anonymous",
            "operator",
        },
        reverse("admin:candidates_session_schedule", args=[session.pk]): {"anonymous", "operator"},
        reverse("admin:candidates_session_regulations", args=[session.pk]): {
            "anonymous",
            "operator",
        },
        reverse("admin:candidates_session_replace", args=[session.pk]): {"anonymous"},
        reverse("admin:results_release_withdraw"): {"anonymous", "operator"},
    }


POSTED = ("deliberer/", "publier/", "reprendre/", "retirer/")


@pytest.mark.parametrize("role", ["anonymous", *STAFF])
def test_each_action_is_open_to_whom_it_should_be(role, people, deliberated_session):
    client = client_of(role)
    for action, closed in actions(people, deliberated_session).items():
        send = client.post if action.endswith(POSTED) else client.get
        answer = send(action)
        if role == "anonymous":
            assert answer.url.startswith(reverse("admin:login")), action
        else:
            assert (answer.status_code == 403) == (role in closed), action


def test_what_is_closed_does_nothing(people, deliberated_session):
    operator = client_of("operator")
    decided = Decision.objects.count()
    release.schedule(deliberated_session)
    opened = Release.objects.get()
    for action, data in {
        reverse("admin:candidates_session_deliberate", args=[deliberated_session.pk]): {
            "round": "1"
        },
        reverse("admin:results_release_withdraw"): {"release": opened.pk, "_confirm": "1"},
        reverse("admin:candidates_entry_jury", args=[people["refused"].pk]): {
            "round": "1",
            "points": "50",
            "reason": "x",
            "_confirm": "1",
        },
    }.items():
        assert operator.post(action, data).status_code == 403
    opened.refresh_from_db()
    assert opened.withdrawn_at is None
    assert not JuryDecision.objects.exists()
    assert Decision.objects.count() == decided


def test_what_moves_a_session_is_never_done_by_a_link(deliberated_session):
    manager = client_of("manager")
    for name in ("deliberate", "schedule"):
        assert manager.get(address(Session, name, deliberated_session.pk)).status_code == 405
    assert manager.get(reverse("admin:results_release_withdraw")).status_code == 405


def address(model, page, *args):
    names = model._meta.app_label, model._meta.model_name, page
    return reverse("admin:{}_{}_{}".format(*names), args=args)


@pytest.mark.parametrize("role", [*STAFF, "auditor"])
def test_staff_may_look_at_every_list_and_row(role, people, deliberated_session):
    release.schedule(deliberated_session)
    client = client_of(role)
    for model in OURS:
        assert client.get(address(model, "changelist")).status_code == 200, model
        if row := model.objects.order_by("pk").first():
            assert client.get(address(model, "change", row.pk)).status_code == 200, model


def test_a_visitor_is_sent_to_the_door(client):
    for model in OURS:
        answer = client.get(address(model, "changelist"))
        assert answer.status_code == 302, model
        assert answer.url.startswith(reverse("admin:login")), model


@pytest.mark.parametrize("role", STAFF)
def test_nothing_that_a_result_rests_on_is_deleted_by_hand(role, people, deliberated_session):
    release.schedule(deliberated_session)
    client = client_of(role)
    for model in OURS:
        row = model.objects.order_by("pk").first()
        if row is None or (role == "superuser" and model in {School, Academy, Session}):
            continue
        answer = client.post(address(model, "delete", row.pk), {"post": "yes"})
        assert answer.status_code == 403, model
        assert model.objects.filter(pk=row.pk).exists(), model


def test_even_a_superuser_cannot_delete_a_session_that_has_entries(deliberated_session):
    answer = client_of("superuser").post(
        address(Session, "delete", deliberated_session.pk), {"post": "yes"}
    )
    assert answer.status_code == 403
    deliberated_session.refresh_from_db()


@pytest.mark.parametrize("role", STAFF)
def test_what_is_published_is_read_only_for_everyone(role, deliberated_session):
    release.schedule(deliberated_session)
    row = PublishedResult.objects.order_by("pk").first()
    page = address(PublishedResult, "change", row.pk)
    assert client_of(role).post(page, {"list_name": "AUTRE"}).status_code == 403
    assert PublishedResult.objects.get(pk=row.pk).list_name == row.list_name


def test_buttons_are_shown_to_those_who_may_press_them(people, deliberated_session):
    release.schedule(deliberated_session, at=timezone.now() + timedelta(days=2))
    lifecycle = reverse("admin:candidates_session_lifecycle", args=[deliberated_session.pk])
    entry = reverse("admin:candidates_entry_change", args=[people["admitted"].pk])
    for role, sees in (("operator", False), ("manager", True)):
        client = client_of(role)
        page = client.get(lifecycle).content.decode()
        for button in (
            "Délibérer de nouveau le premier tour",
            "Voir ce qui sera publié",
            "Retirer…",
        ):
            assert (button in page) == sees, button
        page = client.get(entry).content.decode()
        assert ("Décision du jury</a>" in page) == sees
        assert "Corriger</a>" in page


def test_an_account_without_rights_sees_nothing(
    people, deliberated_session, django_user_model, client
):
    user = django_user_model.objects.create_user("nouveau", is_staff=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for action in actions(people, deliberated_session):
        send = client.post if action.endswith(POSTED) else client.get
        assert send(action).status_code == 403, action
    assert "Inscriptions" not in client.get(reverse("admin:index")).content.decode()
