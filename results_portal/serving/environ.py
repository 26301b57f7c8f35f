"""WSGI environment and cache key of a request that came over RSGI."""

import sys
from functools import lru_cache
from typing import Any

from granian.rsgi import Scope

from results_portal.serving.cache_key import KEY_HEADERS, LINE, CacheKey
from results_portal.serving.registry import Environ

_NAMES = [key.removeprefix("HTTP_").lower().replace("_", "-") for key in KEY_HEADERS[len(LINE) :]]
_ALWAYS: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


def path_of(scope: Scope) -> str:
    """Return the path as WSGI has it: UTF-8 read as Latin-1."""
    path = scope.path
    return path if path.isascii() else path.encode().decode("latin-1")


def cache_key_of(scope: Scope, path: str, query: str) -> CacheKey:
    """Return the key that `portal.cache_key` makes of `environ_of`, reading no other header.

    Of a header sent twice it reads the first.
    """
    get = scope.headers.get
    return path, query, scope.scheme, *map(get, _NAMES), get("cookie")


def environ_of(scope: Scope, path: str, query: str) -> Environ:
    """Return the WSGI environment, without the body.

    Granian drops a header with letters that are not ASCII: cookies are then "", as in its WSGI.
    """
    name, _colon, port = scope.server.rpartition(":")
    environ: Environ = {
        **_ALWAYS,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
    }
    for header, value in scope.headers.items():
        key = _key(header)
        if key in environ:
            # Browsers and proxies send one cookie in several headers under HTTP/2.
            environ[key] += ("; " if key == "HTTP_COOKIE" else ",") + value
        elif key:
            environ[key] = value
    if "HTTP_COOKIE" not in environ and "cookie" in scope.headers.keys():  # noqa: SIM118
        environ["HTTP_COOKIE"] = ""
    if scope.authority:
        environ.setdefault("HTTP_HOST", scope.authority)
    return environ


@lru_cache(maxsize=1000)
def _key(header: str) -> str:
    """Return the WSGI name of a header; empty for one that could stand for another header."""
    if "_" in header:
        return ""
    key = header.upper().replace("-", "_")
    return key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
