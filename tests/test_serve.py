"""`scripts/serve`: two workers, one of which may die."""

import contextlib
import http.client
import os
import resource
import signal
import socket
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from results.jury.deliberation import deliberate
from results.publication import release
from tests import factories
from tests.granian import ask, portal_environment, reserved_port
from tests.results.fast_path.rush import identified
from tests.scratch_office import until

ROOT = Path(__file__).parents[1]
MINE = "/resultats/mon-resultat/"


@contextlib.contextmanager
def served(fast_path):
    """Run the script on a free port: gives the port and the process."""
    with reserved_port() as port, _process(fast_path, port) as process:
        try:
            until(lambda: answers(port))
            yield port, psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(60)


def _process(fast_path, port):
    environment = portal_environment(fast_path, PORT=str(port))
    return subprocess.Popen([ROOT / "scripts/serve"], env=os.environ | environment)


def answers(port):
    try:
        return ask(port, "/healthz")[0] == 200
    except OSError:
        return False


def workers(process):
    """Return the numbers of the workers that listen: one that starts does not yet."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return {
            worker.pid
            for worker in process.children()
            if any(one.status == psutil.CONN_LISTEN for one in worker.net_connections("tcp"))
        }
    return set()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fast_path", ["on", "prepared"])
def test_a_worker_that_is_killed_is_started_again_and_nobody_gets_a_wrong_page(fast_path):
    first = factories.entry(marks=factories.ADMITTED)
    people = [first] + [
        factories.entry(session=first.session, marks=factories.REFUSED) for _one in range(9)
    ]
    deliberate(first.session)
    release.schedule(first.session)
    with served(fast_path) as (port, process), ThreadPoolExecutor(8) as visitors:
        cookies = [identified(port, one) for one in people]
        until(lambda: len(workers(process)) == 2)
        before = workers(process)

        def read(number):
            entry, cookie = people[number % 10], cookies[number % 10]
            try:
                status, _headers, page = ask(port, MINE, headers=[("Cookie", cookie)])
            except (OSError, http.client.HTTPException):  # also in the middle of an answer
                return "closed"
            shown = [other.number for other in people if other.number in page.decode()]
            assert (status, shown) in [(200, [entry.number]), (503, [])]
            return status

        reading = [visitors.submit(read, number) for number in range(1000)]
        time.sleep(0.3)
        os.kill(min(before), signal.SIGKILL)
        seen = [one.result() for one in reading]
        assert seen.count(200) > 900, Counter(seen)
        until(lambda: len(workers(process) - {min(before)}) == 2)
        # A worker that has just begun may ask a visitor to come back.
        until(lambda: [read(number) for number in range(50)] == [200] * 50)


SILENT = 1100  # more than two workers of granian hold by default
_HOST = b" HTTP/1.1\r\nHost: 127.0.0.1\r\n"
_FORM = b"Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
HALVES = {
    "silent": b"",
    "half a header": b"GET /" + _HOST + b"X-Slow: ",
    "half a form": b"POST /resultats/" + _HOST + _FORM + b"Content-Length: 1000\r\n\r\nnumber=",
    "half an upload": b"POST /attestation/demande/"
    + _HOST
    + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    "idle after an answer": b"GET /healthz" + _HOST + b"\r\n",
}


@pytest.fixture
def _many_files():
    """Let this process, and the server that it starts, open many connections."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_many_files")
@pytest.mark.parametrize("kind", HALVES)
def test_a_thousand_slow_connections_keep_no_visitor_out_and_are_closed(kind):
    with served("on") as (port, _process), contextlib.ExitStack() as stack:
        silent = []
        for _number in range(SILENT):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            one.sendall(HALVES[kind])
            silent.append(one)
        assert [ask(port, path)[0] for path in ("/healthz", "/", "/listes/")] == [200] * 3
        # They were answered beside the others, not after them.
        assert sum(map(is_closed, silent)) < SILENT / 2
        until(lambda: all(map(is_closed, silent)), at_most=180)
        assert Counter(map(is_closed, silent)) == {True: SILENT}
        assert ask(port, "/")[0] == 200


def is_closed(connection):
    """Whether the other side has closed; what it said before is read away."""
    connection.setblocking(False)
    try:
        while connection.recv(1 << 16):
            pass
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
    return True


def test_a_mode_that_is_none_is_refused_in_one_line():
    environment = os.environ | {"FAST_PATH": "fast"}
    refused = subprocess.run(
        [ROOT / "scripts/serve"], env=environment, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert refused.stderr.strip() == "FAST_PATH is on, prepared or off, not fast"
