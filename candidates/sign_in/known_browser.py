"""Browsers that have signed in to an account before: each counts its wrong passwords apart.

Strangers who guess at a colleague's password make other strangers wait, never the colleague. The
cookie opens nothing: it holds, for the last accounts that signed in, a digest of the name and a
random key under which misses are counted, signed by the server.
"""

import secrets

from django.conf import settings
from django.core import signing

from candidates.identification.throttle import digest_of

MOST_ACCOUNTS = 8  # of one browser, on a desk that people share
_SALT = "candidates.admin.known_browser"


def key_of(request, name):
    """Return the key of this browser for the account `name`, or None if it never signed in here."""
    return _accounts(request).get(_account(name))


def remember(response, request, name):
    """Set the cookie of a browser that has just signed in to the account `name`."""
    known = _accounts(request)
    account = _account(name)
    key = known.pop(account, None) or secrets.token_urlsafe(9)
    accounts = dict([*known.items(), (account, key)][-MOST_ACCOUNTS:])
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE,
        signing.dumps(accounts, salt=_SALT),
        max_age=settings.KNOWN_BROWSER_SECONDS,
        path=settings.STAFF_PREFIX,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _accounts(request):
    cookie = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE, "")
    try:
        return signing.loads(cookie, salt=_SALT, max_age=settings.KNOWN_BROWSER_SECONDS)
    except signing.BadSignature:
        return {}


def _account(name):
    return digest_of(f"known browser\n{name}")[:9].hex()
