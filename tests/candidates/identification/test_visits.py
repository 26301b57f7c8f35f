"""A visit lasts as long as its cookie says, and ends everywhere at once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connections
from django.http import HttpResponse
from django.test import RequestFactory

from candidates.identification import access_codes, cookie
from candidates.models import Entry
from results_portal.routers import PUBLIC
from tests import factories

NOW = datetime(2026, 7, 2, 9, 0, tzinfo=UTC)


def carried(visit):
    """A request with the cookie of this visit."""
    request = RequestFactory().get("/")
    for name, morsel in cookie.remember(HttpResponse(), visit).cookies.items():
        request.COOKIES[name] = morsel.value
    return request


def carried_fields(fields):
    """A request with the cookie of a visit of these fields."""
    request = RequestFactory().get("/")
    request.COOKIES[settings.IDENTIFICATION_COOKIE] = cookie._sealed(fields)
    return request


@pytest.mark.parametrize(
    ("minutes_before", "lasts"),
    [
        (None, 30),  # no hour is announced
        (121, 30),
        (120, 150),
        (35, 65),
        (1, 31),
        (0, 30),  # it is open
        (-60, 30),
    ],
)
def test_a_visit_that_waits_for_the_hour_lasts_until_half_an_hour_after_it(
    time_machine, minutes_before, lasts
):
    time_machine.move_to(NOW, tick=False)
    hour = None if minutes_before is None else NOW + timedelta(minutes=minutes_before)
    visit = cookie.begun((1, 1, "LD", "BTS", hour), bytes(32))
    assert visit.ends_at == NOW.timestamp() + lasts * 60
    time_machine.move_to(NOW + timedelta(minutes=lasts, seconds=-1), tick=False)
    assert cookie.identified(carried(visit)) == visit
    time_machine.move_to(NOW + timedelta(minutes=lasts), tick=False)
    assert cookie.identified(carried(visit)) is None


def test_the_cookie_says_nothing_in_clear_and_cannot_be_changed():
    visit = cookie.Visit(1234567, 3, 4102444800, "ÉD", "BTS, session 2026", "5ec3e7")
    request = carried(visit)
    ((name, token),) = request.COOKIES.items()
    assert cookie.identified(request) == visit
    for clear in ("1234567", "ÉD", "BTS", "5ec3e7"):
        assert clear not in token
    for forged in (token[:-4], f"A{token[1:]}", token.swapcase(), "", "é", "1:signature", "=" * 9):
        assert cookie.identified_by({name: forged}) is None


@pytest.mark.parametrize("fields", [[], [1, 1, 4102444800, "LD", "BTS"], [1] * 7])
def test_the_cookie_of_another_version_of_the_portal_is_none(fields):
    """While hosts are upgraded one by one, or back, a browser meets both."""
    request = carried_fields(fields)
    assert cookie.identified(request) is None
    assert not cookie.is_remembered(request)


@pytest.fixture
def visitor(db):
    return factories.entry(given_names="Éloïse Marie", birth_name="de La Tour")


def found(entry):
    return cookie.identify(
        number=entry.number,
        birth_date=entry.candidate.birth_date,
        access_code=factories.CODE,
        block="198.51.100.0/24",
    )


@pytest.mark.parametrize("office_code", [None, b"chosen by the office"])
def test_a_visit_begins_with_one_query_and_knows_initials_exam_and_number(
    visitor, django_assert_num_queries, office_code
):
    Entry.objects.update(office_code=office_code)
    with django_assert_num_queries(1, using=PUBLIC):
        visit = found(visitor)
    assert visit.entry_id == visitor.pk
    assert visit.number == Entry.objects.get().visit
    assert (visit.initials, visit.exam) == ("É. D.", visitor.session.label)


def test_signing_out_ends_the_visits_of_every_browser_with_one_query(
    visitor, django_assert_num_queries
):
    visit = found(visitor)
    assert Entry.objects.visited(visit).exists()
    with django_assert_num_queries(1, using=PUBLIC):
        cookie.end(visit)
    assert not Entry.objects.visited(visit).exists()
    after = found(visitor)
    cookie.end(visit)  # the same button again, in another window, ends nobody else's visit
    assert Entry.objects.visited(after).exists()


@pytest.mark.parametrize("changed", ["code", "birth date"])
def test_a_new_code_and_a_corrected_birth_date_end_visits(visitor, changed):
    visit = found(visitor)
    digest, born = bytes(visitor.access_code_digest), visitor.candidate.birth_date
    if changed == "code":
        digest = access_codes.digest(visitor.number, "WXYZ5678WXYZ")
    else:
        born += timedelta(days=1)
    credential = access_codes.credential(visitor.number, born, digest)
    Entry.objects.update(credential=credential)
    assert not Entry.objects.visited(visit).exists()


def test_a_row_that_is_written_again_as_it_was_ends_no_visit_and_revives_none(visitor):
    visit, read_before = found(visitor), Entry.objects.get()
    Entry.objects.update(credential=visitor.credential, posting_place="Gymnase")
    assert Entry.objects.visited(visit).exists()
    cookie.end(visit)
    read_before.save()
    assert not Entry.objects.visited(visit).exists()


def test_visitors_read_no_credential_and_change_no_entry(visitor):
    for statement in (
        "SELECT credential FROM candidates_entry",
        "SELECT birth_name FROM candidates_candidate",
        "UPDATE candidates_entry SET visit = visit",
    ):
        with pytest.raises(Exception, match="permission denied"):  # noqa: PT012
            with connections["default"].cursor() as savepoint:
                savepoint.execute("SAVEPOINT refused")
            try:
                with connections[PUBLIC].cursor() as cursor:
                    cursor.execute(statement)
            finally:
                with connections["default"].cursor() as savepoint:
                    savepoint.execute("ROLLBACK TO refused")


def test_the_server_of_the_rush_sets_the_cookie_that_the_view_sets(time_machine):
    time_machine.move_to(NOW, tick=False)
    visit = cookie.begun((1, 1, "LÉ", "BTS, session 2026", None), bytes(32))
    ((_name, morsel),) = cookie.remember(HttpResponse(), visit).cookies.items()
    assert cookie.header_of(visit) == morsel.output(header="")
    assert '"' not in morsel.coded_value
