"""The minute when everyone comes: wrk against the portal, different candidates each time."""

import json
import re
import shutil
import subprocess
import tempfile
import urllib.parse
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.people import people
from benchmarks.table import Row, at_most, compared
from results.lists import open_lists

SCRIPT = Path(__file__).with_name("rush.lua")
FEW, MANY = 32, 512  # connections
CANDIDATES = 500
SERVING = 16  # more than the threads that serve
PATIENCE = 120  # seconds
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass(frozen=True)
class Load:
    """What one run of wrk saw; latencies in microseconds."""

    requests: int
    microseconds: int
    errors: int
    refused: int
    p50: int
    p99: int

    @property
    def rate(self):
        """Good answers a second."""
        return (self.requests - self.refused) / self.microseconds * 1e6


def measure(site, *, seconds):
    if not shutil.which("wrk"):
        yield Row("the rush", None, target="wrk is not installed")
        return
    with visits(site) as kinds:
        for connections in (FEW, MANY):
            yield from _at(connections, kinds, seconds)
        yield from _anew(kinds, seconds)


def _at(connections, kinds, seconds):
    constant = press(*kinds["constant"], connections=connections, seconds=seconds)
    for name, least in (
        ("look-up form", None),
        ("result page", 0.5),
        ("identification post", 0.35),
        ("public list", 0.15),
    ):
        load = press(*kinds[name], connections=connections, seconds=seconds)
        label = f"{name}, {connections} connections"
        yield compared(f"{label}, beside a constant", load.rate, constant.rate, "/s", least=least)
        if name == "result page" and connections == FEW:
            plain = press(*kinds["plain"], connections=connections, seconds=seconds)
            yield compared(f"{label}, beside ORM + template", load.rate, plain.rate, "/s", least=3)
        if connections == MANY:
            yield from _calm(label, load)


def _calm(label, load):
    """Nobody is refused, nobody waits much longer than the others."""
    if load.requests == 0:
        yield Row(f"{label}: errors", None, target="nobody was answered in time", met=False)
        return
    yield at_most(f"{label}: errors", load.errors + load.refused, 0, "requests")
    yield compared(f"{label}: p99 beside p50", load.p99 / 1e3, load.p50 / 1e3, "ms", most=4)


def _anew(kinds, seconds):
    """With a connection for each request, as browsers that come once."""
    constant, page = (
        press(*kinds[name], connections=FEW, seconds=seconds, keep=False)
        for name in ("constant", "result page")
    )
    label = f"result page, {FEW} at once, a connection each, beside a constant"
    yield compared(label, page.rate, constant.rate, "/s", least=0.5)


def press(address, *arguments, connections, seconds, keep=True):
    """Run wrk for `seconds`, after one to warm up; returns the `Load`."""
    _settle(address)
    command = ["wrk", "-t1", f"-c{connections}", "--timeout", "10s", "-s", SCRIPT]
    command += [] if keep else ["-H", "Connection: close"]
    for duration in (1, seconds):
        said = subprocess.run(
            [*command, f"-d{duration}s", address, "--", *arguments],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    return Load(**json.loads(said.splitlines()[-1]))


def _settle(address):
    """Wait for the server to answer what the run before had asked."""
    health = urllib.parse.urljoin(address, "/healthz")
    for _place in range(SERVING):
        with urllib.request.urlopen(health, timeout=PATIENCE) as answer:
            answer.read()


@contextmanager
def visits(site):
    """What to ask of wrk for each kind of visit: an address, and the arguments of its script."""
    crowd = people(CANDIDATES)
    cookie, token = _form(site)
    with tempfile.TemporaryDirectory() as directory:
        cookies, posts = Path(directory, "cookies"), Path(directory, "posts")
        cookies.write_text("\n".join(person.cookie for person in crowd) + "\n")
        posts.write_text("\n".join(_typed(person, token) for person in crowd) + "\n")
        mine = f"{site}/resultats/mon-resultat/"
        session = open_lists()[0]
        listed = f"/listes/{session['code']}/{session['specialities'][0]['code']}/"
        yield {
            "constant": (f"{site}/bench/constant/", "get"),
            "plain": (f"{site}/bench/plain/", "cookie", cookies),
            "look-up form": (f"{site}/resultats/", "get"),
            "result page": (mine, "cookie", cookies),
            "identification post": (f"{site}/resultats/", "post", posts, cookie),
            "public list": (f"{site}{listed}", "get"),
        }


def _form(site):
    """The cookie and the token that a browser gets with the form."""
    with urllib.request.urlopen(f"{site}/resultats/") as answer:
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return cookie, _TOKEN.search(answer.read().decode())[1]


def _typed(person, token):
    return urllib.parse.urlencode(
        {
            "csrfmiddlewaretoken": token,
            "number": person.number,
            "birth_date": f"{person.birth_date:%d/%m/%Y}",
            "access_code": person.access_code,
        }
    )
