"""What a candidate's browser sends to identify."""

import urllib.parse

from tests import factories
from tests.granian import ask

LOOKUP = "/resultats/"
FORM = ("Content-Type", "application/x-www-form-urlencoded")


def cookies_of(headers):
    return [value.partition(";")[0] for name, value in headers if name == "set-cookie"]


def identified(port, entry, code=factories.CODE):
    """The cookie of a candidate who sends the form; None when refused."""
    status, headers, _page = sent(port, entry, code)
    return cookies_of(headers)[0] if status == 302 else None


def guess(port, entry, code):
    return sent(port, entry, code)[0]


def sent(port, entry, code, headers=None, **more):
    return posted(port, typed(entry, code) | more, headers)


def typed(entry, code):
    return {
        "number": entry.number,
        "birth_date": f"{entry.candidate.birth_date:%d/%m/%Y}",
        "access_code": code,
    }


def posted(port, form, headers=None):
    headers = [("Origin", f"http://127.0.0.1:{port}")] if headers is None else headers
    body = urllib.parse.urlencode(form).encode()
    return ask(port, LOOKUP, "POST", body, [FORM, *headers])
