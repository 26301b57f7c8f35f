"""Many batches of a session take a step in one go; what must not is left out, and named."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from candidates.models import Job
from diplomas.dispatch import several
from diplomas.dispatch.steps import STEPS
from diplomas.models import CustodyEvent, Diploma, DispatchBatch, EventKind, Route
from tests import factories, jobs
from tests.diplomas import dispatched, published
from tests.staff import client_of, member, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]

UAI = ("0750650Z", "0750651A", "0750652B", "0750653C", "0750654D")
LIST = "admin:diplomas_dispatchbatch_changelist"


def town(schools=3):
    """Pupils of several schools and one at home, in batches in preparation."""
    pupils = [
        dispatched.at_school(name, school=factories.school(UAI[n], name=f"Lycée {name}"))
        for n, name in enumerate(("ABEL", "BENOIT", "CARON", "DENIS", "EVRARD")[:schools])
    ]
    dispatched.at_home()
    dispatched.released()
    dispatched.batches()
    return pupils


def page_of(step):
    return reverse(STEPS[step].page_of_several, args=[factories.session().pk])


def confirm(client, step, batches=None):
    """Tick what the page ticks by itself, or `batches`, confirm; return what the job says."""
    rows = client.get(page_of(step)).context["rows"]
    keys = [row.batch.pk for row, ticked in rows if ticked] if batches is None else batches
    today = timezone.localdate().isoformat()
    client.post(page_of(step), {"batch": keys, "day": today, "_confirm": "1"}, follow=True)
    jobs.work()
    return jobs.said(Job.objects.latest("pk"))


def test_all_batches_of_a_session_go_from_preparation_to_the_schools_in_two_clicks_a_step():
    pupils = town()
    manager = client_of("manager")
    for step, moved in (("sceller", 4), ("imprimer", 4), ("envoyer", 4), ("arrive", 3)):
        assert page_of(step) in text_of(manager.get(reverse(LIST)))
        said = confirm(manager, step)
        assert said == [f"Lots avancés : {moved}, avec {moved} diplômes."]
    assert {dispatched.diploma_of(pupil).state for pupil in pupils} == {"ARRIVED"}
    assert set(DispatchBatch.objects.values_list("size", "sent_by__username")) == {(1, "manager")}
    assert Diploma.objects.get(batch__route=Route.HOME).state == "POSTED"
    assert set(Diploma.objects.values_list("position", flat=True)) == {1}
    assert "Faire avancer" not in text_of(manager.get(reverse(LIST)))


def test_a_batch_on_the_stop_list_is_left_out_and_named_and_the_others_go():
    stopped, *_others = town()
    published.withhold(stopped)
    manager = client_of("manager")
    batch = dispatched.diploma_of(stopped).batch
    assert "1 diplôme sur la liste d’arrêt" in text_of(manager.get(page_of("sceller")))
    assert confirm(manager, "sceller") == ["Lots avancés : 3, avec 3 diplômes."]
    keys = list(DispatchBatch.objects.values_list("pk", flat=True))
    done = several.take(STEPS["sceller"], factories.session(), keys, day=None, by=member("manager"))
    assert (done.moved, [row.batch for row in done.left_out]) == ([], [batch])
    assert not DispatchBatch.objects.get(pk=batch.pk).sealed_at


def test_what_is_stopped_after_the_confirmation_is_left_out_by_the_job():
    stopped, *_others = town()
    manager, keys = client_of("manager"), list(DispatchBatch.objects.values_list("pk", flat=True))
    manager.post(page_of("sceller"), {"batch": keys})
    published.withhold(stopped)
    jobs.work()
    batch = dispatched.diploma_of(stopped).batch
    assert jobs.said(Job.objects.latest("pk")) == [
        "Lots avancés : 3, avec 3 diplômes.",
        f"Laissé : {batch} ({batch.school}), 1 diplôme sur la liste d’arrêt.",
    ]


def test_a_step_asked_twice_is_taken_once():
    town()
    keys = list(DispatchBatch.objects.values_list("pk", flat=True))
    session, by = factories.session(), member("manager")
    for step in ("sceller", "imprimer", "imprimer"):
        done = several.take(STEPS[step], session, keys, day=None, by=by)
    assert (done.moved, done.left_out) == ([], [])
    assert CustodyEvent.objects.filter(kind=EventKind.PRINTED).count() == 4


def test_batches_of_another_stage_or_session_and_bad_days_are_refused():
    town()
    manager = client_of("manager")
    other = dispatched.batch(Route.HOME, stage="SENT")
    refused = manager.post(page_of("sceller"), {"batch": [other.pk]})
    assert refused.context["batches_form"].errors
    assert "Cochez au moins un lot" in text_of(manager.post(page_of("sceller"), {"day": ""}))
    confirm(manager, "sceller"), confirm(manager, "imprimer")
    key = DispatchBatch.objects.filter(sent_on=None).first().pk
    for day in ("2999-01-01", "2020-01-01", ""):
        answer = manager.post(page_of("envoyer"), {"batch": [key], "day": day})
        assert answer.context["day_form"].errors["day"]
    assert several.look(STEPS["envoyer"], factories.session("BTS-2027", year=2027)) == []


@pytest.mark.parametrize(
    ("role", "seal", "arrive"),
    [("manager", 200, 200), ("operator", 403, 200), ("secretary", 403, 403), ("auditor", 403, 403)],
)
def test_each_step_is_for_who_may_take_it(role, seal, arrive):
    town(1)
    client = client_of(role)
    assert client.get(page_of("sceller")).status_code == seal
    assert client.get(page_of("arrive")).status_code == arrive


def test_five_batches_cost_the_queries_of_two():
    town(5)
    session, by = factories.session(), member("manager")
    keys = list(DispatchBatch.objects.order_by("route", "pk").values_list("pk", flat=True))
    for step in STEPS.values():
        costs = []
        for some in (keys[:2], keys[2:]):
            with CaptureQueriesContext(connection) as made:
                several.take(step, session, some, day=timezone.localdate(), by=by)
            costs.append(len(made))
        assert costs[1] <= costs[0], step.name
