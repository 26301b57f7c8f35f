"""One job at work: rights asked again, progress written, every end said in words."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.exceptions import JobAborted

from candidates.history import signed
from candidates.jobs import keeping, kinds, queue
from candidates.jobs.work import AlreadyEnded, JobCancelled, JobRefused, Report, Work
from candidates.models import Job

MOST_ATTEMPTS = 3  # of a job whose worker died each time
_UNFORESEEN = gettext_lazy(
    "Une erreur imprévue l’a arrêtée : rien n’est fait. Le journal du serveur la décrit."
)

log = logging.getLogger(__name__)


def run(job_pk: int, *, attempt: int = 0, should_stop: Callable[[], bool] = bool) -> None:
    """Do the work of a job that waits, or whose worker died.

    Everything that may go wrong ends up on its page. Errors of the connection, and `JobAborted`
    when `should_stop()`, are raised: the queue then hands the job out again.
    """
    job = _begun(job_pk)
    if job is None:
        keeping.drop_folder(job_pk)  # of a worker that was killed once it was done
        return
    with translation.override(job.language):
        try:
            with signed(user=job.author_id, job=job.pk):
                _work(job, attempt, should_stop)
        except JobCancelled:
            queue.end(job, Job.State.CANCELLED)
        except JobRefused as refused:
            queue.end(job, Job.State.FAILED, str(refused))
        except AlreadyEnded:
            pass
        except (JobAborted, OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("job %s (%s) failed", job.pk, job.kind)
            queue.end(job, Job.State.FAILED, _UNFORESEEN)


def _begun(pk: int) -> Job | None:
    """Return the job, now at work; None when it has ended, or is gone."""
    with transaction.atomic():
        found = Job.objects.select_for_update(of=("self",)).select_related("author", "session")
        job = found.filter(pk=pk).first()
        if job is None or not job.is_active:
            return None
        job.state, job.started_at = Job.State.RUNNING, job.started_at or timezone.now()
        job.step, job.done, job.total = "", 0, 0
        job.save(update_fields=["state", "started_at", "step", "done", "total"])
    return job


def _work(job: Job, attempt: int, should_stop: Callable[[], bool]) -> None:
    kind = kinds.find(job.kind)
    if kind is None:
        raise JobRefused([_("Le portail ne connaît plus ce genre de tâche.")])
    if attempt >= MOST_ATTEMPTS:
        raise JobRefused(
            [_("Le programme qui fait les tâches s’est arrêté %d fois pendant celle-ci.") % attempt]
        )
    if job.cancel_asked:
        raise JobCancelled
    author = User.objects.get(pk=job.author_id)
    if not (author.is_active and author.is_staff and author.has_perm(kind.right_of(job))):
        raise JobRefused(
            [_("%(name)s n’a plus le droit de le faire : rien n’est fait.") % {"name": author}]
        )
    report = Report(job, should_stop)
    try:
        kind.work(Work(job, job.session, report))
    finally:
        report.close()
