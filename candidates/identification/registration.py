"""Fast path of identification, for input typed in the commonest form."""

import re
from datetime import date

from candidates.identification.cookie import question_unless
from candidates.identification.forms import attempt, throttle_of
from results_portal.routers import PUBLIC

_PLAIN_NUMBER = re.compile(r"[0-9A-Za-z]{1,40}")
_PLAIN_DATE = re.compile(r"(\d\d)/(\d\d)/(\d{4})", re.ASCII)
_PLAIN_CODE = re.compile(r"[0-9A-Za-z -]{1,60}")


def identified_at_once(request):
    """Return the key of the entry when the input is in the commonest form and matches, or None.

    After None, `IdentificationForm` has to decide. It would give the same key, in ten times the
    time.
    """
    typed = _typed_plainly(request)
    return typed and attempt(request, **typed)[2]


def question_at_once(request):
    """Return the database, SQL and values of the query of `identified_at_once`, or None."""
    typed = _typed_plainly(request)
    asked = typed and question_unless(throttle_of(request, **typed), **typed)
    return asked and (PUBLIC, *asked)


def entry_at_once(rows):
    """Return the key of the entry from the rows of `question_at_once`, or None."""
    ((blocked, entry_id),) = rows
    return None if blocked else entry_id


def _typed_plainly(request):
    number, birth_date, access_code = map(
        request.POST.get, ("number", "birth_date", "access_code"), ("", "", "")
    )
    if not (_PLAIN_NUMBER.fullmatch(number) and _PLAIN_CODE.fullmatch(access_code)):
        return None
    if not (typed := _PLAIN_DATE.fullmatch(birth_date)):
        return None
    day, month, year = map(int, typed.groups())
    try:
        birth_date = date(year, month, day)
    except ValueError:
        return None
    return {"number": number.upper(), "birth_date": birth_date, "access_code": access_code}
