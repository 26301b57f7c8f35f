"""The queue: what is asked for, cancelled, stands in the way, and whether anybody works."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateWorker

from candidates.jobs import keeping, kinds
from candidates.locks import sessions_waited_for
from candidates.models import Job, Session

NAME = "office"
HEARTBEAT, DEAD = 10.0, 30.0  # seconds between two signs of life; without any
_SILENT = timedelta(seconds=2 * DEAD)


def ask(
    kind: str, *, by: User, session: Session | None = None, lock: str = "", **arguments: Any
) -> Job:
    """Put work into the queue and return its `Job`: the same one while such a job is active.

    `lock`: jobs with the same one take turns; by default those of a session.
    """
    lock = lock or f"session {session.pk if session else 0}"
    wanted: dict[str, Any] = {"kind": kind, "session": session, "arguments": arguments}
    with transaction.atomic():
        found = Job.objects.active().filter(**wanted, cancel_asked=False).first()
        if found:
            return found
        known = kinds.get(kind)
        job = Job.objects.create(
            **wanted,
            label=known.label_of(arguments),
            lock=lock,
            author=by,
            language=get_language() or "fr",
        )
        task = app.configure_task(
            "run_job", lock=lock, queue=NAME, priority=known.priority, allow_unknown=False
        )
        job.queued = task.defer(job=job.pk)
        job.save(update_fields=["queued"])
    return job


def cancel(job: Job) -> None:
    """End a job that waits; ask the worker to stop one that is at work."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.state == Job.State.RUNNING:
            job.cancel_asked = True
            job.save(update_fields=["cancel_asked"])
        elif job.state == Job.State.WAITING:
            app.job_manager.cancel_job_by_id(job.queued or 0, delete_job=True)
            end(job, Job.State.CANCELLED)


def end(job: Job, state: str, message: str | Promise = "") -> None:
    """End a job that did not do its work."""
    with transaction.atomic():
        job.state, job.message, job.finished_at = state, str(message), timezone.now()
        job.save(update_fields=["state", "message", "finished_at"])
        kind = kinds.find(job.kind)
        if kind and kind.stopped:
            kind.stopped(job)
        if not job.file:
            transaction.on_commit(partial(keeping.drop, job))


def in_the_way(job: Job) -> Job | None:
    """Return the job of the same lock that is at work while this one waits."""
    if job.state != Job.State.WAITING:
        return None
    others = Job.objects.filter(lock=job.lock, state=Job.State.RUNNING)
    return others.exclude(pk=job.pk).select_related("author").first()


def waits_for_a_command(job: Job) -> bool:
    """Whether a job that is at work waits for a command on the same session."""
    running = job.state == Job.State.RUNNING and job.session_id is not None
    return running and job.session_id in sessions_waited_for()


def last_sign_of_life() -> Any:
    """Return when a worker was last seen; None when there is none."""
    return ProcrastinateWorker.objects.aggregate(last=Max("last_heartbeat"))["last"]


def nobody_works() -> bool:
    last = last_sign_of_life()
    return last is None or last < timezone.now() - _SILENT
