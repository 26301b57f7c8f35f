"""Load of the result hour: wrk requests pages of different candidates from the portal."""

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
from benchmarks.people import people, waiting_candidates
from benchmarks.table import Row, at_most, compared
from results.lists.lists import open_lists

SCRIPT = Path(__file__).with_name("rush.lua")
FEW, MANY = 32, 512  # connections
CANDIDATES = 5_000
HEALTH_CHECKS = 16  # more than the threads that serve
WARM = 1  # seconds of load before one is measured
VISITS = 4  # of each candidate before a measurement
TURNS = 3  # of two servers that are compared
PATIENCE = 120  # seconds
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass(frozen=True)
class Load:
    """Result of one run of wrk; latencies in microseconds."""

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
        """Successful responses per second."""
        return (self.requests - self.refused) / self.microseconds * 1e6


def measure(site, *, seconds, small=None):
    """Yield every row. `small` is the cost of a result page among few entries, to compare with."""
    if not shutil.which("wrk"):
        yield Row("the rush", None, target="wrk is not installed")
        return
    with visits(site) as kinds:
        yield _cold_start(kinds)
        _warm_caches(kinds["result page"])
        _warm_caches(kinds["identification post"])
        for connections in (FEW, MANY):
            yield from _kept_connections(connections, kinds, seconds)
            yield from _new_connections(connections, kinds, seconds)
        yield from _waiting_page(kinds, seconds)
        if small is not None:
            cost = cost_of_a_page(kinds, seconds)
            label = "result page, processor time, beside that among few entries"
            yield compared(label, cost, small, "µs", most=1.1)


def cost_of_a_page(kinds, seconds):
    """Return the processor time of a result page, in microseconds: the least of three runs."""
    page = kinds["result page"]
    _warm_caches(page)
    return min(run_wrk(*page, connections=FEW, seconds=seconds).cost for _run in range(3))


def _warm_caches(kind):
    """Visit each candidate `VISITS` times: on a slow machine, too, caches are then warm."""
    visits = 0
    while visits < VISITS * CANDIDATES:
        visits += max(1, run_wrk(*kind, connections=FEW, seconds=2, warm=0).requests)


def _cold_start(kinds):
    """Measure the first second of new workers, whose caches are empty."""
    constant = run_wrk(*kinds["constant"], connections=FEW, seconds=1)
    page = run_wrk(*kinds["result page"], connections=FEW, seconds=1, warm=0)
    label = "result page, first second of new processes, beside a constant"
    return compared(label, page.rate, constant.rate, "/s")


def _kept_connections(connections, kinds, seconds):
    """Measure every kind of visit with connections that stay open."""
    constant = run_wrk(*kinds["constant"], connections=connections, seconds=seconds)
    for name, least in (
        ("look-up form", None),
        ("identification post", 0.35),
        ("result page", 0.5),
        ("public list", 0.15),
        ("search in a public list", 0.15),
        ("public list, had already", 0.5),
    ):
        load = run_wrk(*kinds[name], connections=connections, seconds=seconds)
        label = f"{name}, {connections} connections"
        yield compared(f"{label}, beside a constant", load.rate, constant.rate, "/s", least=least)
        yield compared(f"{label}: processor time a request", load.cost, constant.cost, "µs")
        if name == "result page" and connections == FEW:
            plain = run_wrk(*kinds["plain"], connections=connections, seconds=seconds)
            yield compared(f"{label}, beside ORM + template", load.rate, plain.rate, "/s", least=3)
        if connections == MANY:
            yield from _latencies(label, load)


def _waiting_page(kinds, seconds):
    """Measure clients polling the waiting page."""
    label = f"waiting page, {CANDIDATES} candidates who reload, {FEW} connections"
    _warm_caches(kinds["waiting page"])
    waiting = run_wrk(*kinds["waiting page"], connections=FEW, seconds=seconds)
    constant = run_wrk(*kinds["constant"], connections=FEW, seconds=seconds)
    yield compared(f"{label}, beside a constant", waiting.rate, constant.rate, "/s")
    with nginx.serving(kinds["waiting page"][0], kinds["cookie of who waits"]) as address:
        if address is None:
            yield Row(f"{label}, beside nginx", None, target="nginx is not installed")
            return
        ours, file = _by_turns(kinds["waiting page"], address, seconds)
    yield compared(f"{label}, beside nginx", ours, file, "/s", least=0.5)


def _by_turns(kind, address, seconds):
    """Return the median rates of a kind of visit here and of the same at another server."""
    ours, theirs = [], []
    for _turn in range(TURNS):
        ours.append(run_wrk(*kind, connections=FEW, seconds=seconds).rate)
        other = run_wrk(address, *kind[1:], connections=FEW, seconds=seconds, drain=False)
        theirs.append(other.rate)
    return median(ours), median(theirs)


def _latencies(label, load):
    """Yield rows on errors and on the spread of latencies."""
    if load.requests == 0:
        yield Row(f"{label}: errors", None, target="nobody was answered in time", met=False)
        return
    yield at_most(f"{label}: errors", load.errors + load.refused, 0, "requests")
    yield compared(f"{label}: p99 beside p50", load.p99 / 1e3, load.p50 / 1e3, "ms", most=4)


def _new_connections(connections, kinds, seconds):
    """Measure result pages with a new connection for each request."""
    constant, page = (
        run_wrk(*kinds[name], connections=connections, seconds=seconds, keep=False)
        for name in ("constant", "result page")
    )
    label = f"result page, {connections} at once, a connection each, beside a constant"
    yield compared(label, page.rate, constant.rate, "/s", least=0.5)


def run_wrk(address, *arguments, connections, seconds, keep=True, drain=True, warm=WARM):
    """Run wrk for `seconds`, after `warm` seconds to warm up; return the `Load`."""
    if drain:
        _drain(address)
    command = ["wrk", "-t1", f"-c{connections}", "--timeout", "10s", "-s", SCRIPT]
    command += [] if keep else ["-H", "Connection: close"]
    for duration in filter(None, (warm, seconds)):
        began = office.server_seconds()
        output = subprocess.run(
            [*command, f"-d{duration}s", address, "--", *arguments],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        took = office.server_seconds() - began
    return Load(**json.loads(output.splitlines()[-1]), seconds=took)


def _drain(address):
    """Wait until the server has answered the requests of the run before."""
    health = urllib.parse.urljoin(address, "/healthz")
    for _place in range(HEALTH_CHECKS):
        with urllib.request.urlopen(health, timeout=PATIENCE) as answer:
            answer.read()


@contextmanager
def visits(site):
    """Give, for each kind of visit, the URL for wrk and the arguments of its script."""
    crowd, patient = people(CANDIDATES), waiting_candidates(CANDIDATES)
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
    """Return the cookie and the CSRF token that a browser gets with the form."""
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
