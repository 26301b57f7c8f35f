"""What the queue runs: one task for every job, and the upkeep of the queue each minute."""

import logging

from django.db import InterfaceError, OperationalError
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job as QueuedJob

from candidates.jobs import keeping, queue, running

log = logging.getLogger(__name__)


class _HandOutAgain(BaseRetryStrategy):
    """Retry what the end of a worker, or the loss of the database, has interrupted."""

    def get_retry_decision(
        self, *, exception: BaseException, job: QueuedJob
    ) -> RetryDecision | None:
        if isinstance(exception, (JobAborted, OperationalError, InterfaceError)):
            return RetryDecision(retry_in={"seconds": 5})
        return None


@app.task(name="run_job", queue=queue.NAME, pass_context=True, retry=_HandOutAgain())
def run_job(context: JobContext, *, job: int) -> None:
    running.run(job, attempt=context.job.attempts, should_stop=context.should_abort)


@app.periodic(cron="* * * * *")
@app.task(
    name="keep_the_queue", queue=queue.NAME, queueing_lock="keep_the_queue", pass_context=True
)
async def keep_the_queue(context: JobContext, timestamp: int) -> None:
    await retry_stalled(context.app)


async def retry_stalled(with_app) -> None:
    """Put back into the queue the jobs whose worker has given no sign of life."""
    for job in await with_app.job_manager.get_stalled_jobs(seconds_since_heartbeat=queue.DEAD):
        log.warning("job %s: its worker is dead, it begins again", job.id)
        await with_app.job_manager.retry_job(job)


@app.periodic(cron="17 * * * *")
@app.task(name="forget_files", queue=queue.NAME, queueing_lock="forget_files")
def forget_files(timestamp: int) -> None:
    keeping.forget()
