"""The file of the candidate who is identified in a browser: read, and changed, as a visitor.

The visitors' login has no right on the tables of candidates. It calls functions of the database
(`diplomas/migrations/sql/visitors_file.sql`); each takes the proof of a visit, and reaches the file
of its candidate alone.
"""

import json

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import OperationalError, connections
from psycopg.errors import LockNotAvailable

from candidates.identification import cookie
from candidates.locks import Busy
from candidates.models import Candidate, Entry
from results_portal.routers import PUBLIC


class VisitEnded(Exception):
    """The visit has ended; nothing was changed."""


def identified_entry(request):
    """Return the entry identified in this browser, or None: see `entry_of`."""
    visit = cookie.identified(request)
    return visit and entry_of(visit)


def entry_of(visit):
    """Return the entry of a visit with its candidate, session and speciality, or None.

    Its `shown_to` is the visit, its `of_candidate` all entries of the candidate. Six queries; one
    when the visit has ended.
    """
    return next((entry for entry in entries_of(visit) if entry.pk == visit.entry_id), None)


def entries_of(visit):
    """Return all entries of the candidate of a visit, each as `entry_of` does; [] when it ended."""
    found = rows_of(visit, Entry, "visitors_entries")
    entries = list(found.prefetch_related("session", "speciality", "school", "academy"))
    if entries:
        [candidate] = rows_of(visit, Candidate, "visitors_candidate")
        for entry in entries:
            entry.candidate, entry.shown_to, entry.of_candidate = candidate, visit, entries
    return entries


def rows_of(visit, model, function, condition="", values=()):
    """Return the rows of `model` that a function of the database shows to a visit.

    `condition`: what follows the function in SQL, with its `values`. Reading a field that the
    function leaves out is refused by the database.
    """
    sql = f"SELECT * FROM {function}(%s, %s, %s) {condition}"
    return model.objects.using(settings.PUBLIC_WRITES).raw(sql, [*visit.proof, *values])


def call(function, *values):
    """Return the row that a function of the database answers to these values: one transaction.

    Raise `Busy` when it waits longer for a lock than the visitors' login may (`deploy/roles.sql`):
    an import may hold locks for minutes.
    """
    places = ", ".join(["%s"] * len(values))
    try:
        with connections[settings.PUBLIC_WRITES].cursor() as cursor:
            cursor.execute(f"SELECT * FROM {function}({places})", values)
            return cursor.fetchone()
    except OperationalError as problem:
        if isinstance(problem.__cause__, LockNotAvailable):
            raise Busy from problem
        raise


def as_json(value):
    """Return plain data as an argument of `call`; dates and hours in ISO 8601."""
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


def goes_on(visit):
    """Whether nobody has ended this visit. One query, for pages that found nothing to show."""
    return Entry.objects.using(PUBLIC).visited(visit).exists()
