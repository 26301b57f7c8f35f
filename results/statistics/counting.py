"""Counting the entries of a session: one statement for all that its figures are made of."""

from django.db import connection

from candidates.models import Session
from results.models import Decision
from results.statistics.groups import EntryCount


def lines(session: Session, *, round: int, speciality: int | None = None) -> list[EntryCount]:
    """Return the entries of a session after a round, grouped; of one speciality, or of all."""
    values = {"session": session.pk, "round": round, "speciality": speciality}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        return [EntryCount(*row) for row in cursor.fetchall()]


def last_round(session: Session) -> int:
    """Return 2 once the second round of a session is decided, else 1."""
    second = Decision.objects.filter(entry__session=session, round=2)
    return 2 if second.exists() else 1


_COUNT = """
WITH sat AS (
    SELECT DISTINCT mark.entry_id
    FROM results_mark AS mark
    JOIN candidates_entry AS entry ON entry.id = mark.entry_id
    WHERE entry.session_id = %(session)s AND mark.round <= %(round)s AND mark.status = ''
        AND (%(speciality)s::bigint IS NULL OR entry.speciality_id = %(speciality)s)
)
SELECT
    speciality.code, coalesce(school.uai, ''), coalesce(school.sector, ''), entry.centre,
    entry.status, coalesce(first.verdict, ''), coalesce(second.verdict, first.verdict, ''),
    coalesce(first.mention, ''), sat.entry_id IS NOT NULL, entry.web_consent, count(*)
FROM candidates_entry AS entry
JOIN candidates_speciality AS speciality ON speciality.id = entry.speciality_id
LEFT JOIN candidates_school AS school ON school.uai = entry.school_id
LEFT JOIN results_decision AS first ON first.entry_id = entry.id AND first.round = 1
LEFT JOIN results_decision AS second
    ON second.entry_id = entry.id AND second.round = 2 AND %(round)s = 2
LEFT JOIN sat ON sat.entry_id = entry.id
WHERE entry.session_id = %(session)s
    AND (%(speciality)s::bigint IS NULL OR entry.speciality_id = %(speciality)s)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
"""
