from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from candidates.identification import drafts

TYPED = {"address1": "3 RUE DES ACACIAS", "email": "lea@exemple.fr"}


def cookie_of(data=TYPED, *, entry_id=7):
    response = drafts.keep(HttpResponse(), "address", entry_id=entry_id, data=data)
    [cookie] = response.cookies.values()
    return cookie


def request_with(cookie):
    request = RequestFactory().get("/adresse/")
    request.COOKIES[cookie.key] = cookie.value
    return request


def test_what_was_typed_comes_back_to_the_same_entry_alone():
    request = request_with(cookie_of())
    assert drafts.kept(request, "address", entry_id=7) == TYPED
    assert drafts.kept(request, "address", entry_id=8) is None
    assert drafts.kept(request, "identity", entry_id=7) is None


def test_the_cookie_can_be_read_by_nobody_and_changed_by_nobody():
    cookie = cookie_of()
    assert "ACACIAS" not in cookie.value
    cookie.set(cookie.key, cookie.value[:-9] + "AAAAAAAA=", cookie.value)
    assert drafts.kept(request_with(cookie), "address", entry_id=7) is None


def test_a_cookie_of_anything_at_all_is_no_draft():
    cookie = cookie_of()
    cookie.set(cookie.key, "é", "é")
    assert drafts.kept(request_with(cookie), "address", entry_id=7) is None


def test_whatever_is_pasted_into_every_field_a_browser_keeps_it():
    names = ["address1", "address2", "address3", "postcode", "city", "country", "email"]
    for pasted in ("\x01", "😀", '"', "é"):
        cookie = cookie_of(dict.fromkeys(names, pasted * 2000))
        kept = drafts.kept(request_with(cookie), "address", entry_id=7)
        assert all(text.startswith(pasted * 10) for text in kept.values())


def test_it_travels_to_the_form_alone_and_out_of_reach_of_scripts():
    cookie = cookie_of()
    assert cookie["path"] == "/adresse/"
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"


def test_it_is_forgotten_after_an_hour(time_machine):
    cookie = cookie_of()
    assert cookie["max-age"] == 3600
    time_machine.move_to(timezone.now() + timedelta(seconds=3602))
    assert drafts.kept(request_with(cookie), "address", entry_id=7) is None


@pytest.mark.parametrize("text", ["A" * 100_000, "🙂" * 100_000, "\udcff"])
def test_a_browser_can_hold_whatever_was_pasted(text):
    cookie = cookie_of({f"address{n}": text for n in range(7)})
    assert len(cookie.value) < 4000
    assert drafts.kept(request_with(cookie), "address", entry_id=7)["address1"][:10]


@pytest.mark.parametrize("signed", ["", "7", "7:x:y", None])
def test_a_form_that_does_not_say_for_whom_it_was_opened_is_nobodys(signed):
    data = {} if signed is None else {"opened_by": signed}
    assert drafts.form_owner(RequestFactory().post("/adresse/", data)) is None
