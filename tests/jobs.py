"""The worker, for tests within a transaction."""

from candidates.jobs import running
from candidates.models import Job


def work():
    """Do the jobs that wait, as the worker does."""
    for pk in list(Job.objects.active().order_by("pk").values_list("pk", flat=True)):
        running.run(pk)


def said(job):
    """What came of a job, with plain spaces."""
    return [" ".join(sentence.split()) for sentence in job.sentences]
