"""Searches that name people, kept in the session: an address holds a token, no log a name."""

import secrets

_KEY = "searches"
_KEPT = 20


def keep(request, terms):
    """Return the token of new terms; the last twenty searches are kept."""
    terms = terms.replace("\0", "")  # that no database takes
    token = secrets.token_urlsafe(6)
    searches = list(request.session.get(_KEY, {}).items())[1 - _KEPT :]
    request.session[_KEY] = dict([*searches, (token, terms)])
    return token


def kept(request, token):
    """Return the terms of a token, "" when it is another session's or too old."""
    return request.session.get(_KEY, {}).get(token, "")
