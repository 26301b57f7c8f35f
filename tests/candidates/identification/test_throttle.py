"""The throttle on guesses: it stops a machine, never a school, and never who is right."""

from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from candidates.identification import access_codes, throttle
from candidates.identification.forms import IdentificationForm
from candidates.identification.registration import FOUND_QUERY, plainly_typed
from candidates.models import FailedIdentification
from results_portal.routers import PUBLIC
from tests import factories
from tests.databases import refusing
from tests.visitor import reading_from_a_replica

pytestmark = [pytest.mark.django_db, pytest.mark.long]

HOME, SCHOOL, STRANGER = "198.51.100.7", "203.0.113.20", "192.0.2.99"


def attempt(client, entry, *, address=HOME, **changes):
    typed = {"number": entry.number, "birth_date": "31/12/2004", "access_code": factories.CODE}
    return client.post(reverse("results:lookup"), typed | changes, REMOTE_ADDR=address)


def fail(client, entry, times, **changes):
    for _ in range(times):
        response = attempt(client, entry, **({"access_code": "WRONGWRONG"} | changes))
    return response


def test_ten_wrong_codes_for_one_person_are_enough(client, entry):
    assert fail(client, entry, 10).status_code == 200
    refused = fail(client, entry, 1)
    assert (refused.status_code, refused["Retry-After"]) == (429, "900")
    assert "15 minutes" in refused.content.decode().replace("\xa0", " ")


def test_the_limit_ends_by_itself(client, entry):
    assert fail(client, entry, 11).status_code == 429
    FailedIdentification.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert fail(client, entry, 1).status_code == 200


@pytest.mark.parametrize("address", [HOME, STRANGER])
def test_nobody_locks_a_candidate_out_who_types_the_right_code(client, entry, address):
    assert fail(client, entry, 12, address=address).status_code == 429
    assert attempt(client, entry, address=HOME).status_code == 302


def chosen_by_the_office(entry):
    entry.office_code = access_codes.office_digest(entry.session.code, factories.CODE)
    entry.save()
    return entry


def test_over_the_limit_a_code_that_the_office_chose_is_refused_though_it_is_right(client, entry):
    chosen_by_the_office(entry)
    assert attempt(client, entry).status_code == 302
    wrong = fail(client, entry, 11, access_code="Y" * len(factories.CODE))
    right = attempt(client, entry)
    assert (right.status_code, right["Retry-After"]) == (429, wrong["Retry-After"])
    typed = right.content.decode().replace(factories.CODE, "Y" * len(factories.CODE))
    assert typed == wrong.content.decode()
    assert attempt(client, entry, address=SCHOOL).status_code == 302
    FailedIdentification.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert attempt(client, entry).status_code == 302


def test_nobody_over_the_limit_of_a_network_keeps_its_neighbours_out(client, entry, monkeypatch):
    """A school behind one address: the count of a network refuses nobody who is right."""
    monkeypatch.setattr(throttle, "BLOCK", throttle.Limit(5, timedelta(minutes=10)))
    fail(client, factories.entry(), 6, address=SCHOOL)
    assert attempt(client, chosen_by_the_office(entry), address=SCHOOL).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_table_that_a_full_disk_cannot_write_leaves_the_limit_to_memory(client, entry):
    with refusing("candidates_failedidentification"):
        assert fail(client, entry, 10).status_code == 200
        refused = fail(client, entry, 1)
        assert (refused.status_code, refused["Retry-After"]) == (429, "900")
        assert fail(client, factories.entry(), 1).status_code == 200
        assert attempt(client, entry).status_code == 302
    assert not FailedIdentification.objects.exists()


def test_what_is_refused_counts_no_more(client, entry):
    fail(client, entry, 15)
    counts = FailedIdentification.objects.order_by("key").values_list("failures", flat=True)
    assert [*counts] == [10, 10, 10]  # the person, the network, the hour


def test_a_guess_from_elsewhere_has_a_count_of_its_own(client, entry):
    fail(client, entry, 12, address=STRANGER)
    assert fail(client, entry, 1, address=HOME).status_code == 200


def test_guessing_the_birth_date_too_gains_nothing(client, entry):
    fail(client, entry, 10)
    for day in range(1, 4):
        fail(client, entry, 3, birth_date=f"0{day}/01/2005")
    assert fail(client, entry, 1).status_code == 429


@pytest.mark.slow
def test_a_school_behind_one_address_is_never_shut_out(client, entry):
    others = [factories.entry(marks=factories.ADMITTED) for _ in range(40)]
    for other in others:
        fail(client, other, 5, address=SCHOOL)
    assert all(attempt(client, other, address=SCHOOL).status_code == 302 for other in others)


def test_a_machine_that_tries_thousands_meets_the_limit_of_its_block(client, entry, monkeypatch):
    monkeypatch.setattr(throttle, "BLOCK", throttle.Limit(30, timedelta(minutes=10)))
    for number in range(30):
        fail(client, entry, 1, number=f"99{number:06d}", address=STRANGER)
    assert fail(client, entry, 1, address=STRANGER).status_code == 429
    assert fail(client, entry, 1, address="192.0.2.5").status_code == 429
    assert fail(client, entry, 1, address=HOME).status_code == 200
    assert attempt(client, entry, address=STRANGER).status_code == 302


def test_success_counts_nothing(client, entry):
    for _ in range(15):
        assert attempt(client, entry).status_code == 302
    assert not FailedIdentification.objects.exists()


def test_the_table_of_failures_names_nobody(client, entry):
    fail(client, entry, 1)
    for row in FailedIdentification.objects.order_by("key"):
        assert entry.number.encode() not in bytes(row.key)
        assert len(bytes(row.key)) == 32


def test_old_failures_are_forgotten_along_the_way(client, entry):
    fail(client, entry, 1)
    FailedIdentification.objects.update(until=timezone.now() - timedelta(days=1))
    fail(client, factories.entry(), 1, address=STRANGER)
    assert FailedIdentification.objects.filter(until__lte=timezone.now()).count() == 0


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "block"),
    [
        ("198.51.100.7", "", 0, "198.51.100.0/24"),
        ("198.51.100.7", "192.0.2.1", 0, "198.51.100.0/24"),
        ("10.0.0.1", "192.0.2.1", 1, "192.0.2.0/24"),
        ("10.0.0.1", "203.0.113.66, 192.0.2.1", 1, "192.0.2.0/24"),
        ("2001:db8:1:2ff::5", "", 0, "2001:db8:1:200::/56"),
        ("::ffff:198.51.100.7", "", 0, "198.51.100.0/24"),
        ("nonsense", "", 0, "unknown"),
    ],
)
def test_the_block_is_that_of_the_visitor_not_of_what_the_visitor_claims(
    settings, peer, forwarded, proxies, block
):
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR=peer, **headers)
    assert throttle.address_block(request) == block


def test_the_limit_holds_where_visitors_read_from_a_replica(client, entry, settings):
    with reading_from_a_replica(settings):
        assert attempt(client, entry).status_code == 302
        assert fail(client, entry, 11).status_code == 429


def test_failures_counted_together_count_as_if_one_by_one():
    limits = {"person": throttle.Limit(3, timedelta(minutes=15))}
    people = [throttle.Throttle(limits | {f"block {n}": throttle.BLOCK}) for n in range(5)]
    columns = [[*column] for column in zip(*(one.values for one in people), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(throttle.COUNT_FAILURES, columns)
        together = cursor.fetchall()
    # One too many among them, so all are told; no hour is counted.
    assert sorted(together) == [(place, True, None) for place in range(1, 6)]
    counts = FailedIdentification.objects.order_by("-failures").values_list("failures", flat=True)
    assert [*counts] == [5, 1, 1, 1, 1, 1]
    assert throttle.Throttle(limits).count_failure()
    assert not throttle.Throttle({"another": throttle.BLOCK}).count_failure()


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"number": " 2612345678 "},
        {"number": "26 12 34 56 78"},
        {"number": "x" * 41},
        {"birth_date": "31122004"},
        {"birth_date": "2004-12-31"},
        {"birth_date": "31/02/2004"},
        {"birth_date": "٣١/12/2004"},
        {"access_code": "K3QM 7T2A 9XZB"},
        {"access_code": "k3qm7t2a9xzb"},
        {"access_code": "K3QM\x007T2A9XZB"},
        {"access_code": ""},
        {"access_code": "x" * 61},
        {"access_code": "x" * 7},
        {"access_code": "x" * 8},
        {"access_code": "2612345678"},
        {"access_code": "2612345678", "number": factories.CODE.replace("-", "")},
        {"access_code": "123456789012", "number": factories.CODE.replace("-", "")},
        {"birth_date": "31/12/1899"},
        {"birth_date": "31/12/2999"},
        {"birth_date": "31/12/04"},
        {"birth_date": "３１/１２/２００４"},
        {"number": "N° 2612345678"},
        {"number": "26-12-34"},
    ],
    ids=str,
)
def test_what_is_read_in_front_of_django_names_whom_the_form_names(entry, typed):
    typed = {
        "number": entry.number,
        "birth_date": "31/12/2004",
        "access_code": factories.CODE,
    } | typed
    request = RequestFactory().post("/resultats/", typed)
    form = IdentificationForm(request.POST, request=request)
    plain = plainly_typed(request)
    if plain is None:
        return
    form.is_valid()
    found = connections[PUBLIC].fetch(FOUND_QUERY.sql, next(plain.found_values(request)))
    visit = form.visit
    assert (plain.number, plain.birth_date) == (
        form.cleaned_data["number"],
        form.cleaned_data["birth_date"],
    )
    assert FailedIdentification.objects.exists() == (visit is None)  # the form tried it as well
    assert [row[:2] for row in found] == ([(visit.entry_id, visit.number)] if visit else [])


SLIPS = {
    "a code that is too short": ({"access_code": "K3Q"}, "Vous avez tapé 3 caractères"),
    "nothing but hyphens": ({"access_code": "----"}, "Saisissez votre code"),
    "number and code swapped": (
        {"number": "K3QM-7T2A-9XZB", "access_code": "2612345678"},
        "semblent inversés",
    ),
    "a year of the future": ({"birth_date": "31/12/2035"}, "Saisissez une date comme"),
    "a year before 1900": ({"birth_date": "31/12/0204"}, "Saisissez une date comme"),
    "no number": ({"number": "--"}, "Saisissez votre numéro"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_from_what_was_typed_and_is_no_guess(client, entry, slip):
    typed, told = SLIPS[slip]
    page = attempt(client, entry, **typed)
    stranger = attempt(client, entry, **({"number": "9999999999"} | typed))
    for answer in (page, stranger):
        shown = answer.content.decode().replace("\u202f", " ")
        assert told in shown
        assert "aucune inscription" not in shown
    assert not FailedIdentification.objects.exists()


def test_a_code_of_another_length_is_tried_counted_and_told_alike_for_everybody(client, entry):
    answers = [
        attempt(client, entry, number=number, access_code=factories.CODE[:11])
        for number in (entry.number, "9999999999")
    ]
    for answer in answers:
        assert "aucune inscription" in answer.content.decode()
        assert "Vous avez tapé 11 caractères" in answer.content.decode()
    assert (
        answers[0].content.decode().replace(entry.number, "9999999999")
        == answers[1].content.decode()
    )
    assert FailedIdentification.objects.count() == 4  # two people, one network, the hour


def test_a_number_of_letters_and_a_code_of_digits_alone_are_tried_where_they_can_be_right(client):
    entry = factories.entry("26A2345678", code="123456789012")
    assert attempt(client, entry, access_code="1234 5678 9012").status_code == 302


def test_what_most_people_type_is_read_in_front_of_django(entry):
    typed = {"number": entry.number, "birth_date": "31/12/2004", "access_code": factories.CODE}
    assert plainly_typed(RequestFactory().post("/resultats/", typed))
