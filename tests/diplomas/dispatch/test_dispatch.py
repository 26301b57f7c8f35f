"""Batches of diplomas: who is in them, what sealing freezes, and what must not leave."""

import datetime
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from candidates.models import Entry, School
from candidates.models.requests import TransitionError
from diplomas.dispatch import custody, dispatch, preparation, stop_list
from diplomas.models import CustodyEvent, Diploma, DiplomaState, DispatchBatch, EventKind, Route
from results.jury.deliberation import deliberate
from results.models import PublishedResult, Release
from results.publication import release
from results.publication.correction import correction
from tests import factories
from tests.databases import purge
from tests.diplomas import dispatched, published
from tests.diplomas.dispatched import diploma_of
from tests.staff import member

pytestmark = pytest.mark.django_db

ELSEWHERE = "0750654D"


def numbers(batch):
    return [d.entry.number for d in batch.diplomas.select_related("entry").order_by("position")]


def rename(entry, name):
    with correction(entry, by=member("superuser"), reason="Erreur d’état civil."):
        type(entry.candidate).objects.filter(pk=entry.candidate_id).update(birth_name=name)


def reasons(batch):
    return [stop.reason for stop in stop_list.stops(batch)]


# Preparing ----------------------------------------------------------------------------------------


def test_each_school_has_a_batch_and_the_homes_have_one():
    here, there = dispatched.at_school(), dispatched.at_school(school=factories.school(ELSEWHERE))
    home = dispatched.at_home()
    dispatched.released()
    found = {(batch.route, batch.school_id): numbers(batch) for batch in dispatched.batches()}
    assert found == {
        ("HOME", None): [home.number],
        ("SCHOOL", "0750655E"): [here.number],
        ("SCHOOL", ELSEWHERE): [there.number],
    }


def test_only_the_admitted_have_a_diploma():
    people = published.people()
    dispatched.batches()
    have_one = set(Diploma.objects.order_by("pk").values_list("entry", flat=True))
    assert have_one == {people["admitted"].pk, people["discreet"].pk}


def test_a_candidate_of_another_academy_has_none_from_us():
    dispatched.at_school(academy=factories.academy("10"))
    assert dispatched.batches(dispatched.released()) == []


def test_before_the_hour_and_while_withdrawn_nothing_is_prepared():
    dispatched.at_home()
    session = dispatched.released(at=timezone.now() + timedelta(hours=1))
    assert dispatched.batches() == []
    release.schedule(session)
    release.withdraw(Release.objects.get(), by=member("superuser"))
    assert dispatched.batches() == []


def test_preparing_twice_makes_nothing_twice():
    dispatched.at_home()
    dispatched.at_school()
    dispatched.released()
    assert preparation.prepare(factories.session())[1] == 2
    assert preparation.prepare(factories.session()) == ([], 0)
    assert (DispatchBatch.objects.count(), Diploma.objects.count()) == (2, 2)


def test_one_route_or_one_school_is_prepared_alone():
    dispatched.at_home()
    dispatched.at_school()
    other = factories.school(ELSEWHERE)
    dispatched.at_school(school=other)
    session = dispatched.released()
    (only,), _made = preparation.prepare(session, school=other)
    assert only.school == other
    (homes,), _made = preparation.prepare(session, route=Route.HOME)
    assert homes.route == Route.HOME
    assert preparation.tally(session) == {("SCHOOL", "0750655E"): 1}


def test_those_admitted_late_make_a_further_batch_once_the_first_is_sealed():
    dispatched.at_home()
    orals = factories.CONTROL | {"U1": ("8", "20"), "U2": ("8", "20")}
    late = factories.entry(marks=orals, status="INDIVIDUEL")
    session = dispatched.released()
    first = dispatched.batch(Route.HOME)
    deliberate(session, round=2)
    release.schedule(session, round=2)
    (second,) = dispatched.batches()
    assert second != first
    assert numbers(second) == [late.number]
    assert first.diplomas.count() == 1


# Sealing ------------------------------------------------------------------------------------------


def test_sealing_freezes_the_address_of_that_moment():
    entry = dispatched.at_home()
    dispatched.released()
    batch = dispatched.batch(Route.HOME, stage="DRAFT")
    dispatched.move(entry, city="LYON", postcode="69003")
    dispatch.seal(batch)
    dispatched.move(entry, city="LILLE", postcode="59000")
    assert diploma_of(entry).address["city"] == "LYON"
    assert dispatch.envelope(diploma_of(entry)) == [
        "Léa BRUN",
        "12 RUE DES LILAS",
        "69003 LYON",
    ]


def test_sealing_freezes_the_school_as_it_is_written_to():
    school = factories.school(address="1 rue d’Ulm", postcode="75005")
    dispatched.at_school(school=school)
    dispatched.released()
    batch = dispatched.batch()
    School.objects.update(name="Autre nom")
    assert DispatchBatch.objects.get(pk=batch.pk).addressee == [
        "Lycée des Exemples",
        "1 rue d’Ulm",
        "75005 PARIS",
    ]


def test_a_school_finds_its_pupils_in_the_order_of_names_and_the_post_in_that_of_towns():
    for name in ("ZOLA", "ABEL", "ÉMILE"):
        dispatched.at_school(name)
    for city, postcode, country in [("LYON", "69003", "FRANCE"), ("ROMA", "00100", "ITALIE")]:
        dispatched.at_home(city=city, postcode=postcode, country=country)
    dispatched.released()
    homes, school = (dispatch.seal(batch) for batch in dispatched.batches())
    names = [d.entry.candidate.birth_name for d in school.diplomas.order_by("position")]
    assert names == ["ABEL", "ÉMILE", "ZOLA"]
    towns = [d.address["city"] for d in homes.diplomas.order_by("position")]
    assert towns == ["LYON", "ROMA"]
    assert (school.size, homes.size) == (3, 2)


def test_sealing_is_done_once_and_stays():
    dispatched.at_home()
    dispatched.released()
    first = dispatched.batch(Route.HOME)
    again = dispatch.seal(first, by=member("manager"))
    assert again.sealed_at == first.sealed_at
    assert again.sealed_by is None


@pytest.mark.parametrize(
    "change", [{"sealed_at": None}, {"size": 9}, {"reference": "LOT-X"}, {"addressee": ["x"]}]
)
def test_a_sealed_batch_is_not_changed_by_anyone(change):
    dispatched.at_home()
    dispatched.released()
    batch = dispatched.batch(Route.HOME)
    with pytest.raises(IntegrityError, match="is sealed"), transaction.atomic():
        DispatchBatch.objects.filter(pk=batch.pk).update(**change)
    with pytest.raises(IntegrityError, match="is sealed"), transaction.atomic():
        Diploma.objects.filter(batch=batch).update(address={"city": "LYON"})


def test_nothing_enters_a_sealed_batch():
    dispatched.at_home()
    session = dispatched.released()
    batch = dispatched.batch(Route.HOME)
    late = dispatched.at_home("CARON", session=factories.session("BTS-2027", year=2027))
    dispatched.released(late.session)
    result = PublishedResult.objects.get(entry=late)
    assert session != late.session
    with pytest.raises(IntegrityError, match="nothing enters"), transaction.atomic():
        Diploma.objects.create(entry=late, published_result=result, batch=batch)


def test_a_name_corrected_before_the_seal_is_printed_corrected():
    entry = dispatched.at_home()
    dispatched.released()
    batch = dispatched.batch(Route.HOME, stage="DRAFT")
    rename(entry, "BRUNE")
    dispatch.seal(batch)
    assert diploma_of(entry).published_result.document["candidate"]["birth_name"] == "BRUNE"


# Printing and sending -----------------------------------------------------------------------------


def test_steps_come_in_their_order():
    dispatched.at_home()
    dispatched.released()
    draft = dispatched.batch(Route.HOME, stage="DRAFT")
    with pytest.raises(TransitionError, match="scellé"):
        dispatch.mark_printed(draft)
    with pytest.raises(TransitionError, match="imprimé"):
        dispatch.mark_sent(dispatch.seal(draft), on=dispatched.SENT_ON)


def test_a_diploma_is_printed_once_however_often_one_asks():
    entry = dispatched.at_home()
    dispatched.released()
    batch = dispatched.batch(Route.HOME, stage="PRINTED")
    dispatch.mark_printed(batch)
    assert diploma_of(entry).events.filter(kind=EventKind.PRINTED).count() == 1


def test_sending_gives_each_diploma_its_day_and_number():
    school, home = dispatched.at_school(), dispatched.at_home()
    dispatched.released()
    for batch in dispatched.batches():
        for step in ("SEALED", "PRINTED", "SENT"):
            batch = dispatched.advance(batch, step)
    for entry, kind in ((school, "SENT_TO_SCHOOL"), (home, "POSTED")):
        diploma = diploma_of(entry)
        assert diploma.state == kind
        event = CustodyEvent.objects.get(diploma=diploma, kind=kind)
        assert (event.day, event.tracking) == (dispatched.SENT_ON, "RR123456789FR")


def test_a_batch_leaves_once():
    dispatched.at_home()
    dispatched.released()
    batch = dispatched.batch(Route.HOME, stage="SENT")
    again = dispatch.mark_sent(batch, on=datetime.date(2026, 10, 1), tracking="AUTRE")
    assert (again.sent_on, again.tracking) == (dispatched.SENT_ON, "RR123456789FR")
    assert CustodyEvent.objects.filter(kind=EventKind.POSTED).count() == 1


def test_a_school_that_has_them_has_them_all_but_those_collected_meanwhile():
    first, second = dispatched.at_school("ABEL"), dispatched.at_school("BENOIT")
    dispatched.released()
    batch = dispatched.batch(stage="SENT")
    custody.record(diploma_of(first), EventKind.COLLECTED, by=None, collected_by="CANDIDATE")
    assert dispatch.mark_arrived(batch, on=dispatched.SENT_ON) == 1
    assert dispatch.mark_arrived(batch, on=dispatched.SENT_ON) == 0
    assert diploma_of(second).state == DiplomaState.ARRIVED


# The stop list ------------------------------------------------------------------------------------


def worse(entry):
    published.correct(entry, 100)


def school_changes(entry):
    with correction(entry, by=member("superuser"), reason="Autre lycée."):
        Entry.objects.filter(pk=entry.pk).update(school=factories.school(ELSEWHERE))


STOPPED = {
    "WITHHELD": published.withhold,
    "NOT_ADMITTED": worse,
    "ELSEWHERE": school_changes,
    "CHANGED": lambda entry: rename(entry, "ALBERTE"),
    "NOT_OPEN": lambda entry: release.withdraw(Release.objects.get(), by=member("superuser")),
}


@pytest.mark.parametrize("reason", STOPPED)
def test_what_changed_after_the_seal_stops_the_batch(reason):
    entry = dispatched.at_school()
    other = dispatched.at_school("BENOIT")
    dispatched.released()
    batch = dispatched.batch(stage="PRINTED")
    assert reasons(batch) == []
    STOPPED[reason](entry)
    assert set(reasons(batch)) == {reason}
    with pytest.raises(dispatch.Stopped):
        dispatch.mark_sent(batch, on=dispatched.SENT_ON)
    stopped = [stop.diploma for stop in stop_list.stops(batch)]
    dispatch.hold(batch, stopped, reason="Voir le dossier.", by=member("manager"))
    assert diploma_of(entry).state == DiplomaState.HELD
    assert CustodyEvent.objects.filter(kind=EventKind.HELD, note="Voir le dossier.", batch=batch)
    if reason != "NOT_OPEN":
        dispatch.mark_sent(batch, on=dispatched.SENT_ON)
        assert diploma_of(entry).state == DiplomaState.HELD
        assert diploma_of(other).state == DiplomaState.SENT_TO_SCHOOL


def test_a_mark_corrected_without_effect_on_the_diploma_stops_nothing():
    entry = dispatched.at_school()
    dispatched.released()
    batch = dispatched.batch(stage="PRINTED")
    published.correct(entry, 1500)
    assert reasons(batch) == []


@pytest.mark.parametrize("reason", ["WITHHELD", "NOT_ADMITTED", "ELSEWHERE", "NOT_OPEN"])
def test_what_changed_before_the_seal_stops_the_seal(reason):
    entry = dispatched.at_school()
    dispatched.released()
    batch = dispatched.batch(stage="DRAFT")
    STOPPED[reason](entry)
    with pytest.raises(dispatch.Stopped):
        dispatch.seal(batch)
    assert DispatchBatch.objects.get().sealed_at is None


def test_who_has_no_address_is_not_sealed():
    dispatched.at_home(city="", postcode="", address1="")
    dispatched.released()
    assert reasons(dispatched.batch(Route.HOME, stage="DRAFT")) == ["NO_ADDRESS"]


def test_a_batch_emptied_by_its_stop_list_is_not_sealed():
    entry = dispatched.at_school()
    dispatched.released()
    batch = dispatched.batch(stage="DRAFT")
    dispatch.hold(batch, [diploma_of(entry)], reason="Doute.")
    with pytest.raises(TransitionError, match="vide"):
        dispatch.seal(batch)


def test_a_held_diploma_goes_with_a_further_batch_and_is_not_printed_again():
    entry = dispatched.at_school()
    dispatched.at_school("BENOIT")
    dispatched.released()
    first = dispatched.batch(stage="PRINTED")
    dispatch.hold(first, [diploma_of(entry)], reason="Doute levé depuis.")
    second = dispatch.take_back(diploma_of(entry))
    assert second != first
    for step in ("SEALED", "PRINTED", "SENT"):
        second = dispatched.advance(second, step)
    events = list(diploma_of(entry).events.values_list("kind", flat=True))
    assert events == ["PRINTED", "HELD", "SENT_TO_SCHOOL"]


def test_a_diploma_printed_under_a_wrong_name_is_not_printed_again_under_the_right_one():
    entry = dispatched.at_school()
    dispatched.released()
    batch = dispatched.batch(stage="PRINTED")
    rename(entry, "ALBERTE")
    dispatch.hold(batch, [diploma_of(entry)], reason="Nom corrigé.")
    with pytest.raises(TransitionError, match="deux fois"):
        dispatch.take_back(diploma_of(entry))


def test_only_a_held_diploma_of_an_admitted_candidate_is_taken_back():
    entry = dispatched.at_school()
    dispatched.released()
    batch = dispatched.batch(stage="PRINTED")
    with pytest.raises(TransitionError, match="pas retenu"):
        dispatch.take_back(diploma_of(entry))
    dispatch.hold(batch, [diploma_of(entry)], reason="Suspicion.")
    published.withhold(entry)
    with pytest.raises(TransitionError, match="admette"):
        dispatch.take_back(diploma_of(entry))


# Afterwards ---------------------------------------------------------------------------------------


def test_when_people_are_forgotten_the_batch_keeps_how_many_left_and_when():
    dispatched.at_home()
    dispatched.released()
    dispatched.batch(Route.HOME, stage="SENT")
    purge(before=timezone.localdate() + timedelta(days=1))
    assert not Diploma.objects.exists()
    assert not CustodyEvent.objects.exists()
    batch = DispatchBatch.objects.get()
    assert (batch.size, batch.sent_on) == (1, dispatched.SENT_ON)
    assert batch.addressee == []
