"""Progress of sessions: entries, decisions and release of each speciality and round."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from candidates.models import Entry, Session, Speciality
from results.models import Decision, Release, Verdict

COUNTED = list(Verdict)

_Pair = tuple[int, int]  # primary keys of a session and a speciality


@dataclass
class RoundProgress:
    """One speciality in one round.

    `entries`: number of entries concerned, all or those called to the second round. `missing`:
    those of them that lack a mark of the round, not decided yet or decided incomplete.
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
    def incomplete(self) -> int:
        """The number of decisions that wait for a mark, which block the release."""
        return self.verdicts.get(Verdict.INCOMPLETE, 0)

    @property
    def counts(self) -> list[tuple[Verdict, int]]:
        """The number of each verdict, in the order of `COUNTED`."""
        return [(verdict, self.verdicts.get(verdict, 0)) for verdict in COUNTED]

    @property
    def is_open(self) -> bool:
        return self.release is not None and self.release.is_open(timezone.now())


def rounds_of(sessions: Iterable[Session]) -> dict[int, list[RoundProgress]]:
    """Return the `RoundProgress` of each session, first rounds first, by its primary key.

    Six queries, however many sessions and specialities.
    """
    pks = [session.pk for session in sessions]
    entered = _entered(pks)
    verdicts = _verdicts(pks)
    releases = {
        (release.session_id, release.speciality_id, release.round): release
        for release in Release.objects.filter(session__in=pks).select_related(
            "created_by", "withdrawn_by"
        )
    }
    waiting = {
        session
        for session, speciality in entered
        if _waits(entered[session, speciality], verdicts.get((session, speciality, 1), {}))
    }
    missing = _counted(LACKING_A_MARK, waiting) if waiting else {}
    called_and_waiting = _counted(CALLED_AND_LACKING_A_MARK, pks)
    specialities = Speciality.objects.in_bulk({speciality for _session, speciality in entered})
    found: dict[int, list[RoundProgress]] = {pk: [] for pk in pks}
    for (session, pk), entries in entered.items():
        key, speciality = (session, pk), specialities[pk]
        first, second = (verdicts.get((*key, round), {}) for round in (1, 2))
        release, second_release = (releases.get((*key, round)) for round in (1, 2))
        lacking = missing.get(key, 0)
        found[session].append(RoundProgress(speciality, 1, entries, lacking, first, release))
        called = first.get(Verdict.CONTROL, 0)
        if called or second or second_release:
            concerned, lacking = max(called, sum(second.values())), called_and_waiting.get(key, 0)
            found[session].append(
                RoundProgress(speciality, 2, concerned, lacking, second, second_release)
            )
    for rounds in found.values():
        rounds.sort(key=lambda progress: (progress.round, progress.speciality.code))
    return found


def _entered(sessions: Sequence[int]) -> dict[_Pair, int]:
    entries = Entry.objects.filter(session__in=sessions).order_by()
    counted = entries.values_list("session", "speciality").annotate(Count("pk"))
    return {(session, speciality): count for session, speciality, count in counted}


def _verdicts(sessions: Sequence[int]) -> dict[tuple[int, int, int], dict[str, int]]:
    """Return the number of decisions by session, speciality and round, then by verdict."""
    found: dict[tuple[int, int, int], dict[str, int]] = defaultdict(dict)
    for *key, verdict, count in (
        Decision.objects.filter(entry__session__in=sessions)
        .order_by()
        .values_list("entry__session", "entry__speciality", "round", "verdict")
        .annotate(Count("pk"))
    ):
        session, speciality, round = key
        found[session, speciality, round][verdict] = count
    return found


def _waits(entries: int, verdicts: Mapping[str, int]) -> bool:
    return sum(verdicts.values()) < entries or Verdict.INCOMPLETE in verdicts


def _counted(lacking: str, sessions: Iterable[int]) -> dict[_Pair, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry.session_id, entry.speciality_id, count(*) FROM candidates_entry AS entry"
            f" WHERE entry.id IN ({lacking}) GROUP BY 1, 2",
            [list(sessions)],
        )
        return {(session, speciality): count for session, speciality, count in cursor.fetchall()}


# Entries of sessions (the one parameter) that lack a mark, and are neither withheld nor decided but
# as incomplete. A compulsory test requires one, or one for each of its parts; a mark for a whole
# test in parts is worth those of all its parts.
# Counting marks, from their index alone, leaves few entries whose tests must be looked at: some are
# closed to their status, or not entered this session.
LACKING_A_MARK = """
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
SELECT entry.id
FROM candidates_entry AS entry
JOIN needed ON needed.speciality_id = entry.speciality_id
WHERE entry.session_id = ANY(%s) AND NOT entry.withheld
    AND NOT EXISTS (
        SELECT FROM results_decision AS decision
        WHERE decision.entry_id = entry.id AND decision.round = 1
            AND decision.verdict <> 'INCOMPLETE'
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
"""

# Called to the second round, and not decided in it but as incomplete. Whoever is exempt from nearly
# all the open tests is counted until the deliberation.
CALLED_AND_LACKING_A_MARK = """
SELECT entry.id
FROM candidates_entry AS entry
JOIN results_regulation AS regulation ON regulation.speciality_id = entry.speciality_id
JOIN results_decision AS first
    ON first.entry_id = entry.id AND first.round = 1 AND first.verdict = 'CONTROL'
WHERE entry.session_id = ANY(%s)
    AND NOT EXISTS (
        SELECT FROM results_decision AS second
        WHERE second.entry_id = entry.id AND second.round = 2
            AND second.verdict <> 'INCOMPLETE'
    )
    AND (regulation.second_round ->> 'choose')::integer > (
        SELECT count(*) FROM results_mark AS mark
        WHERE mark.entry_id = entry.id AND mark.round = 2
    )
"""
