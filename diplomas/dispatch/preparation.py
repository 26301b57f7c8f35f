"""Preparation of waiting diplomas in batches: one for each school, one for the homes."""

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.fields.json import KT

from candidates.locks import lock_session, lock_sessions
from candidates.models import Entry, School, Session
from candidates.references import new_reference
from diplomas.models import Diploma, DiplomaState, DispatchBatch, Route
from results.models import PublishedResult


def given_elsewhere(session: Session, prefix=""):
    """Return the entries of an outer row's person, for the same exam, whose diploma is under way.

    In the session that replaces `session`, or that it replaces; a held diploma goes nowhere.
    `prefix`: as of `EntryQuerySet.standing_for`.
    """
    entries = Entry.objects.of(session.counterpart()).standing_for(prefix)
    return entries.filter(~Q(diploma__state=DiplomaState.HELD), diploma__isnull=False)


def waiting(session: Session):
    """Return the results of `session` with a diploma to prepare, with their `route` and `uai`.

    Current, open, admitted, not withheld, of this office, and without a diploma yet, here or
    elsewhere (`given_elsewhere`).
    """
    return (
        PublishedResult.objects.current()
        .admitted()
        .filter(
            ~Exists(Diploma.objects.filter(entry=OuterRef("entry"))),
            ~Exists(given_elsewhere(session, "entry__")),
            release__session=session,
            entry__withheld=False,
        )
        .annotate(route=KT("document__diploma_route"), uai=KT("document__entry__school__uai"))
        .filter(route__in=Route.values)
        .order_by()
    )


def tally(session: Session):
    """Return the number of waiting diplomas of `session`, by (route, UAI or None)."""
    counted = waiting(session).values_list("route", "uai").annotate(Count("pk"))
    found: dict[tuple[str, str | None], int] = {}
    for route, uai, count in counted:
        key = (route, uai if route == Route.SCHOOL else None)
        found[key] = found.get(key, 0) + count
    return found


def prepare(session: Session, *, route=None, school: School | None = None, by=None):
    """Create the waiting diplomas in batches: one for each school, one for the homes.

    Only of one `route`, or one `school`, when given. Late ones go into the batch in preparation, or
    into a new one once it is sealed. Return the batches that got some, and the number of diplomas.
    """
    sql, values = waiting(session).values("pk", "entry", "route", "uai").query.sql_with_params()
    with transaction.atomic(), connection.cursor() as cursor:
        other = session.counterpart()
        lock_sessions(session, other) if other else lock_session(session)
        cursor.execute(_STAGE.format(waiting=sql), values)
        cursor.execute("ANALYZE waiting_diplomas")
        cursor.execute("SELECT DISTINCT place FROM waiting_diplomas")
        places = {place or None for (place,) in cursor.fetchall()}
        wanted = [(Route.SCHOOL if place else Route.HOME, place) for place in places]
        wanted = [key for key in wanted if route in (None, key[0])]
        wanted = [key for key in wanted if school is None or key[1] == school.pk]
        batches = drafts(session, wanted, by=by)
        found = [batch.school_id or "" for batch in batches], [batch.pk for batch in batches]
        cursor.execute(_PREPARE, found)
        made = cursor.rowcount
        cursor.execute("DROP TABLE waiting_diplomas")
    return batches, made


def drafts(session, wanted, *, by):
    """Return the batches in preparation of `session` for `wanted`, pairs (route, UAI or None).

    Missing ones are created.
    """
    rows = DispatchBatch.objects.filter(session=session, sealed_at=None).order_by("route", "school")
    wanted, known = set(wanted), {(batch.route, batch.school_id) for batch in rows}
    DispatchBatch.objects.bulk_create(
        DispatchBatch(
            session=session,
            route=route,
            school_id=uai,
            reference=new_reference("LOT"),
            created_by=by,
        )
        for route, uai in sorted(wanted - known, key=str)
    )
    return [batch for batch in rows.all() if (batch.route, batch.school_id) in wanted]


_STAGE = """
CREATE TEMPORARY TABLE waiting_diplomas ON COMMIT DROP AS
SELECT id, entry_id, CASE WHEN route = 'SCHOOL' THEN uai ELSE '' END AS place
FROM ({waiting}) AS each (id, entry_id, route, uai)
"""

_PREPARE = """
INSERT INTO diplomas_diploma (entry_id, published_result_id, batch_id, state)
SELECT waiting.entry_id, waiting.id, batch.id, 'PREPARED'
FROM waiting_diplomas AS waiting
JOIN unnest(%s::text[], %s::bigint[]) AS batch (place, id) ON batch.place = waiting.place
"""
