"""A promised date counts the days on which the office works."""

from datetime import date

import pytest

from diplomas.attestations.working_days import after, is_working


@pytest.mark.parametrize(
    ("day", "holiday"),
    [
        (date(2026, 4, 6), "Easter Monday"),
        (date(2026, 5, 1), "Labour Day"),
        (date(2026, 5, 14), "Ascension"),
        (date(2026, 5, 25), "Whit Monday"),
        (date(2026, 7, 14), "national day"),
        (date(2027, 3, 29), "Easter Monday, in March"),
        (date(2026, 11, 11), "armistice"),
        (date(2026, 11, 21), "a Saturday"),
        (date(2026, 11, 22), "a Sunday"),
    ],
)
def test_nobody_works_on_a_holiday_or_at_the_weekend(day, holiday):
    assert not is_working(day), holiday


def test_fifteen_working_days_are_three_weeks_and_the_holidays_between():
    assert after(date(2026, 11, 23), 15) == date(2026, 12, 14)
    assert after(date(2026, 4, 30), 15) == date(2026, 5, 27)  # four holidays


def test_a_promise_made_at_the_weekend_counts_from_monday():
    assert after(date(2026, 11, 21), 1) == date(2026, 11, 23)
