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
from statistics import median

from benchmarks import nginx, office
from benchmarks.people import people, who_wait
from benchmarks.table import Row, at_most, compared
from results.lists.lists import open_lists

SCRIPT = Path(__file__).with_name("rush.lua")
FEW, MANY = 32, 512  # connections
CANDIDATES = 5_000
SERVING = 16  # more than the threads that serve
WARM = 1  # seconds of load before one is measured
MET = 4  # times that each candidate has come before what they ask for is measured
TURNS = 3  # of two that are compared with each other and nothing else
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
    seconds: float  # of processor, for the portal and its database

    @property
    def cost(self):
        """Processor time of a request, in microseconds."""
        return self.seconds / max(1, self.requests) * 1e6

    @property
    def rate(self):
        """Good answers a second."""
        return (self.requests - self.refused) / self.microseconds * 1e6


def measure(site, *, seconds, small=None):
    """`small`: the `cost` of a result page among few entries, to compare with."""
    if not shutil.which("wrk"):
        yield Row("the rush", None, target="wrk is not installed")
        return
    with visits(site) as kinds:
        yield _cold(kinds)
        _meet_everybody(kinds["result page"])
        _meet_everybody(kinds["identification post"])
        for connections in (FEW, MANY):
            yield from _at(connections, kinds, seconds)
            yield from _anew(connections, kinds, seconds)
        yield from _waiting(kinds, seconds)
        if small is not None:
            cost = cost_of_a_page(kinds, seconds)
            label = "result page, processor time, beside that among few entries"
            yield compared(label, cost, small, "µs", most=1.1)


def cost_of_a_page(kinds, seconds):
    """The least of three runs, in microseconds of processor."""
    page = kinds["result page"]
    _meet_everybody(page)
    return min(press(*page, connections=FEW, seconds=seconds).cost for _run in range(3))


def _meet_everybody(kind):
    """On a slow machine too, what is measured is not what new processes learn."""
    visits = 0
    while visits < MET * CANDIDATES:
        visits += max(1, press(*kind, connections=FEW, seconds=2, warm=0).requests)


def _cold(kinds):
    """Of processes that have just begun and have met nobody, for as long as they learn most."""
    constant = press(*kinds["constant"], connections=FEW, seconds=1)
    page = press(*kinds["result page"], connections=FEW, seconds=1, warm=0)
    label = "result page, first second of new processes, beside a constant"
    return compared(label, page.rate, constant.rate, "/s")


def _at(connections, kinds, seconds):
    constant = press(*kinds["constant"], connections=connections, seconds=seconds)
    for name, least in (
        ("look-up form", None),
        ("identification post", 0.35),
        ("result page", 0.5),
        ("public list", 0.15),
        ("search in a public list", 0.15),
        ("public list, had already", 0.5),
    ):
        load = press(*kinds[name], connections=connections, seconds=seconds)
        label = f"{name}, {connections} connections"
        yield compared(f"{label}, beside a constant", load.rate, constant.rate, "/s", least=least)
        yield compared(f"{label}: processor time a request", load.cost, constant.cost, "µs")
        if name == "result page" and connections == FEW:
            plain = press(*kinds["plain"], connections=connections, seconds=seconds)
            yield compared(f"{label}, beside ORM + template", load.rate, plain.rate, "/s", least=3)
        if connections == MANY:
            yield from _calm(label, load)


def _waiting(kinds, seconds):
    label = f"waiting page, {CANDIDATES} candidates who reload, {FEW} connections"
    _meet_everybody(kinds["waiting page"])
    waiting = press(*kinds["waiting page"], connections=FEW, seconds=seconds)
    constant = press(*kinds["constant"], connections=FEW, seconds=seconds)
    yield compared(f"{label}, beside a constant", waiting.rate, constant.rate, "/s")
    with nginx.serving(kinds["waiting page"][0], kinds["cookie of who waits"]) as address:
        if address is None:
            yield Row(f"{label}, beside nginx", None, target="nginx is not installed")
            return
        ours, file = _by_turns(kinds["waiting page"], address, seconds)
    yield compared(f"{label}, beside nginx", ours, file, "/s", least=0.5)


def _by_turns(kind, address, seconds):
    """The median rates of that kind of visit and of the same one of another server."""
    ours, theirs = [], []
    for _turn in range(TURNS):
        ours.append(press(*kind, connections=FEW, seconds=seconds).rate)
        asked = press(address, *kind[1:], connections=FEW, seconds=seconds, settle=False)
        theirs.append(asked.rate)
    return median(ours), median(theirs)


def _calm(label, load):
    """Nobody is refused, nobody waits much longer than the others."""
    if load.requests == 0:
        yield Row(f"{label}: errors", None, target="nobody was answered in time", met=False)
        return
    yield at_most(f"{label}: errors", load.errors + load.refused, 0, "requests")
    yield compared(f"{label}: p99 beside p50", load.p99 / 1e3, load.p50 / 1e3, "ms", most=4)


def _anew(connections, kinds, seconds):
    """With a connection for each request, as browsers that come once."""
    constant, page = (
        press(*kinds[name], connections=connections, seconds=seconds, keep=False)
        for name in ("constant", "result page")
    )
    label = f"result page, {connections} at once, a connection each, beside a constant"
    yield compared(label, page.rate, constant.rate, "/s", least=0.5)


def press(address, *arguments, connections, seconds, keep=True, settle=True, warm=WARM):
    """Run wrk for `seconds`, after `warm` seconds to warm up; returns the `Load`."""
    if settle:
        _settle(address)
    command = ["wrk", "-t1", f"-c{connections}", "--timeout", "10s", "-s", SCRIPT]
    command += [] if keep else ["-H", "Connection: close"]
    for duration in filter(None, (warm, seconds)):
        began = office.server_seconds()
        said = subprocess.run(
            [*command, f"-d{duration}s", address, "--", *arguments],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        took = office.server_seconds() - began
    return Load(**json.loads(said.splitlines()[-1]), seconds=took)


def _settle(address):
    """Wait for the server to answer what the run before had asked."""
    health = urllib.parse.urljoin(address, "/healthz")
    for _place in range(SERVING):
        with urllib.request.urlopen(health, timeout=PATIENCE) as answer:
            answer.read()


@contextmanager
def visits(site):
    """What to ask of wrk for each kind of visit: an address, and the arguments of its script."""
    crowd, patient = people(CANDIDATES), who_wait(CANDIDATES)
    cookie, token = _form(site)
    with tempfile.TemporaryDirectory() as directory:
        cookies, posts = Path(directory, "cookies"), Path(directory, "posts")
        cookies.write_text("\n".join(person.cookie for person in crowd) + "\n")
        waiting = Path(directory, "waiting")
        waiting.write_text("\n".join(person.cookie for person in patient) + "\n")
        posts.write_text("\n".join(_typed(person, token) for person in crowd) + "\n")
        searches = Path(directory, "searches")
        words = (urllib.parse.urlencode({"q": person.name, "lieu": ""}) for person in crowd)
        searches.write_text("\n".join(words) + "\n")
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
            "public list, had already": (f"{site}{listed}", "tag", _tag(f"{site}{listed}")),
            "search in a public list": (f"{site}{listed}", "post", searches),
            "waiting page": (mine, "cookie", waiting),
            "cookie of who waits": patient[0].cookie,
        }


def _form(site):
    """The cookie and the token that a browser gets with the form."""
    with urllib.request.urlopen(f"{site}/resultats/") as answer:
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return cookie, _TOKEN.search(answer.read().decode())[1]


def _tag(address):
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked) as answer:
        return answer.headers["ETag"]


def _typed(person, token):
    return urllib.parse.urlencode(
        {
            "csrfmiddlewaretoken": token,
            "number": person.number,
            "birth_date": f"{person.birth_date:%d/%m/%Y}",
            "access_code": person.access_code,
        }
    )
