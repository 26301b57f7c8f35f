"""Read a plainly typed identification without Django's form, for the server of the rush.

`IdentificationForm` gives the same result in ten times the time.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.http import HttpRequest

from candidates import typed, values
from candidates.identification import access_codes
from candidates.identification.cookie import FOUND, found_values
from candidates.identification.throttle import (
    COUNT_FAILURES,
    address_block,
    identification_throttle,
)
from results_portal.serving.registry import BatchedQuery

_NUMBER = re.compile(r"[0-9A-Za-z]{1,40}")
_DATE = re.compile(r"(\d\d)/(\d\d)/(\d{4})", re.ASCII)
_CODE = re.compile(r"[0-9A-Za-z -]{1,60}")

FOUND_QUERY = BatchedQuery(FOUND)
COUNT_QUERY = BatchedQuery(COUNT_FAILURES, COUNT_FAILURES)


class Typed(NamedTuple):
    """What a candidate typed."""

    number: str
    birth_date: date
    access_code: str

    @property
    def has_error_of_its_own(self) -> bool:
        """Whether `IdentificationForm` says more of this attempt than of others, if it fails."""
        return not access_codes.is_as_long_as_ours(self.access_code)

    def found_values(self, request: HttpRequest) -> Iterator[tuple[Any, ...]]:
        """Return the parameters of `FOUND_QUERY` to try, by turns."""
        block = address_block(request)
        return found_values(self.number, self.birth_date, self.access_code, block)

    def failure(self, request: HttpRequest) -> tuple[Any, ...]:
        """Return the parameters of `COUNT_QUERY` for an attempt that failed."""
        block = address_block(request)
        throttle = identification_throttle(
            number=self.number, birth_date=self.birth_date, block=block
        )
        return throttle.values


def plainly_typed(request: HttpRequest) -> Typed | None:
    """Return the values of a plainly typed form; None where `IdentificationForm` must read it."""
    number, written, code = map(request.POST.get, ("number", "birth_date", "access_code"))
    if not (number and _NUMBER.fullmatch(number) and code and _CODE.fullmatch(code)):
        return None
    found = _DATE.fullmatch(written or "")
    if not (written and found):
        return None
    day, month, year = map(int, found.groups())
    try:
        born = date(year, month, day)
    except ValueError:
        return None
    number = number.upper()
    if (
        not typed.is_birth_date(born, today=values.today())
        or access_codes.is_too_short(code)
        or access_codes.are_swapped(number, code)
    ):
        return None
    return Typed(number, born, code)
