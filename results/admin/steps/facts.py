"""What the steps of sessions are told from, read for several sessions at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from candidates.models import FileImport, Job, Proposal, School, Session
from results.admin.lifecycle import RoundProgress, rounds_of
from results.jury import borderline
from results.models import JuryDecision, Regulation
from results.regulations.shipped import holds_for


@dataclass(frozen=True)
class SessionFacts:
    """Facts of one session, at the instant `now`.

    `regulations`: those of its exam and year, and of its entries. `replacement`: the session that
    replaces it. `left_to_copy`: number of those whose decision is deferred in July and who are not
    entered in September. `imports`: keys of files to confirm, by kind. `jobs`: keys of work that is
    asked for or under way, by kind. `proposals`: those that wait for a second person.
    """

    session: Session
    now: datetime
    rounds: Sequence[RoundProgress] = ()
    regulations: Sequence[Regulation] = ()
    schools: int = 0
    jury_decisions: int = 0
    near_a_threshold: int = 0
    replacement: Session | None = None
    left_to_copy: int = 0
    imports: Mapping[str, Sequence[int]] = field(default_factory=dict)
    jobs: Mapping[str, int] = field(default_factory=dict)
    proposals: Sequence[Proposal] = ()

    def in_round(self, number: int) -> list[RoundProgress]:
        return [progress for progress in self.rounds if progress.round == number]

    @property
    def entries(self) -> int:
        return sum(progress.entries for progress in self.in_round(1))


def facts_of(sessions: Iterable[Session]) -> dict[int, SessionFacts]:
    """Return the `SessionFacts` of each session, by its primary key. Fourteen queries at most."""
    sessions = list(sessions)
    if not sessions:
        return {}
    now, pks = timezone.now(), [session.pk for session in sessions]
    rounds = rounds_of(sessions)
    regulations = _regulations(sessions, rounds)
    schools = School.objects.count()
    jury = _counts(JuryDecision.objects.filter(entry__session__in=pks), "entry__session")
    waiting = [pk for pk in pks if any(p.verdicts and not p.is_open for p in rounds[pk])]
    near = borderline.left(waiting) if waiting else {}
    replacements = {s.replaces_id: s for s in Session.objects.filter(replaces__in=pks)}
    left = _left_to_copy({session.replaces_id or session.pk for session in sessions})
    imports: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    ready = FileImport.objects.filter(session__in=pks, state=FileImport.State.READY).order_by("pk")
    for session_pk, kind, pk in ready.values_list("session", "kind", "pk"):
        imports[session_pk or 0][kind].append(pk)
    jobs: dict[int, dict[str, int]] = defaultdict(dict)
    active = Job.objects.active().filter(session__in=pks).order_by("-pk")
    for session_pk, kind, pk in active.values_list("session", "kind", "pk"):
        jobs[session_pk][kind] = pk
    proposals: dict[int, list[Proposal]] = defaultdict(list)
    waiting = Proposal.objects.waiting().filter(session__in=pks).order_by("pk")
    for proposal in waiting.select_related("proposed_by"):
        proposals[proposal.session_id].append(proposal)
    return {
        session.pk: SessionFacts(
            session=session,
            now=now,
            rounds=rounds[session.pk],
            regulations=regulations[session.pk],
            schools=schools,
            jury_decisions=jury.get(session.pk, 0),
            near_a_threshold=near.get(session.pk, 0),
            replacement=replacements.get(session.pk),
            left_to_copy=left.get(session.replaces_id or session.pk, 0),
            imports=imports[session.pk],
            jobs=jobs[session.pk],
            proposals=proposals[session.pk],
        )
        for session in sessions
    }


def _counts(rows, session: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(session).annotate(Count("pk")))


def _regulations(
    sessions: Sequence[Session], rounds: Mapping[int, Sequence[RoundProgress]]
) -> dict[int, list[Regulation]]:
    entered = {pk: {p.speciality.pk for p in rounds[pk]} for pk in rounds}
    of_exams = Q(speciality__exam__in={session.exam for session in sessions})
    of_entries = Q(speciality__in=set().union(*entered.values()))
    found = list(
        Regulation.objects.filter(of_exams | of_entries)
        .select_related("speciality")
        .order_by("speciality__code")
    )
    return {
        session.pk: [
            regulation
            for regulation in found
            if regulation.speciality_id in entered[session.pk]
            or holds_for(session, regulation.speciality)
        ]
        for session in sessions
    }


def _left_to_copy(sessions: Iterable[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_LEFT_TO_COPY, [list(sessions)])
        return dict(cursor.fetchall())


_LEFT_TO_COPY = """
SELECT entry.session_id, count(*)
FROM candidates_entry AS entry
JOIN results_decision AS decision
    ON decision.entry_id = entry.id AND decision.round = 1 AND decision.verdict = 'DEFERRED'
WHERE entry.session_id = ANY(%s)
    AND NOT EXISTS (
        SELECT FROM candidates_entry AS copy
        JOIN candidates_session AS september ON september.id = copy.session_id
        WHERE copy.candidate_id = entry.candidate_id AND september.replaces_id = entry.session_id
    )
GROUP BY entry.session_id
"""
