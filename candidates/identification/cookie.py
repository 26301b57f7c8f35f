"""Identification by number, birth date and access code, kept in an encrypted cookie.

The cookie holds a `Visit`, encrypted and authenticated by the server: no session row is written, no
user is created, and nobody reads or changes what it says.
"""

import base64
import json
import logging
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language

from candidates.identification import access_codes, destinations, drafts
from candidates.identification.throttle import person_limit
from results_portal import links
from results_portal.keys import derive, derive_all
from results_portal.postgresql.base import DatabaseWrapper
from results_portal.routers import PUBLIC
from results_portal.templatetags.portal import instant, isodate
from results_portal.web.handler import UNREADABLE_COOKIES

# A function of diplomas/migrations/sql/visitors_sessions.sql: visitors may read neither names nor
# credentials.
FOUND = "SELECT entry_id, visit, initials, exam, opens_at FROM visitors_identify(%s, %s, %s)"
_END = "SELECT visitors_leave(%s, %s, %s)"

BEFORE_THE_HOUR = 2 * 3600  # seconds, within which a visit waits for the hour
AFTER_THE_HOUR = 30 * 60  # seconds, for which it then goes on
CLOSED, LEFT = "fermee", "quittee"  # how a visit ended, as the identification page is told
UNREADABLE = "illisible"  # why it does not begin
REMEMBERED = 12 * 3600  # seconds, for which a browser can be told that its visit has ended

logger = logging.getLogger(__name__)


class Visit(NamedTuple):
    """A visit of an identified candidate.

    `number` is that of the entry (`Entry.visit`) when it began; every page that reads the entry
    compares them. `ends_at` is in seconds since 1970. `initials` and `exam` are for the page's line
    "you are identified". `key` is the credential that was typed, in hexadecimal: it opens the file
    of the entry (`candidates.identification.entry`), which nobody else can.
    """

    entry_id: int
    number: int
    ends_at: int
    initials: str
    exam: str
    key: str = ""

    @property
    def proof(self) -> tuple[int, int, bytes]:
        """The first arguments of the functions of the database that open a file."""
        return self.entry_id, self.number, bytes.fromhex(self.key)

    @property
    def until(self) -> str:
        """The hour of its end in Paris, in words."""
        return _clock(self.ends_at, get_language())

    @property
    def instant(self) -> str:
        """Its end in the form that scripts read."""
        return _instant(self.ends_at)


@lru_cache(maxsize=1024)
def _clock(seconds: int, _language: str) -> str:
    return isodate(datetime.fromtimestamp(seconds, UTC), "clock")


@lru_cache(maxsize=1024)
def _instant(seconds: int) -> str:
    return instant(datetime.fromtimestamp(seconds, UTC))


def begun(row: tuple[Any, ...], typed: bytes) -> Visit:
    """Return the visit that begins now, from a row of `FOUND` and the credential asked for."""
    entry_id, number, letters, exam, opens_at = row
    initials = " ".join(f"{letter.upper()}." for letter in letters)
    ends_at = _end(int(time.time()), opens_at)
    return Visit(entry_id, number, ends_at, initials, exam, typed.hex())


def _end(now: int, opens_at: datetime | None) -> int:
    """Return the end of a visit that begins `now`: long enough to see the hour if it is near."""
    hour = int(opens_at.timestamp()) if opens_at else 0
    if now < hour <= now + BEFORE_THE_HOUR:
        return hour + AFTER_THE_HOUR
    return now + settings.IDENTIFICATION_SECONDS


def identify(*, number, birth_date, access_code, block):
    """Return the `Visit` of the entry that matches all three, or None.

    `block`: the `address_block` of who asks. One indexed read, whichever of them is wrong; more
    while an older key is accepted too. A number may serve again in a later session: the latest
    entry is returned, that of a September session once its hour is announced.
    """
    database = cast(DatabaseWrapper, connections[PUBLIC])
    for values in found_values(number, birth_date, access_code, block):
        if rows := database.fetch(FOUND, values):
            return begun(rows[0], values[0])
    return None


def found_values(number, birth_date, access_code, block):
    """Yield the parameters of `FOUND` to try by turns, mostly once, for what was typed."""
    limit = person_limit(number=number, birth_date=birth_date, block=block)
    for credential in access_codes.credentials(number, birth_date, access_code):
        yield credential, *limit


def remember(response, visit):
    """Set the cookie of this visit; return `response`."""
    _set(response, _sealed(visit), visit.ends_at - int(time.time()))
    return response


def header_of(visit):
    """Return the value of the header `Set-Cookie` by which `remember` sets this visit's cookie."""
    now = int(time.time())
    header = _header(visit.ends_at - now, now, settings.SESSION_COOKIE_SECURE)
    return header.replace(_PLACE, _sealed(visit))


_PLACE = "SEALED"  # of a visit in a header that all who come in the same second share


@lru_cache(maxsize=64)
def _header(left, _now, _secure):
    response = HttpResponse()
    _set(response, _PLACE, left)
    return response.cookies[settings.IDENTIFICATION_COOKIE].output(header="")


def _set(response, sealed, left):
    """Set a sealed visit that goes on for so many seconds."""
    response.set_cookie(
        settings.IDENTIFICATION_COOKIE,
        sealed,
        max_age=left + REMEMBERED,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def identified(request: HttpRequest) -> Visit | None:
    """Return the visit of this browser, or None (none, or over).

    Whether somebody has ended it is in the database: see `Entry.objects.visited`.
    """
    return identified_by(request.COOKIES)


def identified_by(cookies: dict[str, str]) -> Visit | None:
    """Return the visit that these cookies tell, or None."""
    visit = _opened(cookies.get(settings.IDENTIFICATION_COOKIE))
    return visit if visit and time.time() < visit.ends_at else None


def are_unreadable(request: HttpRequest) -> bool:
    """Whether the browser sends cookies that the server cannot read, ours among them.

    It drops them all where another site of the domain has set one with an accent.
    """
    return bool(request.META.get(UNREADABLE_COOKIES))


def is_remembered(request: HttpRequest) -> bool:
    """Whether this browser tells of a visit, be it over or not."""
    return _opened(request.COOKIES.get(settings.IDENTIFICATION_COOKIE)) is not None


def _sealed(visit: Visit) -> str:
    text = json.dumps(visit, ensure_ascii=False, separators=(",", ":"))
    sealed = _cipher(derive("visit")).encrypt(text.encode(), None)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")  # it would have to be quoted


def _opened(token: str | None) -> Visit | None:
    for key in derive_all("visit") if token else ():
        try:
            text = _cipher(key).decrypt(base64.urlsafe_b64decode(f"{token}=="), None)
        except (InvalidTag, ValueError):
            continue
        fields = json.loads(text) if text else []
        # That of another version of the portal is none.
        return Visit(*fields) if len(fields) == len(Visit._fields) else None
    return None


@lru_cache(maxsize=4)
def _cipher(key: bytes) -> AESSIV:
    return AESSIV(key)


def end(visit):
    """End this visit, in every browser that has a copy of its cookie, and in its other session.

    When the database is away or busy, it ends in this browser only.
    """
    try:
        with connections[settings.PUBLIC_WRITES].cursor() as cursor:
            cursor.execute(_END, visit.proof)
    except (OperationalError, InterfaceError):
        logger.warning("a visit ends in one browser only: its number could not be raised")


def forget(response):
    """Delete the identification and the drafts; return `response`."""
    response.delete_cookie(settings.IDENTIFICATION_COOKIE, samesite="Lax")
    return drafts.forget(response)


def ask(request, name="", *, kept=False):
    """Redirect to the identification page, which leads back to the page `name`.

    It says so where a visit has ended. `kept`: a draft of that page is waiting.
    """
    ended = is_remembered(request)
    query = {"suite": name} if name else {}
    query |= {"garde": "1"} if kept else {}
    query |= {"visite": CLOSED} if ended else {}
    query |= {"visite": UNREADABLE} if are_unreadable(request) else {}
    address = links.url("identification")
    response = redirect(f"{address}?{urlencode(query)}" if query else address)
    if ended:
        response.delete_cookie(settings.IDENTIFICATION_COOKIE, samesite="Lax")
    return response


def destination(request):
    """Return the URL to go to once identified, and its purpose in words; `(None, "")` by default.

    Only registered destinations are followed, whatever a link says.
    """
    name = request.META.get("QUERY_STRING") and request.GET.get("suite", "")
    purpose = name and destinations.purpose_of(name)
    return (reverse(name), purpose) if purpose else (None, "")
