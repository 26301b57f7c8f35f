"""Before the seal, the office reads which envelopes may come back, and where to mend them."""

import pytest
from django.urls import reverse

from candidates.models import Entry
from diplomas.dispatch import checks, custody, dispatch
from diplomas.models import CustodyEvent, DispatchBatch, EventKind, Route
from tests import factories
from tests.diplomas import dispatched
from tests.staff import client_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]

STREET = {"address1": "12 RUE DES LILAS", "postcode": "75011", "city": "PARIS", "country": "FRANCE"}


def doubted(*people):
    """The reasons to doubt, by the name of the person or of the school."""
    dispatched.released()
    found = {}
    for doubt in checks.doubts(dispatched.batches()):
        whose = (
            doubt.diploma.entry.candidate.birth_name if doubt.diploma else doubt.batch.school.name
        )
        found.setdefault(whose, set()).add(doubt.reason)
    return found


def at_home(name, **address):
    entry = dispatched.at_home(name)
    dispatched.move(entry, **{"address2": "", "address3": "", **STREET, **address})
    return entry


def test_each_envelope_that_may_come_back_is_named_with_why():
    at_home("BON")
    at_home("SANSRUE", address1="")
    at_home("SANSCODE", postcode="")
    at_home("ABROAD", postcode="", city="1000 BRUXELLES", country="BELGIQUE")
    at_home("LONG", city="SAINT-GERMAIN-DES-TROIS-RIVIERES ET DES LILAS")
    at_home("LARGE", address1="W" * 38)
    at_home("SIGNE", address1="12 УЛИЦА МИРА")
    at_home("NULLEPART", city="")
    full = {"address": "1 RUE X", "postcode": "75001"}
    dispatched.at_school("P", school=factories.school("0750650Z", name="Lycée sans rue"))
    dispatched.at_school("Q", school=factories.school("0750651A", name="Lycée plein", **full))
    dispatched.at_school("R", school=factories.school("0750652B", name="Lycée " + "y" * 40, **full))
    assert doubted() == {
        "SANSRUE": {"INCOMPLETE"},
        "SANSCODE": {"INCOMPLETE"},
        "LONG": {"CUT"},
        "LARGE": {"WIDE"},
        "SIGNE": {"UNREAD"},
        "Lycée sans rue": {"INCOMPLETE"},
        "Lycée " + "y" * 40: {"CUT"},
    }


def test_two_diplomas_for_one_name_at_one_address_are_told_apart_from_two_of_a_family():
    at_home("DURAND"), at_home("DUPONT")
    twin = at_home("DUPOND")
    dispatched.move(twin, birth_name="DUPONT")
    assert doubted() == {"DUPONT": {"TWICE"}}


def test_an_address_where_a_diploma_has_failed_is_doubted_until_it_changes():
    entry = at_home("PARTI")
    dispatched.released()
    first = dispatched.batch(Route.HOME, stage="SENT")
    diploma = dispatched.diploma_of(entry)
    cause = CustodyEvent.Cause.UNKNOWN_ADDRESS
    custody.record(diploma, EventKind.RETURNED, by=None, cause=cause)
    later = factories.session("BTS-2027", year=2027)
    again = factories.entry(marks=factories.ADMITTED, session=later, status="INDIVIDUEL")
    Entry.objects.filter(pk=again.pk).update(candidate=entry.candidate_id)
    dispatched.released(later)
    batches = dispatched.batches(later)
    assert first not in batches
    assert [doubt.reason for doubt in checks.doubts(batches)] == ["RETURNED"]
    dispatched.move(again, address1="14 RUE DES LILAS")
    assert checks.doubts(batches) == []


def test_the_page_of_the_seal_links_to_what_mends_each_doubt_and_seals_all_the_same(
    django_assert_max_num_queries,
):
    entry = at_home("SANSRUE", address1="")
    school = factories.school()
    dispatched.at_school(school=school)
    dispatched.released()
    batches = dispatched.batches()
    manager = client_of("manager")
    for page in (
        reverse("admin:diplomas_dispatchbatch_lots_sceller", args=[factories.session().pk]),
        reverse("admin:diplomas_dispatchbatch_sceller", args=[batches[0].pk]),
    ):
        text = text_of(manager.get(page))
        assert reverse("admin:candidates_candidate_change", args=[entry.candidate_id]) in text
        assert "Adresse incomplète" in text
    assert f"/school/{school.pk}/" in text_of(
        manager.get(reverse("admin:diplomas_dispatchbatch_sceller", args=[batches[1].pk]))
    )
    rows = list(DispatchBatch.objects.select_related("school"))
    with django_assert_max_num_queries(2):
        checks.doubts(rows)
    for batch in batches:
        dispatch.seal(batch)
    assert not DispatchBatch.objects.filter(sealed_at=None).exists()
