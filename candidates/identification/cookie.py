"""Who is looking: candidate number, birth date and access code, then a short-lived signed cookie.

The cookie holds nothing but the key of the entry and its hour, under the server's signature: no
session row is written, no user is created, and nothing personal travels.
"""

import hashlib
import hmac
from functools import cache

from django.conf import settings
from django.core import signing
from django.core.signals import setting_changed
from django.db import connections
from django.dispatch import receiver
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from candidates.identification import access_codes, destinations, drafts
from results_portal import links
from results_portal.routers import PUBLIC

_SIGNER = "candidates.identification"
_FOUND = "SELECT id FROM candidates_entry WHERE credential = %s ORDER BY id DESC LIMIT 1"


class _Signer(signing.TimestampSigner):
    """Django's signatures, whose key is derived once and not at each of them."""

    def signature(self, value, key=None):
        key = _derived(f"{self.salt}signer", key or self.key)
        return signing.b64_encode(hmac.digest(key, value.encode(), "sha256")).decode()


@cache
def _derived(salt, secret):
    return hashlib.sha256(f"{salt}{secret}".encode()).digest()


@cache
def _signer():
    return _Signer(salt=_SIGNER)


@receiver(setting_changed)
def _another_secret(**_changed):
    """For tests: a setting changes in no other way."""
    _signer.cache_clear()


def identify(*, number, birth_date, access_code):
    """The key of the entry that these three together name, or None.

    One indexed read whatever is wrong. A number may serve again in a later session: the entry of
    the latest one answers.
    """
    rows = connections[PUBLIC].fetch(_FOUND, (_credential(number, birth_date, access_code),))
    return rows[0][0] if rows else None


def identify_unless(throttle, *, number, birth_date, access_code):
    """As `identify`, in one question with that of the `throttle`: whether it refuses the attempt,
    and
    the key of the entry, None then."""
    credential = _credential(number, birth_date, access_code)
    blocked, entry_id = throttle.blocked_beside(_FOUND, (credential,))
    return blocked, None if blocked else entry_id


def question_unless(throttle, *, number, birth_date, access_code):
    """What `identify_unless` asks where one database answers all, else None: SQL and its values.

    Its row holds whether the attempt is refused, and the key of the entry or None.
    """
    if settings.PUBLIC_WRITES != PUBLIC:
        return None
    return throttle.question_beside(_FOUND, (_credential(number, birth_date, access_code),))


def _credential(number, birth_date, access_code):
    return access_codes.credential(number, birth_date, access_codes.digest(number, access_code))


def remember(response, entry_id):
    """Let `response` carry the identification of `entry_id`; returns it."""
    response.set_cookie(
        settings.IDENTIFICATION_COOKIE,
        _signer().sign(str(entry_id)),
        max_age=settings.IDENTIFICATION_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def identified(request):
    """The key of the entry identified in this browser, or None when there is none or no more."""
    return identified_by(request.COOKIES)


def identified_by(cookies):
    """The key of the entry that these cookies identify, or None."""
    cookie = cookies.get(settings.IDENTIFICATION_COOKIE, "")
    try:
        return int(_signer().unsign(cookie, max_age=settings.IDENTIFICATION_SECONDS))
    except (signing.BadSignature, ValueError):
        return None


def forget(response):
    """Sign out: let `response` erase the identification and what was typed; returns it."""
    response.delete_cookie(settings.IDENTIFICATION_COOKIE, samesite="Lax")
    return drafts.forget(response)


def ask(name, *, kept=False):
    """Send to the identification page, and from there back to the page `name`.

    `kept` tells that what was typed there is waiting.
    """
    query = {"suite": name} | ({"garde": "1"} if kept else {})
    return redirect(f"{links.url('identification')}?{urlencode(query)}")


def destination(request):
    """The address to go to once identified, and what one does there; (None, "") when not said.

    Only registered destinations are followed, whatever a link says.
    """
    name = request.META.get("QUERY_STRING") and request.GET.get("suite", "")
    purpose = name and destinations.purpose_of(name)
    return (reverse(name), purpose) if purpose else (None, "")
