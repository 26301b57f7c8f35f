"""`scripts/serve`: two workers, one of which may die."""

import contextlib
import http.client
import os
import signal
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


def test_a_mode_that_is_none_is_refused_in_one_line():
    environment = os.environ | {"FAST_PATH": "fast"}
    refused = subprocess.run(
        [ROOT / "scripts/serve"], env=environment, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert refused.stderr.strip() == "FAST_PATH is on, prepared or off, not fast"
