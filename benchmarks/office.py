"""Database of the benchmarks on the embedded server, and the portal that serves it."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg

from results_portal.development import embedded_postgres

DATABASE = "bench"
SERVE = Path(__file__).resolve().parent.parent / "scripts/serve"
PATIENCE = 60  # seconds
_serving: list[psutil.Process] = []


def open_office():
    """Create an empty database for this process and its children. Call it before Django starts."""
    server = embedded_postgres.database_url()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE}")
    # This process makes tables; the portal that it serves does not.
    os.environ |= _urls() | {
        "DATABASE_URL": _urls()["DATABASE_OWNER_URL"],
        "DATABASE_REPLICA_URL": "",
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "HTTPS": "off",
        "SECRET_KEY": "only for measuring",
        "TRUSTED_PROXY_COUNT": "1",  # wrong codes come from many networks: see `rush`
    }


def _urls():
    return {
        variable: urlsplit(embedded_postgres.database_url(login=login))
        ._replace(path=f"/{DATABASE}")
        .geturl()
        for variable, login in embedded_postgres.LOGINS.items()
    }


def close_office():
    """Drop the database."""
    with psycopg.connect(embedded_postgres.database_url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


@contextlib.contextmanager
def portal(fast_path="on"):
    """Serve the portal as `scripts/serve` does, on a free port; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = (
        os.environ
        | _urls()
        | {
            "GRANIAN": str(Path(sys.executable).with_name("granian")),
            "ADDRESS": "127.0.0.1",
            "PORT": str(port),
            "WORKERS": "2",
            "FAST_PATH": fast_path,
        }
    )
    with subprocess.Popen([SERVE], env=environment) as process:
        server = psutil.Process(process.pid)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(f"{address}/healthz")
            _serving.append(server)
            _wait_for_workers()
            yield address
        finally:
            if server in _serving:
                _serving.remove(server)
            process.terminate()
            process.wait(PATIENCE)


def server_seconds():
    """Return the processor time of all portals and of their database sessions so far, in seconds.

    On a shared machine the wall clock says less. A portal that nobody asks takes next to none.
    """
    processes = [one for server in _serving for one in (server, *server.children())]
    for process in psutil.process_iter(["name", "cmdline"]):
        # Other processes may have ended by now.
        command = "".join(process.info["cmdline"] or ()).split()
        if process.info["name"] == "postgres" and DATABASE in command:
            processes.append(process)
    seconds = 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            seconds += times.user + times.system
    return seconds


def processor_seconds():
    """Return the processor seconds of this process and of the whole database server so far.

    Sessions that have ended count, and the server's background processes.
    """
    from django.db import connection  # once there are settings

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = psutil.Process(cursor.fetchone()[0]).parent()
    took = server.cpu_times()
    seconds = took.user + took.system + took.children_user + took.children_system
    for process in server.children():
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            seconds += times.user + times.system
    return time.process_time(), seconds


def _wait_for_workers():
    """Wait until the workers have prepared their pages and score sheets."""
    deadline = time.monotonic() + PATIENCE
    before, busy = 0.0, True
    while busy and time.monotonic() < deadline:
        time.sleep(2)
        now = server_seconds()
        before, busy = now, now - before > 0.1


def _wait(address):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
