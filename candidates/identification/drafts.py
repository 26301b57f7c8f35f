"""Drafts of forms, kept for an hour in an encrypted cookie of the candidate's browser.

Not on the server, so that nothing is stored of a form that is never confirmed, and not in the URL.
A draft names the entry that it was typed for and is given back to that entry alone.
"""

import base64
import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core import signing

from results_portal.keys import derive_all

SECONDS = 3600
PATH = "/adresse/"
FORMS = ("address", "identity", "messages")
LONGEST = 3500  # a browser keeps 4,096 bytes of a cookie

_OPENED = "candidates.form"


def sign_owner(entry_id):
    """Return the signed value of a form's field `opened_by`: the entry that it is opened for."""
    return signing.TimestampSigner(salt=_OPENED).sign(str(entry_id))


def form_owner(request):
    """Return the entry that the posted form was opened for, within a day, or None."""
    try:
        signed = request.POST.get("opened_by", "")
        return int(signing.TimestampSigner(salt=_OPENED).unsign(signed, max_age=24 * 3600))
    except (signing.BadSignature, ValueError):
        return None


def keep(response, form, *, entry_id, data):
    """Set the cookie that keeps `data` (texts by name) typed into `form`; return `response`.

    Long texts are cut until the cookie fits.
    """
    tokens = (_encrypted(entry_id, data, longest) for longest in (600, 254, 80, 20))
    response.set_cookie(
        _name(form),
        next(token for token in tokens if len(token) <= LONGEST),
        max_age=SECONDS,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def kept(request, form, *, entry_id):
    """Return the data kept of `form` for this entry, or None."""
    try:
        token = request.COOKIES.get(_name(form), "").encode(errors="replace")
        text = _cipher().decrypt(token, ttl=SECONDS)
    except InvalidToken:
        return None
    draft = json.loads(text)
    return draft["data"] if draft["entry"] == entry_id else None


def forget(response, *forms):
    """Delete the drafts of `forms`, by default of all; return `response`."""
    for form in forms or FORMS:
        response.delete_cookie(_name(form), path=PATH, samesite="Lax")
    return response


def names():
    """Return the names of the cookies, for the privacy page."""
    return [_name(form) for form in FORMS]


def _encrypted(entry_id, data, longest):
    cut = {name: text[:longest] for name, text in data.items()}
    text = json.dumps({"entry": entry_id, "data": cut}, ensure_ascii=False)
    return _cipher().encrypt(text.encode(errors="replace")).decode()


def _name(form):
    prefix = "__Secure-" if settings.SESSION_COOKIE_SECURE else ""
    return f"{prefix}brouillon-{form}"


def _cipher():
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derive_all("draft")])
