"""Identification by number, birth date and access code, kept in a short-lived signed cookie.

The cookie holds the key of the entry and a timestamp, signed by the server: no session row is
written, no user is created, and nothing personal travels.
"""

import hashlib
import hmac
from functools import cache
from typing import cast

from django.conf import settings
from django.core import signing
from django.core.signals import setting_changed
from django.db import connections
from django.dispatch import receiver
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlencode

from candidates.identification import access_codes, destinations, drafts
from results_portal import links
from results_portal.postgresql.base import DatabaseWrapper
from results_portal.routers import PUBLIC

_SIGNER = "candidates.identification"
FOUND = "SELECT id FROM candidates_entry WHERE credential = %s ORDER BY id DESC LIMIT 1"


class _Signer(signing.TimestampSigner):
    """Django's signer, with the key derived once instead of at each signature."""

    def signature(self, value, key=None):
        derived = _derived(force_bytes(key or self.key))
        return signing.b64_encode(hmac.digest(derived, value.encode(), "sha256")).decode()


@cache
def _derived(secret: bytes) -> bytes:
    return hashlib.sha256(f"{_SIGNER}signer".encode() + secret).digest()


@cache
def _signer():
    return _Signer(salt=_SIGNER)


@receiver(setting_changed)
def _another_secret(**_changed):
    """Drop the signer of the old secret; only tests change settings."""
    _signer.cache_clear()


def identify(*, number, birth_date, access_code):
    """Return the key of the entry that matches all three, or None.

    One indexed read, whichever of them is wrong. A number may serve again in a later session: the
    latest entry is returned.
    """
    database = cast(DatabaseWrapper, connections[PUBLIC])
    rows = database.fetch(FOUND, (credential(number, birth_date, access_code),))
    return rows[0][0] if rows else None


def credential(number, birth_date, access_code):
    """Return the parameter of `FOUND` for a number, birth date and access code."""
    return access_codes.credential(number, birth_date, access_codes.digest(number, access_code))


def remember(response, entry_id):
    """Set the cookie that identifies `entry_id`; return `response`."""
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
    """Return the key of the entry identified in this browser, or None (none, or expired)."""
    return identified_by(request.COOKIES)


def identified_by(cookies):
    """Return the key of the entry that these cookies identify, or None."""
    cookie = cookies.get(settings.IDENTIFICATION_COOKIE, "")
    try:
        return int(_signer().unsign(cookie, max_age=settings.IDENTIFICATION_SECONDS))
    except (signing.BadSignature, ValueError):
        return None


def forget(response):
    """Sign out: delete the identification and the drafts; return `response`."""
    response.delete_cookie(settings.IDENTIFICATION_COOKIE, samesite="Lax")
    return drafts.forget(response)


def ask(name, *, kept=False):
    """Redirect to the identification page, which leads back to the page `name`.

    `kept`: a draft of that page is waiting.
    """
    query = {"suite": name} | ({"garde": "1"} if kept else {})
    return redirect(f"{links.url('identification')}?{urlencode(query)}")


def destination(request):
    """Return the URL to go to once identified, and its purpose in words; `(None, "")` by default.

    Only registered destinations are followed, whatever a link says.
    """
    name = request.META.get("QUERY_STRING") and request.GET.get("suite", "")
    purpose = name and destinations.purpose_of(name)
    return (reverse(name), purpose) if purpose else (None, "")
