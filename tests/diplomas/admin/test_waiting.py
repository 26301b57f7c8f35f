"""Diplomas, batches and attestations that wait, on the first page of the admin."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from candidates.models import Entry
from diplomas.dispatch import dispatch, stop_list
from diplomas.models import CustodyEvent, EventKind, Route
from results.publication.correction import correction
from tests.diplomas import dispatched
from tests.staff import client_of, member

pytestmark = pytest.mark.django_db


def work(role="operator"):
    page = client_of(role).get(reverse("admin:index"))
    return {
        item["address"].partition("attente=")[2]: (item["count"], item["when"], item["address"])
        for item in page.context["work"]
    }


def listed(address):
    return list(client_of("operator").get(address).context["cl"].result_list)


def test_diplomas_that_came_back_wait_from_their_last_return_on():
    first, second, third = (dispatched.at_home(name) for name in ("ABEL", "BAUD", "CARO"))
    dispatched.released()
    dispatched.batch(Route.HOME, stage="SENT")
    assert work() == {}
    day = timezone.localdate()
    for entry, days in ((first, 9), (second, 3)):
        CustodyEvent.objects.create(
            diploma=dispatched.diploma_of(entry),
            kind=EventKind.RETURNED,
            cause="NPAI",
            day=day,
            recorded_at=timezone.now() - timedelta(days=days),
        )
    count, when, address = work()["revenus"]
    assert (count, when.endswith("(9 jours)")) == (2, True)
    assert [row.entry for row in listed(address)] == [first, second]
    assert third.pk not in {row.entry_id for row in listed(address)}


def test_diplomas_held_back_wait_from_then_on():
    entry = dispatched.at_school()
    dispatched.released()
    batch = dispatched.batch(stage="DRAFT")
    dispatch.hold(batch, [dispatched.diploma_of(entry)], reason="À vérifier.")
    count, when, address = work()["retenus"]
    assert count == 1
    assert when == f"{timezone.localtime(CustodyEvent.objects.get().recorded_at):%H:%M}"
    assert [row.entry for row in listed(address)] == [entry]


@pytest.mark.long
def test_a_batch_waits_while_a_diploma_of_it_is_on_the_stop_list():
    kept, refused = dispatched.at_school("ABEL"), dispatched.at_school("BAUD")
    dispatched.released()
    batch = dispatched.batch(stage="SEALED")
    with correction(kept, by=member("superuser"), reason="Une note de plus."):
        kept.marks.filter(test__code="U1").update(value=1900)
    assert stop_list.stopped_batches() == set(), "still admitted: the diploma says the same"
    assert "arretes" not in work()
    with correction(refused, by=member("superuser"), reason="Erreur."):
        refused.marks.update(value=100)
    assert stop_list.stopped_batches() == {batch.pk}
    count, _when, address = work()["arretes"]
    assert count == 1
    assert listed(address) == [batch]
    dispatch.hold(batch, [dispatched.diploma_of(refused)], reason="N’est plus admis.")
    assert "arretes" not in work()


@pytest.mark.parametrize("reason", ["withdrawn", "withheld", "no address"])
def test_the_batches_that_stop_are_found_for_each_reason_of_the_stop_list(reason):
    entry = dispatched.at_home()
    session = dispatched.released()
    batch = dispatched.batch(Route.HOME, stage="DRAFT")
    assert stop_list.stopped_batches() == set()
    if reason == "withdrawn":
        session.releases.update(withdrawn_at=timezone.now())
    elif reason == "withheld":
        with correction(entry, by=member("superuser"), reason="Procédure."):
            Entry.objects.filter(pk=entry.pk).update(withheld=True)
    else:
        dispatched.move(entry, city="", postcode="", address1="")
    assert stop_list.stops(batch)
    assert stop_list.stopped_batches() == {batch.pk}
