"""The office's big steps, each beside PostgreSQL's own `COPY` of the rows that it wrote."""

import io
import resource
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path

from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from benchmarks.table import at_most, compared
from results import lookup
from results.demo.files import write_files

SESSION = "BTS-2026"
LISTS = 300  # seconds, for any number of entries: it is places that make lists
FULL = 600_000  # entries, for which the limits in seconds are given
ENTRIES = "session_id = (SELECT id FROM candidates_session WHERE code = 'BTS-2026')"
OF_ENTRIES = f"entry_id IN (SELECT id FROM candidates_entry WHERE {ENTRIES})"
PERSONS = f"id IN (SELECT candidate_id FROM candidates_entry WHERE {ENTRIES})"


def measure(*, scale):
    """Fill the database with one session, released since an hour; returns the rows."""
    with tempfile.TemporaryDirectory() as directory:
        files = write_files(Path(directory), entries=scale, seed=2026)
        run("import_regulation", *files.regulations)
        run("import_schools", files.schools)
        (ours,) = (written for written in files.sessions if written.session.code == SESSION)
        run("import_session", ours.toml)
        return list(_steps(ours))


def _steps(ours):
    took = run("import_entries", ours.entries, "--session", SESSION)
    count, reference = copied(("candidates_candidate", PERSONS), ("candidates_entry", ENTRIES))
    entries = count // 2
    yield compared(f"import of {entries} entries", took, reference, "s", most=4)
    took = run("import_marks", ours.marks, "--session", SESSION)
    count, reference = copied(("results_mark", OF_ENTRIES))
    yield compared(f"import of {count} marks", took, reference, "s", most=4)
    took = run("deliberate", SESSION)
    _, reference = copied(("results_decision", OF_ENTRIES))
    yield within(f"deliberation on {entries} entries", took, reference, entries)
    opened = timezone.now() - timedelta(hours=1)
    with Reader() as reader:
        took = run("release", SESSION, "--at", opened.isoformat())
    _, reference = copied(("results_publishedresult", OF_ENTRIES))
    yield within(f"release of {entries} results", took, reference, entries)
    yield at_most("the longest that a reader waited meanwhile", reader.longest * 1000, 100, "ms")
    with tempfile.TemporaryDirectory() as directory:
        took = run("print_lists", SESSION, "--to", directory)
    yield at_most(f"posted lists of {entries} entries", took, LISTS, "s")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield at_most("memory, at the most, of all these steps", memory, 500, "MB")


class Reader(threading.Thread):
    """Somebody who reads the releases and a result all the time; `longest`: seconds waited."""

    longest = 0.0

    def __enter__(self):
        self._over = threading.Event()
        self.start()
        return self

    def __exit__(self, *_error):
        self._over.set()
        self.join()

    def run(self):
        while not self._over.wait(0.01):
            began = time.perf_counter()
            lookup.announcements()
            lookup.stored_result_of(1)
            self.longest = max(self.longest, time.perf_counter() - began)
        connections["public"].close()


def within(name, took, reference, entries, *, seconds=30):
    """A row whose limit is `seconds` for the full size, and in proportion for less."""
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
    """Run one of the office's commands, quietly; returns the seconds that it took."""
    began = time.perf_counter()
    call_command(*map(str, command), verbosity=0, stdout=io.StringIO(), stderr=io.StringIO())
    return time.perf_counter() - began


def copied(*tables):
    """How many rows these (table, condition) have, and in how many seconds `COPY` writes them
    into a table with the same columns, indexes, checks and foreign keys."""
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
