"""Before the hour nothing differs with the result to come: not one byte, not one statement.

Time is not measured here, where a busy machine would decide. What takes time is compared instead:
each SQL statement of each page, with the number of rows that it found.
"""

import re
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pypdfium2
import pytest
from django.db import connections, transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from results.jury.deliberation import deliberate
from results.publication import release
from tests import factories

pytestmark = [pytest.mark.long, pytest.mark.django_db]

# What is drawn anew each time: CSRF tokens, what the server signs, savepoints, verification codes.
CHANGING = re.compile(
    r"\b([A-Za-z0-9]{64}|[\w-]+:[\w-]{6}:[\w-]{43}|s\d+_x\d+|([0-9A-Z]{4}-)+[0-9A-Z]{2,4}"
    r"|[0-9A-Z]{26})\b"
)
HEADERS = ("Content-Type", "Content-Disposition", "Cache-Control", "Location")
LIST = ("BTS-2026", "MINI")

SITUATIONS = {
    "admitted": {"marks": factories.ADMITTED},
    "called": {"marks": factories.CONTROL},
    "refused": {"marks": factories.REFUSED},
    "absent": {"marks": factories.ABSENT},
    "withheld": {"marks": factories.ADMITTED, "withheld": True},
}
SECOND_ROUND = {
    "admitted": {"marks": factories.CONTROL | {"U1": ("8", "20"), "U2": ("8", "20")}},
    "refused": {"marks": factories.CONTROL | {"U1": ("8", "2"), "U2": ("8", "2")}},
}


@pytest.fixture(params=["on", pytest.param("off", marks=pytest.mark.slow)], autouse=True)
def fast_path(request, settings):
    settings.FAST_PATH = request.param
    return request.param


@pytest.fixture(autouse=True)
def _the_clock_stands_still(time_machine):
    time_machine.move_to(timezone.now().replace(minute=0), tick=False)


def public_pages():
    """The address of each page that takes no argument, whichever app has it, and of a list."""
    pages = [reverse("results:list", args=LIST)]
    for namespace, patterns in _patterns("", get_resolver().url_patterns):
        pages += [
            reverse(f"{namespace}{pattern.name}")
            for pattern in patterns
            if pattern.name and not pattern.pattern.regex.groups
        ]
    return sorted(pages)


def _patterns(namespace, patterns):
    """The URL patterns by the namespace they are in; those of the staff left out."""
    yield namespace, [pattern for pattern in patterns if not hasattr(pattern, "url_patterns")]
    for inner in patterns:
        if hasattr(inner, "url_patterns") and inner.namespace != "admin":
            within = f"{inner.namespace}:" if inner.namespace else ""
            yield from _patterns(namespace + within, inner.url_patterns)


@contextmanager
def statements():
    """The list of what is asked of the databases meanwhile: who asks, what, and rows found."""
    heard = []

    def listener(alias):
        def listen(execute, sql, params, many, context):
            found = execute(sql, params, many, context)
            heard.append((alias, CHANGING.sub("", str(sql)), context["cursor"].rowcount))
            return found

        return listen

    with ExitStack() as stack:
        for alias in connections:
            stack.enter_context(connections[alias].execute_wrapper(listener(alias)))
        yield heard


def read(response):
    if response["Content-Type"] != "application/pdf":
        return response.content.decode()
    with pypdfium2.PdfDocument(response.content) as pdf:
        return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def observe(client, method, path, entry, **data):
    """Everything that can be told of one answer, but what names this entry or this visit."""
    with statements() as heard:
        response = getattr(client, method)(path, data)
    text = CHANGING.sub("", read(response)).replace(entry.number, "NUMBER")
    headers = {name: response.headers.get(name) for name in HEADERS}
    return response.status_code, headers, text, heard


def by_candidate(entry):
    """What a candidate can observe of every page of the site."""
    client = Client()
    identity = {"number": entry.number, "birth_date": "31/12/2004", "access_code": factories.CODE}
    seen = {"identify": observe(client, "post", reverse("results:lookup"), entry, **identity)}
    return seen | {path: observe(client, "get", path, entry) for path in public_pages()}


def by_stranger(entry):
    """What anybody can observe of every page of the site."""
    client = Client()
    search = observe(client, "post", reverse("results:list", args=LIST), entry, q="DUPONT")
    return {path: observe(client, "get", path, entry) for path in public_pages()} | {"q": search}


def different(observations):
    """The pages that are not the same to everyone."""
    first, *others = observations
    return {page for page in first for other in others if other[page] != first[page]}


def session_of(particulars, *, schedule, seen):
    """What is seen of a session where everyone is in the same situation; nothing of it stays."""
    with transaction.atomic():
        entries = [
            factories.entry(number, web_consent=True, **particulars)
            for number in ("2699999901", "2699999902", "2699999903")
        ]
        schedule(entries[0].session)
        observed = seen(entries[0])
        transaction.set_rollback(True)
    return observed


def at_once(session):
    """Open at the hour where Python's clock stands: the database's own would differ each time."""
    deliberate(session)
    release.schedule(session, round=1, at=timezone.now() + timedelta(microseconds=1))


def in_an_hour(session):
    deliberate(session)
    release.schedule(session, at=timezone.now() + timedelta(hours=1))


def second_round_in_an_hour(session):
    at_once(session)
    deliberate(session, round=2)
    release.schedule(session, round=2, at=timezone.now() + timedelta(hours=1))


def test_candidates_with_other_results_get_the_same_answers_by_the_same_statements():
    people = [
        factories.entry(web_consent=True, **particulars) for particulars in SITUATIONS.values()
    ]
    in_an_hour(factories.session())
    assert not different([by_candidate(entry) for entry in people])


@pytest.mark.parametrize("seen", [by_candidate, by_stranger])
def test_a_session_of_admitted_people_looks_like_one_of_refused_people(seen):
    observed = [
        session_of(particulars, schedule=in_an_hour, seen=seen)
        for particulars in SITUATIONS.values()
    ]
    assert not different(observed)


@pytest.mark.parametrize("seen", [by_candidate, by_stranger])
def test_before_the_second_round_opens_nobody_can_tell_how_it_ended(seen):
    observed = [
        session_of(particulars, schedule=second_round_in_an_hour, seen=seen)
        for particulars in SECOND_ROUND.values()
    ]
    assert not different(observed)


@pytest.mark.slow
def test_once_open_these_same_visits_tell_every_situation():
    seen = [
        session_of(particulars, schedule=at_once, seen=by_candidate)[reverse("results:mine")]
        for particulars in SITUATIONS.values()
    ]
    assert len({page for _status, _headers, page, _statements in seen}) == len(SITUATIONS)
