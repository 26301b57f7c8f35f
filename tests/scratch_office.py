"""An office of its own, for tests that kill: a scratch database, and processes at work on it."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time

import psutil
import psycopg
from django.conf import settings

from tests import databases

PATIENCE = 120  # seconds, for what should end by itself
EXIT = re.compile(r"^exit (\d+)$", re.MULTILINE)


class Run:
    """A command at work in a process of its own."""

    def __init__(self, process, output):
        self.process, self.output = process, output

    def signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process, number)

    def wait(self, seconds=None, *, then=None):
        """Its exit status, or None when it was killed.

        It ends by itself, or gets the signal `then` when it is `seconds` old.
        """
        until(lambda: self.has_ended, at_most=seconds)
        if then is not None:
            self.signal(then)
        until(lambda: self.has_ended)
        found = EXIT.search(self.said)
        return int(found[1]) if found else None

    @property
    def has_ended(self):
        return not psutil.pid_exists(self.process)

    @property
    def is_stopped(self):
        assert not self.has_ended, self.said
        return psutil.Process(self.process).status() == psutil.STATUS_STOPPED

    @property
    def said(self):
        return self.output.read_text() if self.output.exists() else ""


class ScratchOffice:
    """A database that comes and goes, and a server of processes (`tests.killable`) bound to it.

    The database begins as a copy of `template`.
    """

    def __init__(self, directory, *, template, **environment):
        self.directory, self.environment = directory, environment
        self.kept, self.runs = [], []
        tested = settings.DATABASES["default"]["TEST"]["NAME"]
        self.name = f"{tested}_killed{os.environ.get('PYTEST_XDIST_WORKER', '')}"
        self._clerk = databases.server()
        self._make(self.name, template=template)
        self._commands = self._serve()

    def close(self):
        for run in self.runs:
            run.signal(signal.SIGKILL)
        self.settle()
        self._commands.stdin.close()
        self._commands.wait(PATIENCE)
        self._commands.stdout.close()
        for name in [self.name, *self.kept]:
            self._clerk.execute(f"DROP DATABASE {name}")
        self._clerk.close()

    def start(self, *arguments, commit=""):
        """Start a command and return its `Run`; for `commit`, see `tests.killable`."""
        output = self.directory / f"run-{len(self.runs)}.txt"
        request = {"arguments": arguments, "output": str(output), "commit": commit}
        self._commands.stdin.write(json.dumps(request) + "\n")
        self._commands.stdin.flush()
        self.runs.append(Run(int(self._commands.stdout.readline()), output))
        return self.runs[-1]

    def complete(self, *arguments):
        """Run a command to its end, which must be a good one."""
        run = self.start(*arguments)
        assert run.wait() == 0, run.said
        self.settle()

    def settle(self):
        """Wait until the server has noticed that its clients are gone."""
        until(lambda: not self._sessions("true"))

    def somebody_waits(self):
        """Whether a command waits for what another one holds."""
        return bool(self._sessions("cardinality(pg_blocking_pids(pid)) > 0"))

    def keep(self):
        """Keep the database as it is, to `restore` it: returns the name of the copy."""
        self.kept.append(f"{self.name}_{len(self.kept)}")
        self._make(self.kept[-1], template=self.name)
        return self.kept[-1]

    def restore(self, kept):
        self._make(self.name, template=kept)

    def state(self):
        """What the database holds, and whether all its guards stand: comparable between runs."""
        with psycopg.connect(databases.url(self.name)) as connection:
            tables = [name for (name,) in connection.execute(_TABLES)]
            told = [f"SELECT '{name}', count(*)::text FROM {name}" for name in tables]
            told += [
                f"SELECT '{name}', md5(string_agg(line, ' ' ORDER BY line)) FROM ({sql}) AS told"
                for name, sql in (_CONTENT | _GUARDS).items()
            ]
            return dict(connection.execute(" UNION ALL ".join(told)).fetchall())

    def _make(self, name, *, template):
        self._clerk.execute(f"DROP DATABASE IF EXISTS {name}")
        self._clerk.execute(f"CREATE DATABASE {name} TEMPLATE {template}")

    def _sessions(self, condition):
        return self._clerk.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s"
            f" AND backend_type = 'client backend' AND {condition}",
            [self.name],
        ).fetchall()

    def _serve(self):
        own = databases.urls(self.name) | {
            "DJANGO_SETTINGS_MODULE": "results_portal.settings",
            "SECRET_KEY": "scratch",
        }
        return subprocess.Popen(
            [sys.executable, "-m", "tests.killable"],
            cwd=settings.BASE_DIR,
            env=os.environ | own | self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )


def until(condition, *, at_most=None):
    """Wait for `condition`, or for `at_most` seconds; without them it must come true."""
    deadline = time.monotonic() + (PATIENCE if at_most is None else at_most)
    while not condition():
        if time.monotonic() > deadline:
            assert at_most is not None, "this should have ended long ago"
            return
        time.sleep(0.002)


_TABLES = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""

# Rows without what differs from one run to the next: keys, times of writing, codes drawn.
_CONTENT = {
    "regulations": """
        SELECT (to_jsonb(speciality) - 'id')::text || (to_jsonb(rule) - 'speciality_id')::text
            || test.code || test.label || test.coefficient || test.position AS line
        FROM candidates_speciality AS speciality
        JOIN results_regulation AS rule ON rule.speciality_id = speciality.id
        JOIN results_test AS test ON test.speciality_id = speciality.id""",
    "sessions": """
        SELECT (to_jsonb(session) - 'id')::text AS line FROM candidates_session AS session""",
    "schools": "SELECT school::text AS line FROM candidates_school AS school",
    "entries": """
        SELECT speciality.code || (to_jsonb(candidate) - 'id')::text || (
            to_jsonb(entry) - '{id,candidate_id,session_id,speciality_id,created_at}'::text[]
        )::text AS line
        FROM candidates_entry AS entry
        JOIN candidates_speciality AS speciality ON speciality.id = entry.speciality_id
        JOIN candidates_candidate AS candidate ON candidate.id = entry.candidate_id""",
    "marks": """
        SELECT (entry.number, test.code, round, value, mark.status, origin)::text AS line
        FROM results_mark AS mark
        JOIN candidates_entry AS entry ON entry.id = mark.entry_id
        JOIN results_test AS test ON test.id = mark.test_id""",
    "decisions": """
        SELECT entry.number || (to_jsonb(decision) - '{id,entry_id,decided_at}'::text[])::text
            AS line
        FROM results_decision AS decision
        JOIN candidates_entry AS entry ON entry.id = decision.entry_id""",
    "releases": """
        SELECT speciality.code || (
            to_jsonb(release) - '{id,session_id,speciality_id,created_at}'::text[]
        )::text AS line
        FROM results_release AS release
        JOIN candidates_speciality AS speciality ON speciality.id = release.speciality_id""",
    "results": """
        SELECT entry.number || (
            to_jsonb(result)
            - '{id,entry_id,release_id,created_at,issued_at,verification_code}'::text[]
        )::text || (issued_at IS NULL) AS line
        FROM results_publishedresult AS result
        JOIN candidates_entry AS entry ON entry.id = result.entry_id""",
}
_GUARDS = {
    "row-level security": """
        SELECT relname || relrowsecurity AS line FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace""",
    "policies": "SELECT policy::text AS line FROM pg_policies AS policy",
    "triggers": """
        SELECT (tgrelid::regclass, tgname, tgenabled)::text AS line FROM pg_trigger
        WHERE NOT tgisinternal""",
    "constraints": """
        SELECT (conrelid::regclass, conname, convalidated)::text AS line FROM pg_constraint""",
    "indexes": "SELECT (indexrelid::regclass, indisvalid, indisready)::text AS line FROM pg_index",
}
