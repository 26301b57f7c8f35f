"""What makes the tests stricter than production: a slip that would pass unseen fails here."""

import inspect
import random
import re

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.template import Template


class UndefinedVariableError(AssertionError):
    """A template of ours shows a variable that nobody gave it."""


class FailOnUndefined(str):
    """A `string_if_invalid` that refuses, in our templates, what Django would leave blank."""

    def __bool__(self):
        return True  # or Django would not ask

    def __contains__(self, text):
        return text == "%s"

    def __mod__(self, variable):
        name = _template_being_rendered()
        if name and name.startswith(str(settings.BASE_DIR / "templates")):
            raise UndefinedVariableError(f"{{{{ {variable} }}}} is undefined in {name}")
        return ""


def _template_being_rendered():
    frame = inspect.currentframe()
    while frame := frame.f_back:
        node = frame.f_locals.get("self")
        if origin := getattr(node, "origin", None):
            return origin.name
        if isinstance(node, Template):
            return node.name
    return None


class EmptyLinkError(AssertionError):
    """A page has a link that leads nowhere but to itself."""


EMPTY_LINK = re.compile(r"""<a\b[^>]*\shref=(?:"\s*"|'\s*')[^>]*>(.*?)</a>""", re.DOTALL)
RELOADING = {"Actualiser la page", "Reload the page"}  # the only ones that are meant to


def refuse_empty_links(get_response):
    """Middleware of the tests: whatever page a test opens, none of its links is empty."""

    def answer(request):
        response = get_response(request)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            words = [link.strip() for link in EMPTY_LINK.findall(response.content.decode())]
            if dead := [link for link in words if link not in RELOADING]:
                raise EmptyLinkError(f"{request.path}: {dead}")
        return response

    return answer


class OfficeLoginError(AssertionError):
    """A page of visitors asks something with the office's login."""


def keep_visitors_from_the_office(get_response):
    """Middleware of the tests: whatever visitors open or send, `default` is not asked."""
    of_the_office = (settings.STAFF_PREFIX, "/readyz")  # known once the settings are read

    def refuse(execute, sql, params, many, context):
        raise OfficeLoginError(sql)

    def answer(request):
        if request.path.startswith(of_the_office):
            return get_response(request)
        with connections[DEFAULT_DB_ALIAS].execute_wrapper(refuse):
            return get_response(request)

    return answer


def shuffle_unordered_querysets(monkeypatch, *, seed):
    """Give rows in any order to who asks for no order: a missing `order_by` then shows."""
    shuffler = random.Random(seed)
    fetch_all = QuerySet._fetch_all

    def fetch_and_shuffle(self):
        fresh = self._result_cache is None
        fetch_all(self)
        if fresh and not self.ordered:
            shuffler.shuffle(self._result_cache)

    monkeypatch.setattr(QuerySet, "_fetch_all", fetch_and_shuffle)
