"""Two databases that differ only in a verdict to come look alike to a visitor's connection."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connections

from candidates.address_changes.changes import change_address
from candidates.postal.address import Address
from results.jury.deliberation import deliberate
from results.publication import release
from results.result_page.consent import give, withdraw
from results.rules import Verdict
from tests import databases, factories

HOUR = datetime(2226, 7, 2, 8, tzinfo=UTC)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

READABLE = """
SELECT pg_class.oid::regclass::text, string_agg(quote_ident(attname), ',' ORDER BY attnum)
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'p')
    AND attnum > 0 AND NOT attisdropped
    AND has_column_privilege(pg_class.oid, attnum, 'SELECT')
GROUP BY pg_class.oid
"""
# What PostgreSQL tells everybody about every table, index and sequence.
CATALOGUE = {
    "rows": """
        SELECT relname::text, reltuples FROM pg_class
        WHERE relnamespace = 'public'::regnamespace""",
    "stored out of line": """
        SELECT main.relname::text, toast.reltuples
        FROM pg_class AS main JOIN pg_class AS toast ON toast.oid = main.reltoastrelid
        WHERE main.relnamespace = 'public'::regnamespace""",
    "rows written": """
        SELECT relname::text, n_tup_ins, n_tup_upd, n_tup_del, n_live_tup
        FROM pg_stat_user_tables""",
    "statistics": "SELECT pg_stats::text FROM pg_stats WHERE schemaname = 'public'",
    "extended statistics": "SELECT pg_stats_ext::text FROM pg_stats_ext",
    "sequences": "SELECT pg_sequences::text FROM pg_sequences",
    "comments": "SELECT obj_description(oid), relname::text FROM pg_class",
}
PLANNED = [
    f"EXPLAIN SELECT {{column}} FROM {{table}} WHERE {{column}}::text = '{value}'"
    for value in (*Verdict, "true")
] + ["EXPLAIN SELECT DISTINCT {column} FROM {table}"]
TYPED = [
    f"EXPLAIN SELECT document FROM results_publishedresult WHERE {condition}"
    for condition in [*(f"verdict = '{verdict}'" for verdict in Verdict), "web_listed"]
]
# Left: the length of all documents together, in pages of 8 kB, and so the cost of reading them.
COST = re.compile(r"cost=\S+ ")
OWN_FILE = [
    "visitors_entries",
    "visitors_candidate",
    "visitors_address_changes",
    "visitors_consents",
]
# When the two were made, which no verdict decides.
TIMES = {"created_at", "sealed_at"}


def ask(sql):
    with connections["public"].cursor() as cursor:
        cursor.execute(sql)
        return sorted(
            [tuple(COST.sub("", str(value)) for value in row) for row in cursor.fetchall()]
        )


def told_of_file(function, visit):
    """Return what a function tells of a candidate's own file, apart from references and hours."""
    with connections["public"].cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}(%s, %s, %s)", visit.proof)
        places = [
            place
            for place, column in enumerate(cursor.description)
            if column.name not in {"reference", "requested_at", "at"}
            and not column.name.endswith("chosen_at")
        ]
        return [[row[place] for place in places] for row in cursor.fetchall()]


def seen(visit):
    """Return all that a visitor's connection can read, by the question that it answers.

    `visit`: that of the person whose verdict differs.
    """
    answers = {question: ask(sql) for question, sql in CATALOGUE.items()}
    answers |= {function: told_of_file(function, visit) for function in OWN_FILE}
    for table, columns in ask(READABLE):
        told = [column for column in columns.split(",") if column not in TIMES]
        answers[table] = ask(f"SELECT {', '.join(told)} FROM {table}")
        for column in told:
            for plan in PLANNED:
                question = plan.format(table=table, column=column)
                answers[question] = ask(question)
    return answers | {question: ask(question) for question in TYPED}


def office_with(marks):
    """Make an office whose results open later, somebody's `marks` apart the same each time.

    That person changes their mind on the web list again and again, and moves. Return their entry.
    """
    factories.restart_numbers()
    people = factories.cast()
    entry = factories.entry(marks=marks, birth_name="PERSONNE", given_names="Ève", web_consent=True)
    deliberate(entry.session)
    release.schedule(entry.session, at=HOUR)
    for _time in range(2):
        withdraw(factories.visit(entry))
        give(factories.visit(entry))
    withdraw(factories.visit(people["refused"]))
    before, new = Address.of(entry.candidate), Address(address3="3 RUE", city="LYON")
    change_address(factories.visit(entry), form_key="key", seen=before, new=new)
    for alias in ("default", "public"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")
    with databases.owner() as owner:
        owner.execute("ANALYZE")
    return entry


@pytest.fixture
def offices(template_database):
    """What visitors can read in two offices, by the verdict to come of one person."""
    found = {}
    for verdict in ("ADMITTED", "REFUSED"):
        name = f"{template_database}_{verdict.lower()}"
        with databases.copy_of(template_database, name), databases.connected_to(name):
            entry = office_with(getattr(factories, verdict))
            found[verdict] = seen(factories.visit(entry))
    return found


@pytest.mark.slow
def test_nothing_that_a_visitors_connection_reads_depends_on_a_verdict_to_come(offices):
    admitted, refused = offices["ADMITTED"], offices["REFUSED"]
    differing = {
        question: sorted({*admitted[question]} ^ {*refused[question]}, key=repr)
        for question in admitted
        if admitted[question] != refused[question]
    }
    assert admitted.keys() == refused.keys()
    assert not differing
    assert {"results_release", "results_listedition"} <= admitted.keys()
    assert all(admitted[function] for function in OWN_FILE)


@pytest.mark.slow
def test_a_consent_is_an_edition_of_the_list_whatever_the_verdict(offices):
    assert offices["REFUSED"]["results_listedition"] == [("1", "5")]
