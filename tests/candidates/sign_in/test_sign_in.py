"""Sign-in of staff: misses make the next guess wait, and keep nobody out for ever."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.backends import ModelBackend
from django.db import connections
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client

from candidates.identification.delay import (
    FORGOTTEN_AFTER,
    FREE_MISSES,
    FREE_MISSES_OF_MANY,
    LONGEST,
)
from candidates.models import FailedIdentification
from tests.staff import member, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]

LOGIN = "/gestion/login/"
RIGHT, WRONG = "le bon mot de passe", "un autre mot de passe"
HOME, OFFICE, STRANGER = "198.51.100.7", "203.0.113.20", "192.0.2.99"


@pytest.fixture
def manager():
    user = member("manager")
    user.set_password(RIGHT)
    user.save()
    return user


def sign_in(client, password, *, name="manager", address=HOME):
    return client.post(LOGIN, {"login": name, "password": password}, REMOTE_ADDR=address)


def come_and_go(client, **changes):
    """Sign in, and sign out."""
    assert is_in(sign_in(client, RIGHT, **changes))
    client.post("/gestion/logout/")


def miss(client, times=FREE_MISSES, **changes):
    for _time in range(times):
        answer = sign_in(client, WRONG, **changes)
    return answer


def keep_missing(client, **changes):
    """Miss until the next guess waits: five minutes at the name, half a minute from the network."""
    miss(client, **changes)
    counted = FailedIdentification.objects.filter(failures__gte=FREE_MISSES)
    counted.update(failures=FREE_MISSES_OF_MANY + 5, until=Now() + FORGOTTEN_AFTER)


def refused_at_once(client, **changes):
    """Guess in the instant of the last miss; return the seconds to wait."""
    FailedIdentification.objects.update(until=Now() + FORGOTTEN_AFTER)
    answer = sign_in(client, WRONG, **changes)
    assert answer.status_code == 429
    return int(answer["Retry-After"])


def later(**time):
    """Let time go by: what was counted is so much older."""
    FailedIdentification.objects.update(until=F("until") - timedelta(**time))


def is_in(answer):
    return answer.status_code == 302


def test_the_right_password_opens_the_door_and_counts_nothing(client, manager):
    assert sign_in(client, RIGHT).url == "/gestion/"
    assert client.get("/gestion/").status_code == 200
    assert not FailedIdentification.objects.exclude(failures=0).exists()


def test_after_five_misses_the_next_guess_waits_and_is_told_how_long(client, manager):
    assert miss(client).status_code == 200
    FailedIdentification.objects.update(until=Now() + FORGOTTEN_AFTER)
    answer = sign_in(client, RIGHT)
    assert (answer.status_code, answer["Retry-After"]) == (429, "1")
    assert "Attendez encore 1 seconde, puis recommencez." in text_of(answer).replace("\xa0", " ")
    assert 'value="manager"' in text_of(answer)
    later(seconds=1)
    assert is_in(sign_in(client, RIGHT))


def test_each_further_miss_waits_twice_as_long_and_five_minutes_at_most(client, manager):
    miss(client)
    waits = []
    for _guess in range(12):
        waits.append(refused_at_once(client))
        later(seconds=waits[-1])
        assert miss(client, 1).status_code == 200
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert LONGEST.total_seconds() == waits[-1]
    assert "Attendez encore 5 minutes" in text_of(sign_in(client, RIGHT)).replace("\xa0", " ")
    later(seconds=300)
    assert is_in(sign_in(client, RIGHT))


def test_who_comes_too_early_makes_nobody_wait_longer(client, manager):
    keep_missing(client)
    for _guess in range(30):
        assert sign_in(client, WRONG).status_code == 429
    later(seconds=300)
    assert is_in(sign_in(client, RIGHT))


def test_no_password_is_hashed_while_somebody_waits(client, manager, monkeypatch):
    keep_missing(client)
    hashed = []
    monkeypatch.setattr(ModelBackend, "authenticate", lambda *args, **_kwargs: hashed.append(args))
    for name in ("manager", "nobody"):
        assert sign_in(client, RIGHT, name=name).status_code == 429
    assert hashed == []
    later(seconds=300)
    sign_in(client, RIGHT)
    assert len(hashed) == 1


def test_a_name_has_one_count_from_wherever_it_is_guessed_at(client, manager):
    for number in range(FREE_MISSES):
        miss(client, 1, address=f"192.0.{number}.1", name=("manager", "MANAGER")[number % 2])
    refused_at_once(client)
    assert sign_in(client, RIGHT, address=OFFICE).status_code == 429


@pytest.mark.parametrize(
    ("near", "far"),
    [
        (("192.0.2.1", "192.0.2.200"), "192.0.3.1"),
        (("2001:db8:0:100::1", "2001:db8:0:100::2"), "2001:db8:0:200::1"),
        (("2001:db8:0:100::1", "2001:db8:0:1ff::1"), "2001:db8:0:200::1"),
    ],
)
def test_a_network_has_one_count_whatever_names_are_guessed_at(client, manager, near, far):
    miss(client, 1, address=near[0], name="somebody")
    FailedIdentification.objects.update(failures=FREE_MISSES_OF_MANY)
    refused_at_once(client, address=near[0])
    assert sign_in(client, RIGHT, address=near[1]).status_code == 429
    assert is_in(sign_in(client, RIGHT, address=far))


def test_an_office_behind_one_address_mistypes_thirty_times_before_it_waits(client, manager):
    for number in range(FREE_MISSES_OF_MANY - 1):
        miss(client, 1, address=OFFICE, name=f"somebody {number}")
    assert is_in(sign_in(client, RIGHT, address=OFFICE))
    miss(Client(), 1, address=OFFICE, name="somebody else")
    assert refused_at_once(Client(), address=OFFICE, name="another") == 1


def test_colleagues_who_sign_in_rightly_make_nobody_wait(client, manager):
    miss(client, FREE_MISSES - 1, name="somebody")
    for _time in range(4):
        assert is_in(sign_in(Client(), RIGHT))
    later(seconds=1)
    miss(client, 1, name="somebody")
    later(seconds=1)
    assert is_in(sign_in(Client(), RIGHT))
    # It gave back what it counted, and the hour of the last miss with it.
    assert is_in(sign_in(Client(), RIGHT))


def test_strangers_keep_nobody_out_who_has_signed_in_in_this_browser(client, manager):
    come_and_go(client, address=OFFICE)
    stranger = Client()
    keep_missing(stranger, address=STRANGER)
    keep_missing(Client(), address=OFFICE, name="somebody")
    assert sign_in(stranger, RIGHT, address=STRANGER).status_code == 429
    assert sign_in(Client(), RIGHT, address=OFFICE).status_code == 429
    assert is_in(sign_in(client, RIGHT, address=OFFICE))


def test_in_a_known_browser_misses_wait_too_and_only_there(client, manager):
    come_and_go(client)
    keep_missing(client)
    assert sign_in(client, RIGHT).status_code == 429
    assert is_in(sign_in(Client(), RIGHT))


def test_a_browser_is_known_for_the_accounts_that_signed_in_there_and_no_other(client, manager):
    other = member("operator")
    other.set_password(RIGHT)
    other.save()
    come_and_go(client, name="operator")
    keep_missing(Client())
    assert sign_in(client, RIGHT).status_code == 429
    later(seconds=300)
    come_and_go(client)
    keep_missing(Client())
    keep_missing(Client(), name="operator", address=STRANGER)
    come_and_go(client)
    assert is_in(sign_in(client, RIGHT, name="operator"))


def test_a_forged_or_copied_cookie_gains_nothing(client, manager, settings):
    come_and_go(client)
    cookie = client.cookies[settings.KNOWN_BROWSER_COOKIE]
    assert cookie["httponly"]
    assert cookie["path"] == "/gestion/"
    assert "manager" not in cookie.value
    keep_missing(client)
    copied, forged = Client(), Client()
    copied.cookies[settings.KNOWN_BROWSER_COOKIE] = cookie.value
    assert sign_in(copied, RIGHT).status_code == 429
    keep_missing(Client())
    forged.cookies[settings.KNOWN_BROWSER_COOKIE] = cookie.value[:-2] + "xx"
    assert sign_in(forged, RIGHT).status_code == 429


def test_an_hour_without_a_miss_forgets_them(client, manager):
    keep_missing(client)
    later(hours=1)
    assert miss(client).status_code == 200


def test_a_name_nobody_has_waits_like_any_other(client, manager):
    first = miss(client, name="nobody", address=STRANGER)
    second = miss(client, name="manager", address=OFFICE)
    assert first.status_code == second.status_code == 200
    assert [refused_at_once(client, name=name) for name in ("nobody", "manager")] == [1, 1]


def test_the_right_password_of_somebody_who_may_not_enter_is_a_miss(client, manager):
    manager.is_staff = False
    manager.save()
    for _time in range(FREE_MISSES):
        assert sign_in(client, RIGHT).status_code == 200
    refused_at_once(client)


def test_a_link_to_another_site_leads_to_the_first_page(client, manager):
    data = {"login": "manager", "password": RIGHT, "next": "https://elsewhere.example/"}
    assert client.post(LOGIN, data).url == "/gestion/"
    for nonsense in ("http://[", "//[elsewhere.example"):
        client.post("/gestion/logout/")
        assert client.post(LOGIN, data | {"next": nonsense}).url == "/gestion/"


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_one_is_tried(manager):
    def guess(_number):
        try:
            return sign_in(Client(), WRONG).status_code
        finally:
            connections.close_all()

    keep_missing(Client())
    later(seconds=300)
    with ThreadPoolExecutor(8) as pool:
        found = [*pool.map(guess, range(24))]
    assert (found.count(200), found.count(429)) == (1, 23)
