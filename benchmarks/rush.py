"""Load of the result hour: wrk requests pages of different candidates from the portal."""

import json
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

from benchmarks import nginx, office
from benchmarks.people import people, waiting_candidates
from benchmarks.table import Row, at_most, compared
from benchmarks.urls import CONSTANT
from results.lists.lists import open_lists

SCRIPT = Path(__file__).with_name("rush.lua")
FEW, MANY = 32, 512  # connections
CANDIDATES = 5_000
DRAIN_CHECKS = 16  # more than the threads that serve
WARM = 1  # seconds of load before one is measured
VISITS = 4  # of each candidate before a measurement
TURNS = 3  # of two servers that are compared
LINKS = 50_000  # query parameters that differ: more than are sent within the second of a cache
ATTEMPTS = 100_000  # wrong codes, each for another number
PATIENCE = 120  # seconds


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
    """Yield every row. `small` is the cost of a result page among few entries, to compare with.

    References are served by plain Django, started for themselves.
    """
    if not shutil.which("wrk"):
        yield Row("the rush", None, target="wrk is not installed")
        return
    with ExitStack() as stack:
        reference = stack.enter_context(office.portal("off"))
        kinds = stack.enter_context(visits(site, reference))
        file = stack.enter_context(nginx.serving(CONSTANT, content_type="text/plain"))
        yield _cold_start(kinds)
        _warm_caches(kinds["result page"])
        _warm_caches(kinds["identification post"])
        for connections in (FEW, MANY):
            yield from _kept_connections(connections, kinds, file, seconds)
            yield from _new_connections(connections, kinds, seconds)
        yield from _modes(kinds, reference, seconds)
        yield from _unknown_parameters(kinds, seconds)
        yield from _wrong_codes(kinds, seconds)
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


def _kept_connections(connections, kinds, file, seconds):
    """Measure every kind of visit with connections that stay open.

    `file` is the address of the constant answer as a file, or None.
    """
    constant = run_wrk(*kinds["constant"], connections=connections, seconds=seconds)
    label = f"constant answer, {connections} connections, beside nginx"
    if file is None:
        yield Row(label, None, target="nginx is not installed")
    else:
        most = _from_nginx(file, "get", connections=connections, seconds=seconds)
        yield compared(label, constant.rate, most.rate, "/s")
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


def _modes(kinds, reference, seconds):
    """Measure the result page for each value of `FAST_PATH`, one after the other."""
    on, *visit = kinds["result page"]
    with office.portal("prepared") as prepared:
        sites = {"on": on, "prepared": _result_page(prepared), "off": _result_page(reference)}
        _warm_caches((sites["prepared"], *visit))
        for connections in (FEW, MANY):
            constant = run_wrk(*kinds["constant"], connections=connections, seconds=seconds)
            for mode, address in sites.items():
                # What a slow server still owes after one load would hold up the next one.
                warm = 0 if (mode, connections) == ("off", MANY) else WARM
                load = run_wrk(address, *visit, connections=connections, seconds=seconds, warm=warm)
                label = f"result page, FAST_PATH={mode}, {connections} connections"
                least = 0.22 if mode == "prepared" else None
                yield compared(
                    f"{label}, beside a constant", load.rate, constant.rate, "/s", least=least
                )


def _unknown_parameters(kinds, seconds):
    """Measure pages asked for with a query parameter that they do not read, always another."""
    for name in ("home", "look-up form", "result page"):
        linked, without = _pairs(kinds[f"{name}, linked"], kinds[name], seconds)
        label = f"{name}, unknown query parameter: processor time, beside that without"
        yield compared(label, _cost(linked), _cost(without), "µs", most=1.2)


def _wrong_codes(kinds, seconds):
    """Measure identifications that fail, each of another person, from many networks.

    No limit of the throttle is met: it would show as errors.
    """
    wrong, right = _pairs(kinds["wrong code"], kinds["identification post"], seconds)
    label = f"wrong code, {FEW} connections"
    yield Row(f"{label}: rate", f"{max(load.rate for load in wrong):.4g} /s")
    errors = sum(load.errors + load.refused for load in wrong)
    yield at_most(f"{label}: errors", errors, 0, "requests")
    name = f"{label}: processor time, beside the right one"
    yield compared(name, _cost(wrong), _cost(right), "µs", most=2)


def _pairs(one, other, seconds):
    """Return the loads of each of two kinds of visit, measured twice by turns."""
    turns = [
        [run_wrk(*kind, connections=FEW, seconds=seconds, warm=warm) for kind in (one, other)]
        for warm in (WARM, 0)
    ]
    return zip(*turns, strict=True)


def _cost(loads):
    """Return the least processor time of a request, in microseconds."""
    return min(load.cost for load in loads)


def _waiting_page(kinds, seconds):
    """Measure clients polling the waiting page."""
    label = f"waiting page, {CANDIDATES} candidates who reload, {FEW} connections"
    _warm_caches(kinds["waiting page"])
    waiting = run_wrk(*kinds["waiting page"], connections=FEW, seconds=seconds)
    constant = run_wrk(*kinds["constant"], connections=FEW, seconds=seconds)
    yield compared(f"{label}, beside a constant", waiting.rate, constant.rate, "/s")
    page = _body(kinds["waiting page"][0], kinds["cookie of who waits"])
    html = "text/html; charset=utf-8"
    with nginx.serving(page, content_type=html, gzipped=True) as address:
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
        other = _from_nginx(address, *kind[1:], connections=FEW, seconds=seconds)
        theirs.append(other.rate)
    return median(ours), median(theirs)


def _from_nginx(address, *arguments, connections, seconds):
    """Run wrk on a file of nginx, which has nothing to warm up or to finish."""
    load = {"connections": connections, "seconds": seconds}
    return run_wrk(address, *arguments, **load, drain=False, warm=0)


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
    """Wait until the server has answered the requests of the run before.

    The constant answer waits for its turn in the threads, and is refused where that comes late.
    """
    constant = urllib.parse.urljoin(address, "/bench/constant/")
    answered, deadline = 0, time.monotonic() + PATIENCE
    while answered < DRAIN_CHECKS and time.monotonic() < deadline:
        answered += _is_answered(constant)


def _is_answered(address):
    """Whether the server answers, rather than asks to come back."""
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE):
            return True
    except urllib.error.HTTPError:
        return False


@contextmanager
def visits(site, reference=None):
    """Give, for each kind of visit, the URL for wrk and the arguments of its script.

    `reference` serves the constant answer and the page by ORM and template.
    """
    crowd, patient = people(CANDIDATES), waiting_candidates(CANDIDATES)
    reference, mine = reference or site, _result_page(site)
    session = open_lists()[0]
    listed = f"{site}/listes/{session['code']}/{session['specialities'][0]['code']}/"
    with tempfile.TemporaryDirectory() as directory:
        cookies = _lines(directory, "cookies", (person.cookie for person in crowd))
        waiting = _lines(directory, "waiting", (person.cookie for person in patient))
        posts = _lines(directory, "posts", map(_typed, crowd))
        wrong = _lines(directory, "wrong", map(_wrongly_typed, range(ATTEMPTS)))
        words = (urllib.parse.urlencode({"q": person.name, "lieu": ""}) for person in crowd)
        searches = _lines(directory, "searches", words)
        yield {
            "constant": (f"{reference}/bench/constant/", "get"),
            "plain": (f"{reference}/bench/plain/", "cookie", cookies),
            "home": (f"{site}/", "get"),
            "home, linked": (f"{site}/", "get-linked", str(LINKS)),
            "look-up form": (f"{site}/resultats/", "get"),
            "look-up form, linked": (f"{site}/resultats/", "get-linked", str(LINKS)),
            "result page": (mine, "cookie", cookies),
            "result page, linked": (mine, "cookie-linked", str(LINKS), cookies),
            "identification post": (f"{site}/resultats/", "post", posts, site),
            "wrong code": (f"{site}/resultats/", "post", wrong, site),
            "public list": (listed, "get"),
            "public list, had already": (listed, "tag", _tag(listed)),
            "search in a public list": (listed, "post", searches, site),
            "waiting page": (mine, "cookie", waiting),
            "cookie of who waits": patient[0].cookie,
        }


def _lines(directory, name, lines):
    """Write the lines to a file; return its path."""
    file = Path(directory, name)
    file.write_text("\n".join(lines) + "\n")
    return file


def _result_page(site):
    return f"{site}/resultats/mon-resultat/"


def _body(address, cookie):
    """Return the bytes of a page, compressed with gzip."""
    asked = urllib.request.Request(address, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked) as answer:
        return answer.read()


def _tag(address):
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked) as answer:
        return answer.headers["ETag"]


def _typed(person):
    return _form(person.number, person.birth_date, person.access_code)


def _wrongly_typed(number):
    """Return a form that identifies nobody, and the address that it comes from.

    Its number is of nobody else's attempt and its network (/24) one of 65,536: the throttle allows
    ten failures of a person and 2,000 of a network.
    """
    client = f"10.{number // 256 % 256}.{number % 256}.1"
    return _form(f"99{number:08}", date(2007, 1, 1), "AAAABBBBCCCC") + f"\t{client}"


def _form(number, birth_date, access_code):
    written = f"{birth_date:%d/%m/%Y}"
    form = {"number": number, "birth_date": written, "access_code": access_code}
    return urllib.parse.urlencode(form)
