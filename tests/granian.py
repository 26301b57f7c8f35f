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

from tests.databases import urls

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
        **urls(connection.settings_dict["NAME"]),
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


@contextlib.contextmanager
def one_connection(port):
    """A function like `ask` whose questions all go through one connection.

    It reads each answer to its end and no further: what is too much begins the next one. Raises
    ConnectionError when the server has hung up.
    """
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as wire:
        answers = wire.makefile("rb")

        def ask_again(path, method="GET", body=b"", headers=()):
            told = {"Host": f"127.0.0.1:{port}"} | dict(headers)
            if body or method == "POST":
                told["Content-Length"] = str(len(body))
            lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {told[name]}" for name in told)]
            with contextlib.suppress(ConnectionError):  # refused before the whole was sent
                wire.sendall("\r\n".join([*lines, "", ""]).encode() + body)
            return _next_answer(answers, method)

        with contextlib.closing(answers):
            yield ask_again


def _next_answer(answers, method):
    first = answers.readline().decode("latin-1")
    if not first:
        raise ConnectionError("the server has hung up")
    if not first.startswith("HTTP/1.1 "):
        raise ValueError(f"no answer begins with {first!r}")
    status = int(first.split()[1])
    headers = [(name.lower(), text) for name, text in http.client.parse_headers(answers).items()]
    told = dict(headers)
    if method == "HEAD" or status in {204, 304}:
        body = b""
    elif told.get("transfer-encoding") == "chunked":
        body = b"".join(_chunks(answers))
    else:
        body = answers.read(int(told.get("content-length", 0)))
    return status, headers, body


def _chunks(answers):
    while size := int(answers.readline(), 16):
        yield answers.read(size)
        answers.readline()
    answers.readline()


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
