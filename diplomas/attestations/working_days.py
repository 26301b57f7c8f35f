"""Working days in France: Monday to Friday, without the eleven public holidays.

Code du travail, art. L. 3133-1.
"""

import datetime

_FIXED = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}  # month, day
_AFTER_EASTER = (1, 39, 50)  # days: Easter Monday, Ascension, Whit Monday
_SATURDAY = 5


def after(day: datetime.date, count: int) -> datetime.date:
    """Return the date `count` working days after `day`."""
    while count > 0:
        day += datetime.timedelta(days=1)
        count -= is_working(day)
    return day


def is_working(day: datetime.date) -> bool:
    since_easter = (day - _easter(day.year)).days
    holiday = (day.month, day.day) in _FIXED or since_easter in _AFTER_EASTER
    return day.weekday() < _SATURDAY and not holiday


def _easter(year: int) -> datetime.date:
    """Return Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l = (32 + 2 * e + 2 * i - h - k) % 7  # noqa: E741
    m = (a + 11 * h + 22 * l) // 451
    month, day = divmod(h + l - 7 * m + 114, 31)
    return datetime.date(year, month, day + 1)
