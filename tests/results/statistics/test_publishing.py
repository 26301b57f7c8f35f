"""Public figures: written before the hour, read from it on, the same for ever after."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from candidates.models import Entry
from results.jury.deliberation import deliberate
from results.models import Mark, PublicFigure, Release
from results.publication import release
from results.publication.correction import correction
from results.statistics import counting, reading
from results.statistics.groups import Table, counted
from tests import factories
from tests.results.statistics.conftest import LARGE, SMALL, enter
from tests.results.statistics.test_groups import attacker, outcome

pytestmark = pytest.mark.django_db


def told(using=None):
    """What a visitor may read, by table and key; with `using` None, what is written."""
    rows = PublicFigure.objects.for_visitors() if using else PublicFigure.objects.all()
    return {(row.table, row.key): row.present and (row.present, row.admitted) for row in rows}


def to_a_visitor():
    return told(using="visitors")


def give_all_points(name):
    """Correct the first entry of a name that is refused to be admitted."""
    refused = Entry.objects.filter(candidate__birth_name=name, decisions__verdict="REFUSED")
    entry = refused.earliest("pk")
    with correction(entry, by=None, reason="Erreur de saisie."):
        Mark.objects.filter(entry=entry).update(value=2000)


def test_figures_are_told_from_the_hour_on_and_small_groups_never(office):
    release.schedule(office, at=timezone.now() + timedelta(hours=2))
    written = told()
    # 18 + 3 admitted, 9 refused and 3 called up; without whom is suspended. The school of 27 and
    # all are told; the others would be, by what is left, a group of three.
    assert written[Table.SPECIALITY, "MINI"] == (33, 21)
    assert {key for key, value in written.items() if value} == {(Table.SPECIALITY, "MINI")}
    assert written.keys() >= {(Table.SCHOOL, SMALL), (Table.SCHOOL, LARGE)}
    assert to_a_visitor() == {}
    assert reading.of_session(office.code) is None
    Release.objects.update(opens_at=timezone.now())
    assert to_a_visitor() == written
    assert reading.of_session(office.code).tables[0].rows[0].present == 33


def test_a_large_school_is_told_where_the_rest_is_large_too(office):
    factories.school("0750002V", name="Lycée voisin")
    for marks in (factories.ADMITTED, factories.REFUSED):
        enter(6, marks, school_id="0750002V", birth_name="VOISIN")
    deliberate(office)
    release.schedule(office)
    shown = {key: value for key, value in to_a_visitor().items() if value}
    # All less the public sector are six people, and so are all less both of its schools.
    assert shown == {(Table.SPECIALITY, "MINI"): (45, 27), (Table.SCHOOL, LARGE): (27, 18)}


def test_a_correction_before_the_hour_changes_them_and_after_it_does_not(office):
    release.schedule(office, at=timezone.now() + timedelta(hours=2))
    give_all_points("REFUSÉ")
    assert told()[Table.SPECIALITY, "MINI"] == (33, 22)
    Release.objects.update(opens_at=timezone.now())
    frozen = to_a_visitor()
    give_all_points("REFUSÉ")
    assert to_a_visitor() == frozen
    # The office counts the correction.
    complete = counted(counting.lines(office, round=1))
    assert sum(f.admitted for f in complete.values() if f.group.table == Table.EXAM) == 23


def test_nothing_writes_figures_once_the_release_has_opened(office):
    (opened,) = release.schedule(office)
    for change in (
        lambda: PublicFigure.objects.update(admitted=1),
        lambda: PublicFigure.objects.all()._raw_delete("default"),
        lambda: PublicFigure.objects.create(release=opened, table=Table.STATUS, key="DISTANCE"),
    ):
        with pytest.raises(DatabaseError, match="has been open"), transaction.atomic():
            change()


def test_a_release_that_was_withdrawn_and_opens_again_tells_no_figures_any_more(office):
    (opened,) = release.schedule(office)
    assert to_a_visitor()
    release.withdraw(opened, by=None)
    assert to_a_visitor() == {}
    give_all_points("REFUSÉ")
    release.schedule(office)
    assert to_a_visitor() == {}
    assert reading.of_session(office.code).tables == []


def test_one_withdrawn_before_its_hour_tells_them_when_it_opens(office):
    (planned,) = release.schedule(office, at=timezone.now() + timedelta(hours=2))
    release.withdraw(planned, by=None)
    release.schedule(office)
    assert to_a_visitor()[Table.SPECIALITY, "MINI"] == (33, 21)


def test_the_second_round_tells_of_no_group_that_the_first_did_not(office):
    passes = {"U1": ("8", "20"), "U2": ("8", "ABS"), "U3": "11"}
    enter(6, passes, school_id=LARGE, birth_name="RATTRAPÉ")
    deliberate(office)
    release.schedule(office)
    assert to_a_visitor()[Table.SCHOOL, LARGE] is None
    for entry in Entry.objects.filter(candidate__birth_name="SEUL"):
        factories.give_marks(entry, factories.REFUSED_AGAIN)
    deliberate(office, round=2)
    release.schedule(office, round=2)
    second = PublicFigure.objects.for_visitors().open().filter(release__round=2)
    shown = {(row.table, row.key): row.admitted for row in second if row.present is not None}
    assert shown == {(Table.SPECIALITY, "MINI"): 27}


@pytest.mark.long
def test_an_attacker_with_all_that_is_public_cannot_tell_one_result(loaded_demo):
    cells = 0
    for one in Release.objects.all():
        rows = PublicFigure.objects.filter(release=one)
        lines = counting.lines(one.session, round=one.round, speciality=one.speciality_id)
        groups = {
            group
            for group in counted(lines)
            if rows.filter(table=group.table, key=group.key, present__isnull=False).exists()
        }
        holder = attacker(groups, [line for line in lines if line.is_present], outcome)
        for k in range(3):
            for people, bounds in zip(holder.people, holder.bounds(k), strict=True):
                cells += 1
                assert bounds[0] < bounds[1] or not people
    assert cells
