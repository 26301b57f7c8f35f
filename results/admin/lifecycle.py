"""Progress of a session: entries, decisions and release of each speciality and round."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Count, QuerySet
from django.utils import timezone

from candidates.models import Entry, Session, Speciality
from results.models import Decision, Release, Verdict

COUNTED = list(Verdict)


@dataclass
class RoundProgress:
    """One speciality in one round.

    `entries`: number of entries concerned, all or those called to the second round. `missing`:
    those of them that lack a mark of the round.
    """

    speciality: Speciality
    round: int
    entries: int = 0
    missing: int = 0
    verdicts: Mapping[str, int] = field(default_factory=dict)
    release: Release | None = None

    @property
    def undecided(self) -> int:
        return max(0, self.entries - sum(self.verdicts.values()))

    @property
    def counts(self) -> list[tuple[Verdict, int]]:
        """The number of each verdict, in the order of `COUNTED`."""
        return [(verdict, self.verdicts.get(verdict, 0)) for verdict in COUNTED]

    @property
    def is_open(self) -> bool:
        return self.release is not None and self.release.is_open(timezone.now())


def rounds_of(session: Session) -> list[RoundProgress]:
    """Return the `RoundProgress` of each speciality and round of a session, first rounds first.

    Seven queries, however many specialities.
    """
    entered = _by_speciality(Entry.objects.of(session))
    verdicts = _verdicts(session)
    releases = {
        (release.speciality_id, release.round): release
        for release in Release.objects.filter(session=session).select_related(
            "created_by", "withdrawn_by"
        )
    }
    missing = _missing(session) if _some_undecided(entered, verdicts) else {}
    waiting = _called_and_lacking_a_mark(session)
    found = []
    for speciality in Speciality.objects.filter(pk__in=entered).order_by("code"):
        pk = speciality.pk
        first = verdicts.get((pk, 1), {})
        lacking = missing.get(pk, 0) + first.get(Verdict.INCOMPLETE, 0)
        found.append(
            RoundProgress(speciality, 1, entered[pk], lacking, first, releases.get((pk, 1)))
        )
        called = first.get(Verdict.CONTROL, 0)
        if called or (pk, 2) in releases or (pk, 2) in verdicts:
            second = verdicts.get((pk, 2), {})
            concerned = max(called, sum(second.values()))
            lacking = waiting.get(pk, 0) + second.get(Verdict.INCOMPLETE, 0)
            found.append(
                RoundProgress(speciality, 2, concerned, lacking, second, releases.get((pk, 2)))
            )
    return sorted(found, key=lambda progress: (progress.round, progress.speciality.code))


def _by_speciality(entries: QuerySet[Entry]) -> dict[int, int]:
    return dict(entries.order_by().values_list("speciality").annotate(Count("pk")))


def _verdicts(session: Session) -> dict[tuple[int, int], dict[str, int]]:
    """Return the number of decisions by speciality and round, then by verdict."""
    found: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for speciality, round, verdict, count in (
        Decision.objects.filter(entry__session=session)
        .order_by()
        .values_list("entry__speciality", "round", "verdict")
        .annotate(Count("pk"))
    ):
        found[speciality, round][verdict] = count
    return found


def _some_undecided(
    entered: Mapping[int, int], verdicts: Mapping[tuple[int, int], Mapping[str, int]]
) -> bool:
    return any(sum(verdicts.get((pk, 1), {}).values()) < count for pk, count in entered.items())


def _called_and_lacking_a_mark(session: Session) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_CALLED_AND_LACKING_A_MARK, {"session": session.pk})
        return dict(cursor.fetchall())


def _missing(session: Session) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_LACKING_A_MARK, {"session": session.pk})
        return dict(cursor.fetchall())


# Entries not yet decided, and not withheld, that lack a mark. A compulsory test requires one, or
# one for each of its parts; a mark for a whole test in parts is worth those of all its parts.
# Counting marks, from their index alone, leaves few entries whose tests must be looked at: some are
# closed to their status, or not entered this session.
_LACKING_A_MARK = """
WITH unit AS (
    SELECT marked.speciality_id, marked.id, test.id AS test_id, marked.code,
        test.code AS test_code, test.statuses
    FROM results_test AS marked
    JOIN results_test AS test ON test.id = coalesce(marked.whole_id, marked.id)
    WHERE NOT test.optional
        AND NOT EXISTS (SELECT FROM results_test AS part WHERE part.whole_id = marked.id)
), needed AS (
    SELECT speciality_id, count(*) AS marks, array_agg(id) AS units FROM unit GROUP BY speciality_id
)
SELECT entry.speciality_id, count(*)
FROM candidates_entry AS entry
JOIN needed ON needed.speciality_id = entry.speciality_id
WHERE entry.session_id = %(session)s AND NOT entry.withheld
    AND NOT EXISTS (
        SELECT FROM results_decision AS decision
        WHERE decision.entry_id = entry.id AND decision.round = 1
    )
    AND CASE
        WHEN needed.marks > (
            SELECT count(*) FROM results_mark AS mark
            WHERE mark.entry_id = entry.id AND mark.round = 1 AND mark.test_id = ANY(needed.units)
        )
        THEN EXISTS (
            SELECT FROM unit
            WHERE unit.speciality_id = entry.speciality_id
                AND (unit.statuses = '{}' OR entry.status = ANY(unit.statuses))
                AND (
                    entry.units = ''
                    OR ARRAY[unit.code, unit.test_code]::text[] && string_to_array(entry.units, ' ')
                )
                AND NOT EXISTS (
                    SELECT FROM results_mark AS mark
                    WHERE mark.entry_id = entry.id AND mark.round = 1
                        AND mark.test_id IN (unit.id, unit.test_id)
                )
        )
    END
GROUP BY entry.speciality_id
"""

# Called to the second round, not decided in it yet. Whoever is exempt from nearly all the open
# tests is counted until the deliberation.
_CALLED_AND_LACKING_A_MARK = """
SELECT entry.speciality_id, count(*)
FROM candidates_entry AS entry
JOIN results_regulation AS regulation ON regulation.speciality_id = entry.speciality_id
JOIN results_decision AS first
    ON first.entry_id = entry.id AND first.round = 1 AND first.verdict = 'CONTROL'
WHERE entry.session_id = %(session)s
    AND NOT EXISTS (
        SELECT FROM results_decision AS second
        WHERE second.entry_id = entry.id AND second.round = 2
    )
    AND (regulation.second_round ->> 'choose')::integer > (
        SELECT count(*) FROM results_mark AS mark
        WHERE mark.entry_id = entry.id AND mark.round = 2
    )
GROUP BY entry.speciality_id
"""
