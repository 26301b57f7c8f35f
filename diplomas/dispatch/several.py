"""A step for many batches of a session at once: what each would do, and the job that takes it."""

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidates.jobs import kinds, queue
from candidates.jobs.work import Work
from candidates.locks import lock_session
from candidates.models import Job, Session
from diplomas.dispatch import stop_list
from diplomas.dispatch.steps import STEPS, BatchStep
from diplomas.models import AT_STAGE, Diploma, DiplomaState, DispatchBatch, Route

KIND = "dispatch_step"
MOST = 500  # batches in one go: a page of check boxes, and one transaction

_ON_THEIR_WAY = Exists(
    Diploma.objects.filter(batch=OuterRef("pk"), state=DiplomaState.SENT_TO_SCHOOL)
)


@dataclass(frozen=True)
class Ready:
    """A batch at the stage of a step, how many diplomas it has, and what keeps it from the step.

    `obstacle` is "" if nothing does.
    """

    batch: DispatchBatch
    members: int
    obstacle: str = ""


@dataclass(frozen=True)
class StepTaken:
    moved: list[Ready] = field(default_factory=list)
    left_out: list[Ready] = field(default_factory=list)


def register() -> None:
    kinds.register(kinds.JobKind(KIND, _label, _right, _work))


def tally() -> list[tuple[Session, list[tuple[BatchStep, int]]]]:
    """Return, by session, the steps that its batches wait for, and how many do. Two queries."""
    numbers: dict[str, Any] = {s.name: Count("pk", filter=_waits(s)) for s in STEPS.values()}
    open_ones = DispatchBatch.objects.annotate(on_their_way=_ON_THEIR_WAY)
    rows: list[Any] = list(open_ones.order_by().values("session").annotate(**numbers))
    sessions = Session.objects.in_bulk([row["session"] for row in rows])
    found = [
        (sessions[row["session"]], [(s, row[s.name]) for s in STEPS.values() if row[s.name]])
        for row in sorted(rows, key=lambda row: -row["session"])
    ]
    return [(session, steps) for session, steps in found if steps]


def look(step: BatchStep, session: Session) -> list[Ready]:
    """Return the batches of a session that wait for a step, `MOST` of them. Five queries."""
    return _look(step, _batches(step, session)[:MOST])


def take(
    step: BatchStep, session: Session, keys: Collection[int], *, day: datetime.date | None, by: Any
) -> StepTaken:
    """Take a step for those of the batches that wait for it, all in one transaction.

    A batch with an obstacle is left out, as is one that has taken the step since. The number of
    queries does not depend on that of the batches.
    """
    with transaction.atomic():
        lock_session(session)
        rows = _look(step, _batches(step, session).filter(pk__in=keys))
        moved = [row for row in rows if not row.obstacle]
        if batches := [row.batch for row in moved]:
            step.act_on(batches, by, day)
            LogEntry.objects.log_actions(by.pk, batches, CHANGE, change_message=str(step.done))
    return StepTaken(moved, [row for row in rows if row.obstacle])


def ask(step: BatchStep, session: Session, keys: list[int], *, day: Any, by: Any) -> Job:
    """Have the worker take a step for batches."""
    arguments = {"step": step.name, "batches": sorted(keys), "day": day and day.isoformat()}
    return queue.ask(KIND, session=session, by=by, **arguments)


def _waits(step):
    waits = AT_STAGE[step.stage]
    return waits & Q(route=Route.SCHOOL, on_their_way=True) if step.to_school else waits


def _batches(step, session):
    rows = DispatchBatch.objects.annotate(on_their_way=_ON_THEIR_WAY).filter(_waits(step))
    rows = rows.filter(session=session).select_related("session", "school")
    return rows.order_by("route", "school__name", "pk")


def _look(step, batches):
    rows = list(batches)
    counted = Diploma.objects.filter(batch__in=rows).order_by().values_list("batch")
    sizes = dict(counted.annotate(Count("pk")))
    stopped = {} if step.to_school else stop_list.stops_by_batch(rows)
    return [
        Ready(batch, n := sizes.get(batch.pk, 0), _obstacle(n, stopped.get(batch.pk)))
        for batch in rows
    ]


def _obstacle(members, stops):
    if stops:
        n = len(stops)
        words = ngettext("%(n)d diplôme sur la liste d’arrêt", "%(n)d sur la liste d’arrêt", n)
        return words % {"n": n}
    return "" if members else _("aucun diplôme")


def _label(arguments: Any) -> str | Promise:
    title = STEPS[arguments["step"]].several
    return format_lazy(gettext_lazy("diplômes : {step}"), step=title)


def _right(arguments: Any) -> str:
    return STEPS[arguments["step"]].right


def _work(work: Work) -> None:
    asked = work.arguments
    day = asked["day"] and datetime.date.fromisoformat(asked["day"])
    with transaction.atomic():
        done = take(STEPS[asked["step"]], work.session, asked["batches"], day=day, by=work.author)
        sentences = list(_sentences(done, asked["batches"]))
        work.finish(sentences, warned=bool(done.left_out))


def _sentences(done: StepTaken, keys: Collection[int]) -> Iterator[str]:
    moved, members = len(done.moved), sum(row.members for row in done.moved)
    yield _("Lots avancés : %(moved)d, avec %(members)d diplômes.") % {
        "moved": moved,
        "members": members,
    }
    if already := len(keys) - moved - len(done.left_out):
        yield ngettext(
            "%(n)d lot avait déjà passé cette étape.",
            "%(n)d lots avaient déjà passé cette étape.",
            already,
        ) % {"n": already}
    for row in done.left_out:
        yield _("Laissé : %(batch)s (%(where)s), %(obstacle)s.") % {
            "batch": row.batch,
            "where": row.batch.school or row.batch.get_route_display(),
            "obstacle": row.obstacle,
        }
