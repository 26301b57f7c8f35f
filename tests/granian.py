"""Granian serving something on this machine, for tests."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.databases import url

PATIENCE = 60  # seconds
APPLICATIONS = {
    "on": ("results_portal.rsgi:application", "rsgi"),
    "prepared": ("results_portal.wsgi:application", "wsgi"),
    "off": ("results_portal.wsgi:application", "wsgi"),
}
INTERFACES = {"wsgi": ["--blocking-threads", "4"], "rsgi": ["--loop", "uvloop"]}


@contextlib.contextmanager
def reserved_port():
    """Give a port that the system gives to nobody meanwhile; Granian may share it."""
    with socket.socket() as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


def portal_environment(fast_path, **changes):
    """Variables of a portal on the database of this test."""
    return {
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_PUBLIC_URL": "",
        "DATABASE_URL": url(connection.settings_dict["NAME"]),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "FAST_PATH": fast_path,
        "HTTPS": "off",
        "SECRET_KEY": settings.SECRET_KEY,
    } | changes


def portal(fast_path, **changes):
    """The port of a portal on the database of this test."""
    return serving(*APPLICATIONS[fast_path], **portal_environment(fast_path, **changes))


@contextlib.contextmanager
def serving(application, interface, **environment):
    """The port on which `application` is served."""
    with reserved_port() as port, _process(application, interface, port, environment) as process:
        try:
            _wait(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _process(application, interface, port, environment):
    command = [sys.executable, "-m", "granian", "--interface", interface, *INTERFACES[interface]]
    command += ["--port", str(port), "--workers-kill-timeout", "5", "--no-ws"]
    command += ["--log-level", "warning", application]
    root = Path(__file__).parents[1]
    return subprocess.Popen(command, cwd=root, env=os.environ | environment)


def ask(port, path, method="GET", body=None, headers=()):
    """Status, headers in order, and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.putrequest(method, path)
        for name, value in headers:
            connection.putheader(name, value)
        if body is not None and "Transfer-Encoding" not in dict(headers):
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body, encode_chunked="Transfer-Encoding" in dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()


def _wait(port, process):
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None:
        try:
            ask(port, "/healthz")
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    raise RuntimeError(f"Granian ended with status {process.returncode}")
