"""Hundreds of candidates at once, between mistakes, faults and bad manners: each sees their own."""

import contextlib
import random
import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection

from candidates.models import Entry
from results.jury.deliberation import deliberate
from results.publication import release
from tests import factories
from tests.databases import url
from tests.granian import ask, portal
from tests.results.fast_path.rush import cookies_of, sent
from tests.results.pages import texts

pytestmark = pytest.mark.slow

MINE = "/resultats/mon-resultat/"
SHEET = f"{MINE}releve.pdf"
CROWD, AT_ONCE = 300, 24


@pytest.fixture
def crowd(transactional_db):
    """Candidates whose results are open, with what a page of theirs alone shows."""
    first = factories.entry(marks=factories.ADMITTED)
    kinds = [factories.ADMITTED, factories.REFUSED, factories.CONTROL]
    for number in range(CROWD - 1):
        factories.entry(session=first.session, marks=kinds[number % 3])
    Entry.objects.update(web_consent=True)
    deliberate(first.session)
    release.schedule(first.session)
    return list(Entry.objects.select_related("candidate", "session", "speciality").order_by("pk"))


@pytest.mark.parametrize("fast_path", ["on", "prepared"])
def test_each_of_a_crowd_sees_their_own_pages_and_nobody_elses(crowd, fast_path):
    numbers = {entry.number for entry in crowd}
    with portal(fast_path) as port:
        visitors = [Visitor(port, entry, numbers) for entry in crowd]
        over = threading.Event()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (ours,) = cursor.fetchone()
        killer = threading.Thread(target=kill_connections, args=(over, ours))
        killer.start()
        try:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                seen = list(pool.map(Visitor.come, visitors))
        finally:
            over.set()
            killer.join()
    pages, sheets, failures = map(sum, zip(*seen, strict=True))
    assert pages > CROWD
    assert sheets > CROWD // 20
    assert failures < CROWD // 2  # connections were killed under them all the while


def kill_connections(over, ours):
    """Kill the connections of the portal, one after the other, until it is over."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(url("postgres"), autocommit=True) as other:
        while not over.wait(1):
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND pid <> %s AND state = 'idle' ORDER BY random() LIMIT 2",
                [name, ours],
            )


class Visitor:
    """A candidate, who now and then mistypes, hangs up, reads slowly or looks at the list."""

    def __init__(self, port, entry, numbers):
        self.port, self.entry, self.numbers = port, entry, numbers
        self.random = random.Random(entry.number)

    def come(self):
        """Return how many pages and sheets were seen, and how many answers asked to come back."""
        pages = sheets = failures = 0
        if self.random.random() < 0.2:
            status, *_rest = self.identify("WRONGWRONG")
            assert status in {200, 500, 503}
        cookie = None
        while cookie is None:
            status, headers, _page = self.identify(factories.CODE)
            if status == 302:
                (cookie,) = cookies_of(headers)
            else:
                assert status in {500, 503}, status
                failures += 1
        for _reading in range(3):
            self.misbehave(cookie)
            status, _headers, page = self.ask(MINE, cookie)
            if status == 200:
                self.check(page.decode())
                pages += 1
            else:
                assert status in {500, 503}, status
                failures += 1
        if self.random.random() < 0.2:
            status, _headers, sheet = self.ask(SHEET, cookie)
            if status == 200:
                self.check(" ".join(texts(sheet)))
                sheets += 1
        return pages, sheets, failures

    def identify(self, code):
        return sent(self.port, self.entry, code)

    def ask(self, path, cookie):
        return ask(self.port, path, headers=[("Cookie", cookie)])

    def check(self, text):
        found = {number for number in re.findall(r"\d{10}", text) if number in self.numbers}
        assert found == {self.entry.number}

    def misbehave(self, cookie):
        """Hang up in the middle of a request or of an answer, or look at the list."""
        manner = self.random.choice(["", "", "half a request", "no answer", "slow", "list"])
        if manner == "list":
            session, speciality = self.entry.session.code, self.entry.speciality.code
            status, _headers, page = ask(self.port, f"/listes/{session}/{speciality}/")
            assert status in {200, 500, 503}
            assert not [number for number in self.numbers if number in page.decode()]
        elif manner:
            asked = f"GET {MINE} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {cookie}\r\n"
            with contextlib.suppress(OSError), self.connected() as visitor:
                visitor.sendall(asked.encode())
                if manner == "half a request":
                    return
                visitor.sendall(b"\r\n")
                if manner == "slow":
                    visitor.recv(100)
                    time.sleep(0.2)
                    visitor.recv(100)

    def connected(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)
