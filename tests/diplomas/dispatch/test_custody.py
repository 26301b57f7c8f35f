"""Each diploma has one chain of custody, and PostgreSQL itself holds it."""

import datetime
from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction

from candidates.address_changes import redispatches
from candidates.models import AddressChange, ReDispatch
from candidates.models.requests import TransitionError
from diplomas.dispatch import custody
from diplomas.models import CustodyEvent, Diploma, DiplomaState, EventKind, Route
from results.models import PublishedResult
from tests.diplomas import dispatched, published
from tests.diplomas.dispatched import diploma_of
from tests.staff import member

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 11, 23)
DETAILS = {
    EventKind.COLLECTED: {"collected_by": "CANDIDATE"},
    EventKind.RETURNED: {"cause": "NPAI"},
    EventKind.HELD: {"note": "Motif."},
}


@pytest.fixture
def posted_home():
    """A diploma posted to a home."""
    entry = dispatched.at_home()
    dispatched.released()
    dispatched.batch(Route.HOME, stage="SENT")
    return diploma_of(entry)


def state_of(diploma):
    return Diploma.objects.get(pk=diploma.pk).state


def test_the_database_lets_follow_what_the_table_says_and_nothing_else():
    with connection.cursor() as cursor:
        for state, kind in product(DiplomaState, EventKind):
            cursor.execute("SELECT %s = ANY (diplomas_may_follow(%s))", [kind, state])
            assert cursor.fetchone()[0] == (kind in custody.LEADS_TO[state]), (state, kind)


@pytest.mark.parametrize("kind", EventKind)
def test_what_cannot_follow_is_refused_by_the_function_and_by_the_database(posted_home, kind):
    if kind in custody.LEADS_TO[DiplomaState.POSTED] or kind == EventKind.POSTED:
        return
    with pytest.raises(TransitionError):
        custody.record(posted_home, kind, by=None, **DETAILS.get(kind, {}))
    with pytest.raises(IntegrityError, match="it cannot be"), transaction.atomic():
        CustodyEvent.objects.create(
            diploma=posted_home, kind=kind, day=TODAY, **DETAILS.get(kind, {})
        )
    assert state_of(posted_home) == DiplomaState.POSTED


def test_the_state_of_a_diploma_is_what_happened_to_it_last(posted_home):
    custody.record(posted_home, EventKind.RETURNED, by=None, cause="UNCLAIMED")
    assert state_of(posted_home) == DiplomaState.RETURNED
    custody.record(
        posted_home, EventKind.COLLECTED, by=None, collected_by="PROXY", proxy_name="A. Brun"
    )
    assert state_of(posted_home) == DiplomaState.COLLECTED
    assert [event.kind for event in posted_home.events.all()] == [
        "PRINTED",
        "POSTED",
        "RETURNED",
        "COLLECTED",
    ]


def test_a_double_click_writes_one_event(posted_home):
    first = custody.record(posted_home, EventKind.RETURNED, by=None, cause="NPAI")
    again = custody.record(posted_home, EventKind.RETURNED, by=None, cause="OTHER")
    assert first == again
    assert posted_home.events.filter(kind="RETURNED").count() == 1


def test_a_diploma_once_collected_is_never_collected_again(posted_home):
    custody.record(posted_home, EventKind.RETURNED, by=None, cause="NPAI")
    custody.record(posted_home, EventKind.COLLECTED, by=None, collected_by="CANDIDATE")
    with pytest.raises(TransitionError):
        custody.record(posted_home, EventKind.RETURNED, by=None, cause="NPAI")
    with pytest.raises(IntegrityError), transaction.atomic():
        CustodyEvent.objects.create(
            diploma=posted_home, kind="COLLECTED", day=TODAY, collected_by="CANDIDATE"
        )


@pytest.mark.parametrize(
    ("kind", "details", "constraint"),
    [
        ("COLLECTED", {}, "says_by_whom"),
        ("COLLECTED", {"collected_by": "PROXY"}, "proxy_has_a_name"),
        ("COLLECTED", {"collected_by": "CANDIDATE", "proxy_name": "X"}, "proxy_has_a_name"),
        ("SENT_AGAIN", {"collected_by": "CANDIDATE"}, "says_by_whom"),
    ],
)
def test_an_event_without_what_it_must_say_is_refused(posted_home, kind, details, constraint):
    custody.record(posted_home, EventKind.RETURNED, by=None, cause="NPAI")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CustodyEvent.objects.create(diploma=posted_home, kind=kind, day=TODAY, **details)


def test_a_return_says_why(posted_home):
    with pytest.raises(IntegrityError, match="returned_says_why"), transaction.atomic():
        CustodyEvent.objects.create(diploma=posted_home, kind="RETURNED", day=TODAY)


@pytest.mark.parametrize("change", [{"day": TODAY}, {"note": "autre"}, {"kind": "HELD"}])
def test_the_chain_is_only_added_to(posted_home, change):
    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic():
        posted_home.events.update(**change)
    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic():
        posted_home.events.all().delete()


def test_nobody_writes_the_state_by_hand(posted_home):
    with pytest.raises(IntegrityError, match="follows from its events"), transaction.atomic():
        Diploma.objects.filter(pk=posted_home.pk).update(state=DiplomaState.COLLECTED)


def test_a_diploma_is_never_deleted_not_even_before_anything_happened_to_it():
    entry = dispatched.at_home()
    dispatched.released()
    dispatched.batch(Route.HOME, stage="DRAFT")
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        diploma_of(entry).delete()


def test_an_entry_has_one_diploma_at_the_most():
    entry = dispatched.at_home()
    dispatched.released()
    draft = dispatched.batch(Route.HOME, stage="DRAFT")
    result = diploma_of(entry).published_result
    with pytest.raises(IntegrityError, match="duplicate key"), transaction.atomic():
        Diploma.objects.create(entry=entry, published_result=result, batch=draft)


def test_a_diploma_sent_again_goes_to_where_its_candidate_lives_now(posted_home):
    custody.record(posted_home, EventKind.RETURNED, by=None, cause="NPAI")
    dispatched.move(posted_home.entry, address1="3 RUE DES ACACIAS", postcode="69003", city="LYON")
    again = custody.record(posted_home, EventKind.SENT_AGAIN, by=None, tracking="RR987654321FR")
    assert again.address["city"] == "LYON"
    assert diploma_of(posted_home.entry).address["city"] == "PARIS"


def test_sending_again_settles_the_question_of_the_moved_candidate(posted_home):
    change = AddressChange.objects.create(
        entry=posted_home.entry,
        reference="ADR-0000-0000",
        form_key="k",
        old={},
        new={"city": "LYON"},
    )
    ReDispatch.objects.create(
        entry=posted_home.entry, change=change, kind=custody.MAILING, label="x"
    )
    custody.record(posted_home, EventKind.RETURNED, by=None, cause="UNCLAIMED")
    custody.record(posted_home, EventKind.SENT_AGAIN, by=member("operator"))
    question = ReDispatch.objects.get()
    assert question.state == ReDispatch.State.SENT_AGAIN
    assert question.decided_by.username == "operator"


@pytest.fixture
def moved(posted_home):
    """The question about a posted diploma whose candidate has moved."""
    dispatched.move(posted_home.entry, address1="3 RUE DES ACACIAS", postcode="69003", city="LYON")
    return ReDispatch.objects.create(entry=posted_home.entry, kind=custody.MAILING, label="x")


def test_a_diploma_that_has_not_come_back_is_not_said_to_be_sent_again(posted_home, moved):
    with pytest.raises(TransitionError, match="ne nous est pas revenu"):
        redispatches.decide(moved, state="SENT_AGAIN", by=member("operator"))
    moved.refresh_from_db()
    assert (moved.state, state_of(posted_home)) == ("TO_DECIDE", DiplomaState.POSTED)


def test_a_question_decided_as_sent_again_moves_the_chain_of_the_diploma(posted_home, moved):
    custody.record(posted_home, EventKind.RETURNED, by=None, cause="NPAI")
    for _twice in range(2):
        row = redispatches.decide(moved, state="SENT_AGAIN", by=member("operator"), note="Vu.")
    assert (row.state, row.note) == ("SENT_AGAIN", "Vu.")
    assert state_of(posted_home) == DiplomaState.SENT_AGAIN
    event = posted_home.events.get(kind="SENT_AGAIN")
    assert (event.address["city"], event.by) == ("LYON", member("operator"))


def test_who_moves_once_more_while_it_is_on_its_way_is_not_said_to_be_sent_it(posted_home, moved):
    custody.record(posted_home, EventKind.RETURNED, by=None, cause="NPAI")
    redispatches.decide(moved, state="SENT_AGAIN", by=member("operator"))
    again = ReDispatch.objects.create(entry=posted_home.entry, kind=custody.MAILING, label="x")
    with pytest.raises(TransitionError, match="ne nous est pas revenu"):
        redispatches.decide(again, state="SENT_AGAIN", by=member("operator"))


def test_an_address_that_has_just_failed_is_not_used_again_unless_confirmed(posted_home):
    for _twice in range(2):
        custody.record(posted_home, EventKind.RETURNED, by=None, cause="NPAI")
        with pytest.raises(custody.FailedAddress):
            custody.record(posted_home, EventKind.SENT_AGAIN, by=None)
        assert state_of(posted_home) == DiplomaState.RETURNED
        custody.record(posted_home, EventKind.SENT_AGAIN, by=None, same_address=True)
        posted_home.refresh_from_db()


def test_the_address_that_failed_is_the_last_one_that_it_was_sent_to(posted_home):
    custody.record(posted_home, EventKind.RETURNED, by=None, cause="NPAI")
    dispatched.move(posted_home.entry, city="LYON")
    custody.record(posted_home, EventKind.SENT_AGAIN, by=None)
    custody.record(posted_home, EventKind.RETURNED, by=None, cause="NPAI")
    assert custody.goes_to_failed_address(posted_home)
    dispatched.move(posted_home.entry, city="PARIS")
    assert not custody.goes_to_failed_address(posted_home)


def test_what_nobody_claimed_may_go_to_the_same_address(posted_home):
    custody.record(posted_home, EventKind.RETURNED, by=None, cause="UNCLAIMED")
    custody.record(posted_home, EventKind.SENT_AGAIN, by=None)
    assert state_of(posted_home) == DiplomaState.SENT_AGAIN


def no_more_admitted(entry):
    published.correct(entry, 100)


@pytest.mark.parametrize("change", [published.withhold, no_more_admitted])
def test_a_diploma_that_came_back_stays_when_its_candidate_is_admitted_no_more(
    posted_home, moved, change
):
    custody.record(posted_home, EventKind.RETURNED, by=None, cause="UNCLAIMED")
    change(posted_home.entry)
    with pytest.raises(TransitionError, match="pas de résultat publié qui l’admette"):
        redispatches.decide(moved, state="SENT_AGAIN", by=member("operator"))
    with pytest.raises(TransitionError, match="pas de résultat publié qui l’admette"):
        custody.record(posted_home, EventKind.SENT_AGAIN, by=None, same_address=True)
    moved.refresh_from_db()
    assert (moved.state, state_of(posted_home)) == ("TO_DECIDE", DiplomaState.RETURNED)


@pytest.mark.parametrize("situation", ["refused", "control", "absent", "withheld"])
def test_the_database_makes_no_diploma_for_who_is_not_admitted(situation):
    people = published.people()
    dispatched.batches()
    result = PublishedResult.objects.get(entry=people[situation])
    draft = diploma_of(people["admitted"]).batch
    with pytest.raises(IntegrityError, match="no open admitted result"), transaction.atomic():
        Diploma.objects.create(entry=people[situation], published_result=result, batch=draft)


def test_many_are_noted_at_once_and_what_does_not_allow_it_stays_as_it_is():
    there, not_yet = dispatched.at_school("ABEL"), dispatched.at_home("BRUN")
    dispatched.released()
    dispatched.batch(stage="ARRIVED")
    dispatched.batch(Route.HOME, stage="PRINTED")
    noted = {"by": None, "day": TODAY, "collected_by": CustodyEvent.CollectedBy.CANDIDATE}
    moved = custody.record_all(Diploma.objects.all(), EventKind.COLLECTED, **noted)
    assert moved == [diploma_of(there)]
    assert diploma_of(not_yet).state == DiplomaState.PRINTED
    assert custody.record_all(Diploma.objects.all(), EventKind.COLLECTED, **noted) == []
    with pytest.raises(ValueError, match="SENT_AGAIN"):
        custody.record_all(Diploma.objects.all(), EventKind.SENT_AGAIN, by=None, day=TODAY)
