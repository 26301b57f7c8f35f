"""Several hands on the same diplomas at once: nothing made, printed, sent or collected twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from candidates.models import Message
from diplomas.dispatch import custody, dispatch, preparation
from diplomas.models import CustodyEvent, Diploma, DispatchBatch, EventKind, Route
from tests.diplomas import dispatched
from tests.diplomas.dispatched import diploma_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])

HANDS = 4


def at_once(call):
    """Make the same call in several threads at the same instant, each with its own connection."""
    together = Barrier(HANDS)

    def run(_hand):
        together.wait()
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(run, range(HANDS)))


@pytest.fixture
def individual_among_others():
    entry = dispatched.at_home(email="lea@exemple.fr")
    dispatched.at_school()
    dispatched.released()
    return entry


def test_diplomas_prepared_by_several_at_once_are_made_once(individual_among_others):
    made = at_once(lambda: preparation.prepare(individual_among_others.session)[1])
    assert sorted(made) == [0, 0, 0, 2]
    assert (Diploma.objects.count(), DispatchBatch.objects.count()) == (2, 2)


def test_each_step_taken_by_several_at_once_is_taken_once(individual_among_others):
    draft = dispatched.batch(Route.HOME, stage="DRAFT")
    sealed = {batch.sealed_at for batch in at_once(lambda: dispatch.seal(draft))}
    assert len(sealed) == 1
    at_once(lambda: dispatch.mark_printed(draft))
    at_once(lambda: dispatch.mark_sent(draft, on=dispatched.SENT_ON))
    events = list(diploma_of(individual_among_others).events.values_list("kind", flat=True))
    assert events == [EventKind.PRINTED, EventKind.POSTED]
    assert Message.objects.filter(key__startswith="diploma ").count() == 1


def test_a_diploma_handed_over_by_several_at_once_is_handed_over_once(individual_among_others):
    dispatched.batch(Route.HOME, stage="SENT")
    diploma = diploma_of(individual_among_others)
    at_once(lambda: custody.record(diploma, EventKind.RETURNED, by=None, cause="NPAI"))
    at_once(lambda: custody.record(diploma, EventKind.COLLECTED, by=None, collected_by="CANDIDATE"))
    assert CustodyEvent.objects.filter(diploma=diploma).count() == 4
