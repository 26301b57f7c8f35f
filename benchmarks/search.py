"""The office's search among all candidates, and what its index costs an import.

The reference is one reading of the whole table of candidates, without any index.
"""

import tempfile
import time
from statistics import median

from django.db import connection, transaction

from benchmarks.steps import rows_of
from benchmarks.table import Row, compared
from candidates.admin.search import MOST, people, schools
from candidates.models import Candidate, Entry, School

LONGEST = 300  # milliseconds
TIMES = 5
INDEX = "candidate_likeness"


def measure():
    """Yield a row for each kind of words typed, then one for the index."""
    count = rows_of("candidates_candidate")
    reference = _milliseconds(_whole_table)
    for kind, words in _typed():
        took = _milliseconds(lambda words=words: (people(words, MOST), schools(words, MOST)))
        yield Row(
            f"search among {count} candidates: {kind}",
            f"{took:.4g} ms",
            f"{reference:.4g} ms",
            took / reference,
            target=f"≤ {LONGEST} ms",
            met=took <= LONGEST,
        )
    without, with_index = _copied(without=INDEX), _copied()
    name = f"COPY of {count} candidates with the index of the search"
    yield compared(name, with_index, without, "s", most=4)


def _typed():
    """Yield kinds of words, and words of that kind that are of somebody in the table."""
    entry = Entry.objects.select_related("candidate").order_by("number")[1]
    person = entry.candidate
    name = f"{person.birth_name} {person.given_names.split()[0]}"
    common = _commonest_name()
    yield "a number", entry.number
    yield "an exact name", name
    yield "the commonest family name", common
    yield "its first three letters", common[:3]
    yield "a letter too many in it", f"{common[:3]}{common[2:]}"
    yield "another letter in it", f"{common[:3]}x{common[4:]}"
    yield "a name, two letters swapped", f"{name[1]}{name[0]}{name[2:]}"
    yield "given names alone", person.given_names
    yield "a name like no other", "zzyzx"
    yield "a birth date", f"{person.birth_date:%d/%m/%Y}"
    yield "the commonest name and a birth date", f"{common} {person.birth_date:%d/%m/%Y}"
    yield "an e-mail", person.email or "personne@example.org"
    yield "a school", School.objects.order_by("uai")[0].name


def _commonest_name():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT birth_name FROM candidates_candidate WHERE length(birth_name) > 4"
            " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        )
        return cursor.fetchone()[0]


def _whole_table():
    list(Candidate.objects.filter(birth_name__icontains="zzyzx"))


def _milliseconds(call):
    """Return how long a call takes: the median of some, in milliseconds."""
    took = []
    for _time in range(TIMES):
        began = time.perf_counter()
        call()
        took.append(1000 * (time.perf_counter() - began))
    return median(took)


def _copied(*, without=None):
    """Return the seconds of a `COPY` of all candidates into a table like theirs.

    `without`: the name of an index that it lacks.
    """
    with transaction.atomic(), connection.cursor() as cursor, tempfile.TemporaryFile() as file:
        with cursor.copy("COPY candidates_candidate TO STDOUT") as rows:
            for block in rows:
                file.write(block)
        file.seek(0)
        if without:
            cursor.execute(f"DROP INDEX {without}")
        cursor.execute("CREATE TABLE bench_copy (LIKE candidates_candidate INCLUDING ALL)")
        began = time.perf_counter()
        with cursor.copy("COPY bench_copy FROM STDIN") as into:
            while block := file.read(1 << 20):
                into.write(block)
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return took
