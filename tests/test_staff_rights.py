"""What each role may ask of the office's pages, frozen in `staff_rights.txt`.

Every address under /gestion/ is asked once by each role, by GET and by an empty POST, and every
action of a list is posted for a row. What an answer would have changed is undone.
"""

import difflib
import os
import re
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as portal
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.urls import get_resolver

from tests import one_of_each
from tests.staff import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FROZEN = Path(__file__).with_name("staff_rights.txt")
STAFF = portal.STAFF_PREFIX.removeprefix("/")
ROLES = ["anonymous", "stranger", "operator", "manager", "secretary", "auditor", "administrator"]
ROLES += ["school head"]
ROW_KEYS = {"id", "pk", "object_id", "entry_id"}
KEYS_OF = {
    "session_pk": "session",
    "pupil": "entry",
    "speciality_pk": "speciality",
    "uai": "school",
}
OTHERS = {
    "app_label": "candidates",
    "code": "BTS-2026",
    "content_type_id": "1",
    "key": "a-key",  # signed for one person: nobody has this one
    "kind": "RETURNED",
    "number": "1",
    "url": "nowhere",
}

HEADING = """\
# What each role gets of the office's pages, by GET and by an empty POST, or a posted action.
#   yes      the page, or its form again
#   leads    sent on to another page: it is done, or there was nothing to do
#   no       refused (403), or an action that the role does not have
#   sign-in  asked to sign in
#   none     may ask, and there is nothing (404)
#   -        not by this method (405)
# "anonymous" has not signed in; "stranger" has, and is not of the staff. The rows asked for are
# those of tests/one_of_each.py, whose results are public: a jury secretary decides no more.
# Rights are given by the apps.py of each app; tests/test_staff_rights.py compares.
"""

CHANGED = """\
What staff may do is no longer what tests/staff_rights.txt says:

{difference}

If it is meant, write it down and have the difference reviewed: FREEZE=1 .venv/bin/pytest {test}
"""


class LeaveBlank:
    """Middleware that spares the work of rendering: of an answer its status is all that counts."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_template_response(self, request, response):
        response.content = b""
        return response

    def process_exception(self, request, exception):
        statuses = {PermissionDenied: 403, Http404: 404}
        status = statuses.get(type(exception))
        return status and HttpResponse(status=status)


def routes(patterns=None, before=""):
    """Yield every route under the prefix of staff, with names in angle brackets."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + re.sub(r"\^?\(\?P<(\w+)>.*\)(/?)\$", r"<\1>\2", str(pattern.pattern))
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, route)
        elif route.startswith(STAFF):
            yield route.removeprefix(STAFF)


def model_of(route):
    """Return the model whose table a route is about, or None."""
    app, _slash, rest = route.partition("/")
    return apps.all_models[app].get(rest.partition("/")[0]) if app in apps.all_models else None


def first_key(model):
    row = model.objects.order_by("pk").first()
    assert row is not None, f"tests/one_of_each.py writes no row of {model.__name__}"
    return row.pk


def address(route):
    """Return the address of a route, with the key of a row in it."""

    def value(match):
        name = match[1]
        if name in KEYS_OF:
            return str(first_key(apps.get_model("candidates", KEYS_OF[name])))
        if name in ROW_KEYS and (model := model_of(route)):
            return admin.utils.quote(str(first_key(model)))
        return OTHERS.get(name, "1")

    return f"/{STAFF}" + re.sub(r"<(?:\w+:)?(\w+)>", value, route)


def asked():
    """Yield what is asked, table by table: its table and name, its address, what is posted."""
    for route in sorted(set(routes()), key=lambda route: (table_of(route), route)):
        table, where = table_of(route), address(route)
        yield table, route.removeprefix(table), where, None
        if table and table == route:
            for action in actions_of(model_of(route)):
                yield table, f"  {action}", where, post_of(model_of(route), action)


def table_of(route):
    """Return the beginning of a route that names a table, or an empty string."""
    return "".join(re.findall("[^/]*/", route)[:2]) if model_of(route) else ""


def actions_of(model):
    """Return the names of the actions of a table's list, for whoever has them."""
    own = admin.site._registry[model].actions
    everywhere = [name for name, _action in admin.site.actions]
    return [] if own is None else [*everywhere, *own]


def post_of(model, action):
    return {"action": action, "_selected_action": [first_key(model)], "index": "0"}


def verdict(client, method, where, data=None):
    """Say in a word what a role gets; undo what it did."""
    cookies = client.cookies.output(header="", sep=";")
    with transaction.atomic():
        answer = getattr(client, method)(where, data)
        list(answer.streaming_content if answer.streaming else ())  # a file is read and closed
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(cookies)
    if answer.status_code == 302:
        if answer.url.startswith(f"{portal.STAFF_PREFIX}login/"):
            return "sign-in"
        return "no" if data and warned(answer) else "leads"
    if data and "cl" in (getattr(answer, "context_data", None) or ()):  # the list again
        return "no"
    return {403: "no", 404: "none", 405: "-"}.get(answer.status_code, "yes")


def warned(answer):
    """Whether the answer only warns, as Django does of an action that a role does not have."""
    return any(message.level_tag == "warning" for message in get_messages(answer.wsgi_request))


def clients():
    User.objects.create_user("stranger")
    return {role: client_of(role) for role in ROLES}


def matrix():
    """Return the whole table as text."""
    browsers = clients()
    lines = [HEADING, line("", ROLES), line("", ["GET", "POST"] * len(ROLES), width=8)]
    last = None
    for table, name, where, data in asked():
        if table != last:
            lines += ["", f"/{STAFF}{table}"]
            last = table
        got = []
        for client in browsers.values():
            got.append("" if data else verdict(client, "get", where))
            got.append(verdict(client, "post", where, data))
        lines.append(line(f"  {name or '(list)'}", got, width=8))
    return "\n".join(lines) + "\n"


def line(name, cells, width=16):
    return f"{name:46}{''.join(f'{cell:{width}}' for cell in cells)}".rstrip()


@pytest.fixture
def _quick_pages(settings, monkeypatch):
    """Leave out what refuses nothing, and would be done two thousand times.

    A middleware that refuses staff anything belongs in this list.
    """
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.MIDDLEWARE = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "results_portal.web.middleware.AccountMiddleware",
        "candidates.sign_in.middleware.SecondFactorMiddleware",
        f"{__name__}.LeaveBlank",
    ]
    monkeypatch.setattr(admin.site, "each_context", lambda request: {})


@pytest.mark.usefixtures("_quick_pages")
def test_each_role_gets_of_each_page_what_the_frozen_list_says(request):
    one_of_each.write()
    now = matrix()
    if os.environ.get("FREEZE"):
        FROZEN.write_text(now)
    lines = FROZEN.read_text().splitlines(), now.splitlines()
    difference = "\n".join(difflib.unified_diff(*lines, "frozen", "now", lineterm="", n=3))
    assert not difference, CHANGED.format(difference=difference, test=request.node.nodeid)
