"""Where a session stands: for each speciality and round, what is entered, decided and released."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from candidates.models import Entry, Speciality
from results.models import Decision, Mark, Release, Verdict

COUNTED = [verdict for verdict in Verdict if verdict is not Verdict.INCOMPLETE]


@dataclass
class Stage:
    """One speciality in one round.

    `entries`: who is concerned, all or those called to the second round. `missing`: of the first
    round, those without all their marks; of the second, those without any mark of it.
    """

    speciality: Speciality
    round: int
    entries: int = 0
    missing: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)
    release: Release | None = None

    @property
    def undecided(self):
        return max(0, self.entries - sum(self.verdicts.values()))

    @property
    def counts(self):
        """The verdicts, in the order of `COUNTED`."""
        return [(verdict, self.verdicts.get(verdict, 0)) for verdict in COUNTED]

    @property
    def is_open(self):
        return self.release is not None and self.release.is_open(timezone.now())


def stages_of(session):
    """The `Stage`s of a session, first round first. Seven queries, however many specialities."""
    entered = _by_speciality(Entry.objects.of(session))
    verdicts = _verdicts(session)
    releases = {
        (release.speciality_id, release.round): release
        for release in Release.objects.filter(session=session).select_related(
            "created_by", "withdrawn_by"
        )
    }
    missing = _missing(session) if _some_undecided(entered, verdicts) else {}
    waiting = _called_without_marks(session)
    found = []
    for speciality in Speciality.objects.filter(pk__in=entered).order_by("code"):
        pk = speciality.pk
        first = verdicts.get((pk, 1), {})
        lacking = missing.get(pk, 0) + first.get(Verdict.INCOMPLETE, 0)
        found.append(Stage(speciality, 1, entered[pk], lacking, first, releases.get((pk, 1))))
        called = first.get(Verdict.CONTROL, 0)
        if called or (pk, 2) in releases or (pk, 2) in verdicts:
            second = verdicts.get((pk, 2), {})
            concerned = max(called, sum(second.values()))
            found.append(
                Stage(speciality, 2, concerned, waiting.get(pk, 0), second, releases.get((pk, 2)))
            )
    return sorted(found, key=lambda stage: (stage.round, stage.speciality.code))


def _by_speciality(entries):
    return dict(entries.order_by().values_list("speciality").annotate(Count("pk")))


def _verdicts(session):
    found = defaultdict(dict)
    for speciality, round, verdict, count in (
        Decision.objects.filter(entry__session=session)
        .order_by()
        .values_list("entry__speciality", "round", "verdict")
        .annotate(Count("pk"))
    ):
        found[speciality, round][verdict] = count
    return found


def _some_undecided(entered, verdicts):
    return any(sum(verdicts.get((pk, 1), {}).values()) < count for pk, count in entered.items())


def _called_without_marks(session):
    called = Decision.objects.filter(entry=OuterRef("pk"), round=1, verdict=Verdict.CONTROL)
    again = Mark.objects.filter(entry=OuterRef("pk"), round=2)
    return _by_speciality(Entry.objects.of(session).filter(Exists(called), ~Exists(again)))


def _missing(session):
    with connection.cursor() as cursor:
        cursor.execute(_LACKING_A_MARK, {"session": session.pk})
        return dict(cursor.fetchall())


# Entries not yet decided, and not withheld, that lack a mark. A compulsory test asks for one, or
# for as many as it has parts; a mark for a whole test in parts is worth those of all its parts.
# Counting marks, from their index alone, leaves few entries whose marks must be weighed.
_LACKING_A_MARK = """
WITH asked AS (
    SELECT test.speciality_id, test.id AS test_id, greatest(count(part.id), 1) AS worth
    FROM results_test AS test
    LEFT JOIN results_test AS part ON part.whole_id = test.id
    WHERE test.whole_id IS NULL AND NOT test.optional
    GROUP BY test.id
), given AS (
    SELECT speciality_id, test_id, worth FROM asked
    UNION ALL
    SELECT asked.speciality_id, part.id, 1
    FROM results_test AS part JOIN asked ON asked.test_id = part.whole_id
), needed AS (
    SELECT speciality_id, sum(asked.worth) AS worth, (
        SELECT array_agg(test_id) FROM given WHERE given.speciality_id = asked.speciality_id
    ) AS tests
    FROM asked GROUP BY speciality_id
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
        WHEN needed.worth > (
            SELECT count(*) FROM results_mark AS mark
            WHERE mark.entry_id = entry.id AND mark.round = 1 AND mark.test_id = ANY(needed.tests)
        )
        THEN needed.worth > coalesce((
            SELECT sum(given.worth) FROM results_mark AS mark
            JOIN given ON given.test_id = mark.test_id
            WHERE mark.entry_id = entry.id AND mark.round = 1
        ), 0)
    END
GROUP BY entry.speciality_id
"""
