"""The office's pages for batches and diplomas: each step confirmed, by who may, and done once."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from candidates.models import ReDispatch
from diplomas.dispatch import custody, dispatch
from diplomas.models import CustodyEvent, Diploma, DiplomaState, DispatchBatch, EventKind, Route
from results.models import Release
from results.publication import release
from tests import factories
from tests.diplomas import dispatched, published
from tests.diplomas.dispatched import diploma_of
from tests.staff import client_of, member, messages_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]

BATCHES, DIPLOMAS = "admin:diplomas_dispatchbatch_", "admin:diplomas_diploma_"
STEPS = ("sceller", "imprimer", "envoyer", "arrive")


@pytest.fixture
def pupil_among_others():
    entry = dispatched.at_school(school=factories.school())
    dispatched.at_home()
    dispatched.released()
    return entry


def today():
    return timezone.localdate().isoformat()


def at(page, *args, of=BATCHES):
    return reverse(f"{of}{page}", args=args)


def take(client, batch, step, **data):
    """Confirm a step of a batch; return the messages of the page."""
    asked = {"day": today(), "_confirm": "1", **data}
    return messages_of(client.post(at(step, batch.pk), asked, follow=True))


def prepare(client, session, **data):
    return client.post(at("preparer"), {"session": session.pk, "route": "", **data}, follow=True)


# Batches ------------------------------------------------------------------------------------------


def test_preparing_shows_what_waits_first_and_then_makes_it(manager, pupil_among_others):
    page = text_of(prepare(manager, pupil_among_others.session))
    assert "Lycée des Exemples (0750655E)" in page
    assert not DispatchBatch.objects.exists()
    shown = messages_of(prepare(manager, pupil_among_others.session, _confirm="1"))
    assert shown == ["BTS-2026 : 2 diplômes préparés, en 2 lots."]
    again = messages_of(prepare(manager, pupil_among_others.session, _confirm="1"))
    assert again == ["Aucun diplôme n’attendait d’être préparé."]
    assert DispatchBatch.objects.count() == 2


def test_a_batch_goes_from_its_preparation_to_the_school(manager, pupil_among_others):
    batch = dispatched.batch(stage="DRAFT")
    for step in STEPS:
        page = text_of(manager.get(at("change", batch.pk)))
        assert f"/{step}/" in page
        assert "1 diplôme." in text_of(manager.get(at(step, batch.pk)))
        assert len(take(manager, batch, step, tracking="RR1FR")) == 1
    batch.refresh_from_db()
    assert (batch.stage, batch.tracking, batch.sent_by.username) == ("SENT", "RR1FR", "manager")
    assert diploma_of(pupil_among_others).state == DiplomaState.ARRIVED
    assert LogEntry.objects.filter(content_type__model="dispatchbatch").count() == len(STEPS)


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_asked_before_it_is_done_and_a_second_press_is_taken_politely(
    manager, pupil_among_others, step
):
    before = {"sceller": "DRAFT", "imprimer": "SEALED", "envoyer": "PRINTED", "arrive": "SENT"}
    batch = dispatched.batch(stage=before[step])
    events = CustodyEvent.objects.count()
    manager.get(at(step, batch.pk))
    batch.refresh_from_db()
    assert (batch.stage, CustodyEvent.objects.count()) == (before[step], events)
    take(manager, batch, step)
    done = CustodyEvent.objects.count()
    take(manager, batch, step)
    assert CustodyEvent.objects.count() == done


@pytest.mark.parametrize("day", ["", "2999-01-01", "2020-01-01", "hier"])
def test_a_day_that_makes_no_sense_is_refused_beside_its_field(manager, pupil_among_others, day):
    batch = dispatched.batch(stage="PRINTED")
    answer = manager.post(at("envoyer", batch.pk), {"day": day, "tracking": ""})
    assert answer.status_code == 200
    assert answer.context["form"].errors["day"]
    assert not DispatchBatch.objects.filter(sent_on__isnull=False)


def test_a_batch_with_a_stop_list_says_so_and_leaves_once_it_is_held(manager, pupil_among_others):
    batch = dispatched.batch(stage="PRINTED")
    published.withhold(pupil_among_others)
    page = text_of(manager.get(at("change", batch.pk)))
    assert "Liste d’arrêt" in page
    assert "résultat suspendu" in page
    assert "retenez-le d’abord" in text_of(manager.get(at("envoyer", batch.pk)))
    assert "liste d’arrêt" in take(manager, batch, "envoyer")[0]
    held = {"diploma": diploma_of(pupil_among_others).pk, "reason": ""}
    assert "motif" in messages_of(manager.post(at("retenir", batch.pk), held, follow=True))[0]
    held["reason"] = "Résultat suspendu."
    shown = messages_of(manager.post(at("retenir", batch.pk), held, follow=True))
    assert shown == ["1 diplôme retenu."]
    assert diploma_of(pupil_among_others).state == DiplomaState.HELD


@pytest.mark.parametrize("key", ["9" * 30, "9" * 5000, "0", "\0"])
def test_a_diploma_that_is_not_in_the_batch_is_not_said_to_be_held(
    manager, pupil_among_others, key
):
    batch = dispatched.batch(stage="PRINTED")
    asked = {"diploma": [key, diploma_of(pupil_among_others).pk], "reason": "Doute."}
    shown = messages_of(manager.post(at("retenir", batch.pk), asked, follow=True))
    assert shown == ["Choisissez des diplômes de ce lot et écrivez le motif."]
    assert diploma_of(pupil_among_others).state == DiplomaState.PRINTED


@pytest.mark.parametrize(("role", "closed"), [("operator", True), ("manager", False)])
def test_managers_move_batches_and_operators_look_at_them(role, closed, pupil_among_others):
    client = client_of(role)
    batch = dispatched.batch(stage="SEALED")
    assert client.get(at("changelist")).status_code == 200
    assert client.get(at("change", batch.pk)).status_code == 200
    doors = [at("preparer"), *(at(step, batch.pk) for step in STEPS[:3])]
    doors += [at("bordereau", batch.pk), at("index", batch.pk)]
    for door in doors:
        assert (client.get(door).status_code == 403) == closed, door
    posted = client.post(at("retenir", batch.pk), {"diploma": "1", "reason": "x"})
    assert (posted.status_code == 403) == closed
    assert client.get(at("arrive", batch.pk)).status_code == 200


def test_a_stranger_is_sent_to_sign_in(client, pupil_among_others):
    batch = dispatched.batch()
    for page in ("change", "sceller", "bordereau", "index"):
        assert client.get(at(page, batch.pk)).url.startswith(reverse("admin:login"))


def test_nothing_can_be_printed_before_the_seal(manager, pupil_among_others):
    draft = dispatched.batch(stage="DRAFT")
    assert manager.get(at("bordereau", draft.pk)).status_code == 404
    assert manager.get(at("index", draft.pk)).status_code == 404


def test_the_documents_of_a_batch_are_downloaded_and_the_log_says_by_whom(
    manager, pupil_among_others
):
    for batch in map(dispatch.seal, dispatched.batches()):
        answer = manager.get(at("bordereau", batch.pk))
        if batch.route == Route.HOME:
            assert answer.status_code == 404
            answer = manager.get(at("index", batch.pk))
        assert batch.reference in answer["Content-Disposition"]
    assert LogEntry.objects.filter(change_message="Documents téléchargés").count() == 2


# Diplomas -----------------------------------------------------------------------------------------


def record(client, diploma, kind, **data):
    asked = {"day": today(), "note": "", **data}
    return client.post(at("noter", diploma.pk, kind, of=DIPLOMAS), asked, follow=True)


@pytest.fixture
def sent_to_school(pupil_among_others):
    dispatched.batch(stage="SENT")
    return diploma_of(pupil_among_others)


def test_an_operator_notes_who_collected_a_diploma(sent_to_school):
    operator = client_of("operator")
    assert "Noter la remise" in text_of(operator.get(at("change", sent_to_school.pk, of=DIPLOMAS)))
    record(operator, sent_to_school, "COLLECTED", collected_by="PROXY", proxy_name=" Zoé Tiers ")
    event = sent_to_school.events.get(kind="COLLECTED")
    assert (event.proxy_name, event.by.username) == ("Zoé Tiers", "operator")
    page = text_of(operator.get(at("change", sent_to_school.pk, of=DIPLOMAS)))
    assert "Zoé Tiers" in page
    assert "Noter" not in page.split("Ce qui s’est passé")[0]


def test_a_proxy_without_a_name_is_refused_beside_the_field(sent_to_school, manager):
    answer = record(manager, sent_to_school, "COLLECTED", collected_by="PROXY", proxy_name="  ")
    assert answer.context["form"].errors["proxy_name"]
    assert not sent_to_school.events.filter(kind="COLLECTED")


def test_the_name_of_a_proxy_is_forgotten_when_the_candidate_came(sent_to_school, manager):
    record(manager, sent_to_school, "COLLECTED", collected_by="CANDIDATE", proxy_name="Zoé Tiers")
    assert sent_to_school.events.get(kind="COLLECTED").proxy_name == ""


def test_a_second_press_notes_nothing_twice(sent_to_school, manager):
    for _ in range(2):
        answer = record(manager, sent_to_school, "RETURNED", cause="NPAI")
    assert messages_of(answer)[-1] == "C’était déjà noté."
    assert sent_to_school.events.filter(kind="RETURNED").count() == 1


def test_what_cannot_happen_is_refused_in_words(sent_to_school, manager):
    answer = record(manager, sent_to_school, "SENT_AGAIN")
    assert "ne peut pas être" in messages_of(answer)[0]
    assert (
        manager.get(f"/gestion/diplomas/diploma/{sent_to_school.pk}/noter/PRINTED/").status_code
        == 404
    )


@pytest.fixture
def returned_home(individual):
    """A diploma that the post brought back: unknown at this address."""
    dispatched.batch(Route.HOME, stage="SENT")
    diploma = diploma_of(individual)
    custody.record(diploma, EventKind.RETURNED, by=None, cause="NPAI", day=dispatched.SENT_ON)
    return diploma


def test_a_failed_address_is_shown_with_a_warning_and_confirmed(returned_home):
    operator = client_of("operator")
    page = at("noter", returned_home.pk, "SENT_AGAIN", of=DIPLOMAS)
    shown = text_of(operator.get(page))
    assert "12 RUE DES LILAS, 75011 PARIS" in shown
    assert "C’est l’adresse d’où il vient de revenir (NPAI)" in shown
    assert "Confirmez, ou attendez" in text_of(operator.post(page, {"day": today()}))
    record(operator, returned_home, "SENT_AGAIN", same_address="on")
    returned_home.refresh_from_db()
    assert returned_home.state == DiplomaState.SENT_AGAIN


def test_a_new_address_is_shown_and_needs_no_confirmation(returned_home):
    dispatched.move(returned_home.entry, city="LYON")
    operator = client_of("operator")
    shown = text_of(operator.get(at("noter", returned_home.pk, "SENT_AGAIN", of=DIPLOMAS)))
    assert "12 RUE DES LILAS, 75011 LYON" in shown
    assert "NPAI" not in shown
    record(operator, returned_home, "SENT_AGAIN")
    returned_home.refresh_from_db()
    assert returned_home.state == DiplomaState.SENT_AGAIN


def test_many_are_sent_again_in_one_go_but_those_that_have_not_come_back():
    entry, other = dispatched.at_home(), dispatched.at_home("CARON", number="26ELSEWHERE")
    dispatched.released()
    dispatched.batch(Route.HOME, stage="SENT")
    returned_home = diploma_of(entry)
    custody.record(returned_home, EventKind.RETURNED, by=None, cause="NPAI", day=dispatched.SENT_ON)
    dispatched.move(entry, city="LYON")
    for one in (entry, other):
        ReDispatch.objects.create(entry=one, kind=custody.MAILING, label="Diplôme")
    questions = list(ReDispatch.objects.order_by("pk").values_list("pk", flat=True))
    data = {"action": "send_again", "_selected_action": questions}
    page = client_of("operator").post("/gestion/candidates/redispatch/", data, follow=True)
    done, refused = messages_of(page)
    assert done == "1 envoi décidé."
    assert refused.startswith("26ELSEWHERE – Ce diplôme ne nous est pas revenu")
    returned_home.refresh_from_db()
    assert returned_home.state == DiplomaState.SENT_AGAIN
    assert list(ReDispatch.objects.undecided().values_list("entry", flat=True)) == [other.pk]


def test_one_that_has_not_come_back_is_refused_on_its_page_and_nothing_said_to_be_saved(
    individual,
):
    dispatched.batch(Route.HOME, stage="SENT")
    row = ReDispatch.objects.create(entry=individual, kind=custody.MAILING, label="Diplôme")
    page = f"/gestion/candidates/redispatch/{row.pk}/change/"
    answer = client_of("operator").post(page, {"state": "SENT_AGAIN", "note": ""}, follow=True)
    (said,) = messages_of(answer)
    assert "ne nous est pas revenu" in said
    row.refresh_from_db()
    assert row.state == "TO_DECIDE"


@pytest.mark.parametrize(("role", "links"), [("operator", False), ("superuser", True)])
def test_who_prepared_a_batch_is_a_link_only_for_who_may_open_it(pupil_among_others, role, links):
    batch = dispatched.batch(stage="DRAFT")
    DispatchBatch.objects.filter(pk=batch.pk).update(created_by=member("manager"))
    client = client_of(role)
    page = client.get(at("change", batch.pk)).content.decode()
    assert "manager" in page
    user = reverse("admin:auth_user_change", args=[member("manager").pk])
    assert (f'href="{user}"' in page) is links
    assert (client.get(user).status_code == 200) is links


def test_a_held_diploma_is_put_back_by_a_manager_only(pupil_among_others, manager):
    batch = dispatched.batch(stage="SEALED")
    dispatch.hold(batch, [diploma_of(pupil_among_others)], reason="Doute.")
    back = at("remettre", diploma_of(pupil_among_others).pk, of=DIPLOMAS)
    assert client_of("operator").post(back).status_code == 403
    assert manager.get(back).status_code == 405
    assert "Remis dans le lot" in messages_of(manager.post(back, follow=True))[0]
    assert diploma_of(pupil_among_others).batch is not None


@pytest.mark.parametrize("typed", ["ALBERT", "albert léa", "number", "register"])
def test_a_diploma_is_found_by_name_or_number_and_the_address_names_nobody(
    sent_to_school, manager, typed, pupil_among_others
):
    dispatched.batch(Route.HOME)
    words = {"number": pupil_among_others.number, "register": sent_to_school.number}.get(
        typed, typed
    )
    answer = manager.post(at("changelist", of=DIPLOMAS), {"q": words}, follow=True)
    page = answer.content.decode()
    assert "ALBERT" in page
    assert "BRUN" not in page
    assert "albert" not in answer.redirect_chain[0][0].lower()


def test_while_a_release_is_withdrawn_the_page_of_the_batch_still_opens(manager, sent_to_school):
    release.withdraw(Release.objects.get(), by=member("superuser"))
    assert manager.get(at("change", sent_to_school.batch.pk)).status_code == 200


def test_the_lists_cost_the_same_queries_however_long(manager, django_assert_max_num_queries):
    for name in ("ABEL", "BENOIT", "CARON", "DENIS"):
        dispatched.at_school(name)
    dispatched.released()
    dispatched.batch()
    assert Diploma.objects.count() == 4
    with django_assert_max_num_queries(12):
        manager.get(at("changelist", of=DIPLOMAS))
    with django_assert_max_num_queries(12):
        manager.get(at("changelist"))


def test_a_diploma_that_left_and_is_due_no_more_is_found_by_the_office(pupil_among_others):
    dispatched.batch(stage="SENT")
    dispatched.batch(Route.HOME, stage="SENT")
    not_due = f"{at('changelist', of=DIPLOMAS)}?resultat=plus-admis"
    operator = client_of("operator")
    assert list(operator.get(not_due).context["cl"].result_list) == []
    published.withhold(pupil_among_others)
    assert list(operator.get(not_due).context["cl"].result_list) == [diploma_of(pupil_among_others)]
