"""While PostgreSQL is frozen, locked or gone, nobody waits for it and what can be told is told."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import psycopg
import pytest

from results_portal.development import embedded_postgres
from tests.granian import ask, portal
from tests.results.fast_path.rush import cookies_of, posted

pytestmark = pytest.mark.slow

MINE, LOOKUP, HOME = "/resultats/mon-resultat/", "/resultats/", "/"
STYLE = "/static/css/error.css"
KEY = "for an office that freezes"
AT_ONCE, SOON = 0.1, 3.0  # seconds
NOTICED = 1.6  # seconds after which the database is known to be away


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A server of PostgreSQL of its own, with released results: its URLs and its people."""
    data = tmp_path_factory.mktemp("frozen")
    urls = {
        variable: embedded_postgres.database_url(data=data, login=login)
        for variable, login in embedded_postgres.LOGINS.items()
    }
    environment = (
        os.environ
        | urls
        | {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "SECRET_KEY": KEY,
        }
    )
    program = [sys.executable, "-m", "tests.released_office", "6"]
    made = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
    yield urls | {"DATABASE_OWNER_URL": ""}, data, json.loads(made.stdout)
    embedded_postgres.stop(data=data)


@pytest.fixture(scope="module")
def port(office):
    urls, _data, _people = office
    with portal("on", **urls, SECRET_KEY=KEY) as port:
        yield port


def identified(port, person, code):
    """The cookie of a candidate who sends the form."""
    form = {"number": person["number"], "birth_date": person["birth_date"], "access_code": code}
    status, headers, _page = posted(port, form)
    assert status == 302
    return cookies_of(headers)[0]


def timed(port, path, **how):
    began = time.monotonic()
    status, headers, body = ask(port, path, **how)
    return status, dict(headers), body, time.monotonic() - began


@contextlib.contextmanager
def frozen(data):
    postmaster = embedded_postgres._postmaster(data)
    stopped = [postmaster, *postmaster.children(recursive=True)]
    for process in stopped:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in stopped:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def locked(data):
    with psycopg.connect(embedded_postgres.database_url(data=data)) as connection:
        connection.execute("LOCK TABLE results_release IN ACCESS EXCLUSIVE MODE")
        yield


def list_path(people):
    return f"/listes/{people['session']}/{people['speciality']}/"


@pytest.mark.parametrize("fault", [frozen, locked])
def test_no_visitor_waits_for_a_database_that_does_not_answer(office, port, fault):
    _urls, data, people = office
    person = people["people"][0]
    cookie = [("Cookie", identified(port, person, people["code"]))]
    paths = [HOME, LOOKUP, STYLE, "/healthz"]
    for path in [*paths, list_path(people)]:
        assert ask(port, path)[0] == 200, path
    assert person["name"] in ask(port, MINE, headers=cookie)[2].decode()
    with fault(data), ThreadPoolExecutor(20) as visitors:
        # Whoever comes in the first moment is not left waiting either.
        early = [visitors.submit(timed, port, MINE, headers=cookie) for _visitor in range(10)]
        early += [visitors.submit(timed, port, "/adresse/", headers=cookie) for _one in range(6)]
        for visit in early:
            status, headers, _body, seconds = visit.result()
            assert (status, seconds < SOON) == (503, True), seconds
            assert 2 <= int(headers["retry-after"]) <= 10
        time.sleep(NOTICED)
        for path in paths:
            status, _headers, _body, seconds = timed(port, path)
            assert (status, seconds < AT_ONCE) == (200, True), (path, status, seconds)
        for path in [MINE, "/adresse/", "/diplome/", "/verifier/"]:
            status, headers, body, seconds = timed(port, path, headers=cookie)
            assert (status, seconds < SOON) == (503, True), (path, status, seconds)
            assert "retry-after" in headers
            assert "momentanément indisponible" in body.decode()
            assert "unavailable for the moment" in body.decode()
        status, *_rest = timed(port, LOOKUP, method="POST", body=b"number=1", headers=cookie)
        assert status == 503
    time.sleep(1)
    for path in [*paths, list_path(people), "/verifier/"]:
        assert ask(port, path)[0] == 200, path
    assert person["name"] in ask(port, MINE, headers=cookie)[2].decode()
    assert identified(port, people["people"][1], people["code"])


def test_those_who_are_asked_to_come_back_do_not_come_at_once(office, port):
    _urls, data, _people = office
    with frozen(data):
        time.sleep(NOTICED)
        answers = [timed(port, "/verifier/")[1]["retry-after"] for _visitor in range(60)]
    assert len({*answers}) > 5
    time.sleep(1)
