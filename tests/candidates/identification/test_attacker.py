"""What somebody reaches who guesses from ten thousand addresses, each alone in its network.

Decision 3 says the same in words.
"""

from datetime import timedelta

import pytest

from candidates.identification import access_codes
from candidates.identification.delay import (
    FORGOTTEN_AFTER,
    FREE_MISSES,
    FREE_MISSES_OF_MANY,
    wait_after,
)
from candidates.identification.throttle import BLOCK, PERSON_FROM_BLOCK
from candidates.values import ACCESS_CODE_LENGTH

ADDRESSES = 10_000
DAY = timedelta(days=1)
SERVED = 6_000 * 86_400  # identifications a day of two cores: docs/performance.md


def counted_a_day(limit):
    return ADDRESSES * limit.failures * (DAY / limit.window)


def guesses_a_day(misses_before_pause, free=FREE_MISSES):
    """Guesses in a day under one count: as fast as the waits allow, a pause, and again."""
    spent, guesses = timedelta(), 0
    while spent < DAY:
        misses = guesses if misses_before_pause is None else guesses % misses_before_pause
        pause = misses_before_pause is not None and guesses and misses == 0
        spent += FORGOTTEN_AFTER if pause else wait_after(misses, free)
        guesses += spent < DAY
    return guesses


def test_the_throttle_answers_so_many_wrong_codes_a_day():
    assert counted_a_day(PERSON_FROM_BLOCK) == 9_600_000  # for one candidate
    assert counted_a_day(BLOCK) == 2_880_000_000  # for all
    # A derived code gets in over the limit too: what is tried is what the servers answer.
    assert SERVED == 518_400_000


def test_a_derived_code_is_not_found_in_a_million_years():
    bits = 5 * len(access_codes.generate("BTS-2026", "1"))
    assert bits == 60
    # For one candidate or for all of them: each guess is at the code of one.
    assert pytest.approx(4.5e-10, rel=0.01) == SERVED / 2**bits
    assert 2**bits / SERVED > 1_000_000 * 365


def test_an_office_code_resists_for_centuries_only_if_it_is_drawn_at_random():
    """Every guess at it counts: over the limit the right code is refused too."""
    tried = counted_a_day(PERSON_FROM_BLOCK)
    alphabet = len(set(access_codes.normalise("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
    assert alphabet == 33
    drawn = alphabet**ACCESS_CODE_LENGTH
    assert pytest.approx(6.8e-6, rel=0.01) == tried / drawn  # a day
    assert 400 < drawn / tried / 365 < 410  # years for every one of them
    # The weakest that is allowed: one known letter and seven digits, gone within 25 hours.
    weakest = 10 ** (ACCESS_CODE_LENGTH - 1)
    assert weakest / tried == pytest.approx(25 / 24)  # days
    assert 28 < weakest / tried * ADDRESSES / 365 < 29  # years from one address alone


def test_of_many_weak_office_codes_some_are_found_in_a_day():
    """Who guesses at other people each time, and knows their numbers and birth dates."""
    assert int(SERVED / counted_a_day(PERSON_FROM_BLOCK)) == 54  # people at once, at full speed
    assert 51 < SERVED / 10 ** (ACCESS_CODE_LENGTH - 1) < 52  # codes of a letter and seven digits
    assert SERVED / 33**ACCESS_CODE_LENGTH < 0.0004  # codes drawn at random


@pytest.mark.parametrize("misses_before_pause", [None, *range(1, 40)])
def test_a_password_is_guessed_at_three_hundred_times_a_day_whatever_the_rhythm(
    misses_before_pause,
):
    """From however many addresses: an account has one count for all strangers."""
    assert guesses_a_day(misses_before_pause) <= 305


@pytest.mark.parametrize("misses_before_pause", [None, *range(1, 60)])
def test_a_network_tries_some_hundred_passwords_a_day_whatever_the_accounts(misses_before_pause):
    assert guesses_a_day(misses_before_pause, FREE_MISSES_OF_MANY) <= 900
