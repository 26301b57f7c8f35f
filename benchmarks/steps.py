"""Imports, deliberation, release and lists, each compared with `COPY` of the rows that it wrote.

Two sessions run one after the other; their times are added.
"""

import io
import resource
import tempfile
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from benchmarks import office
from benchmarks.files import SHARES, session_files
from benchmarks.reader import ConcurrentReader
from benchmarks.table import Row, at_most, compared

SESSION = "BTS-2026"  # its candidates make the requests of `rush`
LISTS = 300  # seconds, for any number of entries: lists are as many as places
MEGABYTES = 500
FULL = 600_000  # entries, for which the limits in seconds are given
ENTRIES = "session_id IN (SELECT id FROM candidates_session)"
OF_ENTRIES = f"entry_id IN (SELECT id FROM candidates_entry WHERE {ENTRIES})"
PERSONS = f"id IN (SELECT candidate_id FROM candidates_entry WHERE {ENTRIES})"
STATUS, CLEAR_REFS = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def fill(*, scale):
    """Fill the database with two sessions, released an hour ago, and measure nothing."""
    sessions = _prepared(scale)
    for ours in sessions:
        of_session = ("--session", ours.session.code)
        run("import_entries", ours.entries, *of_session)
        run("import_marks", ours.marks, *of_session)
        run("deliberate", ours.session.code)
        run("release", ours.session.code, *_an_hour_ago(), "--confirm", ours.session.code)


def measure(*, scale):
    """Fill the database as `fill` does, and yield a row for each step."""
    sessions = _prepared(scale)
    yield from _imports(sessions)
    entries = rows_of("candidates_entry")
    step = MeasuredCommand("deliberate", [(code,) for code in SHARES])
    _, reference = copy_of(("results_decision", OF_ENTRIES))
    yield within(f"deliberation on {entries} entries", step.seconds, reference, entries)
    yield from step.cost("deliberation")
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    with ConcurrentReader() as reader:
        step = MeasuredCommand("release", [(code, "--at", tomorrow) for code in SHARES])
        now = [(code, "--now", "--confirm", code) for code in SHARES]
        opening = MeasuredCommand("release", now)
    _, reference = copy_of(("results_publishedresult", OF_ENTRIES))
    name = f"release of {entries} results, written the day before"
    yield compared(name, step.seconds, reference, "s")
    yield from step.cost("release, written the day before")
    name = f"release of {entries} results, opened"
    yield within(name, opening.seconds, reference, entries)
    yield from opening.cost("release, opened")
    yield at_most("the longest that a reader waited meanwhile", reader.longest * 1000, 100, "ms")
    with tempfile.TemporaryDirectory() as directory:
        places = [(code, "--to", f"{directory}/{code}") for code in SHARES]
        step = MeasuredCommand("print_lists", places)
    yield at_most(f"posted lists of {entries} entries", step.seconds, LISTS, "s")
    yield from step.cost("posted lists")


def _prepared(scale):
    """Return the `SessionFiles` of that many entries, their regulations and schools imported."""
    regulations, schools, sessions = session_files(scale)
    run("import_regulation", *regulations)
    run("import_schools", schools)
    for ours in sessions:
        run("import_session", ours.toml)
    return sessions


def _an_hour_ago():
    return "--at", (timezone.now() - timedelta(hours=1)).isoformat()


def _imports(sessions):
    of_session = [(files, ("--session", files.session.code)) for files in sessions]
    step = MeasuredCommand(
        "import_entries", [(files.entries, *session) for files, session in of_session]
    )
    count, reference = copy_of(("candidates_candidate", PERSONS), ("candidates_entry", ENTRIES))
    yield compared(f"import of {count // 2} entries", step.seconds, reference, "s", most=4)
    yield from step.cost("import of entries")
    step = MeasuredCommand(
        "import_marks", [(files.marks, *session) for files, session in of_session]
    )
    count, reference = copy_of(("results_mark", OF_ENTRIES))
    yield compared(f"import of {count} marks", step.seconds, reference, "s", most=4)
    yield from step.cost("import of marks")


class MeasuredCommand:
    """A management command, run for each session; `seconds` is the total."""

    def __init__(self, command, arguments):
        _reset_peak()
        before = office.processor_seconds()
        self.seconds = sum(run(command, *given) for given in arguments)
        self._processor = [b - a for a, b in zip(before, office.processor_seconds(), strict=True)]
        self._megabytes = _peak()

    def cost(self, name):
        """Yield rows for its processor time, which other load distorts less, and its memory."""
        python, server = self._processor
        figure = f"{python:.4g} s of Python, {server:.4g} s of PostgreSQL"
        yield Row(f"processor time of the {name}", figure)
        yield at_most(f"memory of the {name}", self._megabytes, MEGABYTES, "MB")


def _reset_peak():
    """Have the kernel count the peak memory of this process from now on, where it can."""
    with suppress(OSError):
        CLEAR_REFS.write_text("5")


def _peak():
    """Return the peak memory of this process, or of its largest child, in megabytes."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    with suppress(OSError):
        words = STATUS.read_text().split()
        return max(int(words[words.index("VmHWM:") + 1]) / 1024, children)
    return max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, children)


def rows_of(table):
    """Return the number of rows of a table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def within(name, took, reference, entries, *, seconds=30):
    """Return a row whose limit is `seconds` for `FULL` entries, and in proportion for fewer."""
    limit = seconds * entries / FULL
    row = compared(name, took, reference, "s")
    return type(row)(
        row.name,
        row.figure,
        row.reference,
        row.ratio,
        target=f"≤ {limit:.3g} s ({seconds} s for {FULL})",
        met=took <= limit,
    )


def run(*command):
    """Run a management command without output; return its seconds."""
    began = time.perf_counter()
    call_command(*map(str, command), verbosity=0, stdout=io.StringIO(), stderr=io.StringIO())
    return time.perf_counter() - began


def copy_of(*tables):
    """Return the number of rows of these (table, condition) and the seconds that `COPY` takes.

    It writes them into a table with the same columns, indexes, checks and foreign keys.
    """
    count = seconds = 0
    for table, condition in tables:
        with transaction.atomic(), connection.cursor() as cursor, tempfile.TemporaryFile() as file:
            with cursor.copy(f"COPY (SELECT * FROM {table} WHERE {condition}) TO STDOUT") as out:
                for block in out:
                    file.write(block)
            file.seek(0)
            cursor.execute(f"CREATE TABLE bench_copy (LIKE {table} INCLUDING ALL)")
            _add_foreign_keys(cursor, table)
            began = time.perf_counter()
            with cursor.copy("COPY bench_copy FROM STDIN") as into:
                while block := file.read(1 << 20):
                    into.write(block)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            seconds += time.perf_counter() - began
            cursor.execute("SELECT count(*) FROM bench_copy")
            count += cursor.fetchone()[0]
            transaction.set_rollback(True)
    return count, seconds


def _add_foreign_keys(cursor, table):
    cursor.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype = 'f'",
        [table],
    )
    for (definition,) in cursor.fetchall():
        cursor.execute(f"ALTER TABLE bench_copy ADD {definition}")
