"""Files that jobs make: kept for a week, readable by the portal alone, then deleted."""

import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from candidates.models import Job

KEPT = timedelta(days=7)
_FOLDER = "jobs"  # of the storage: a file for each job, named after its key


def folder_of(pk: int) -> Path:
    """Return the folder in which a job makes its files; it may not exist."""
    return Path(settings.WORK_DIR) / f"{pk}"


def drop(job: Job) -> None:
    """Delete what a job that keeps nothing has made."""
    drop_folder(job.pk)
    drop_file(job)


def drop_folder(pk: int) -> None:
    shutil.rmtree(folder_of(pk), ignore_errors=True)


def drop_file(job: Job) -> None:
    default_storage.delete(f"{_FOLDER}/{job.pk}")


def forget() -> None:
    """Delete the files of jobs that ended a week ago, and what killed workers left behind."""
    for old in Job.objects.filter(finished_at__lt=timezone.now() - KEPT).exclude(file=""):
        old.file.delete(save=True)
    active = {f"{pk}" for pk in Job.objects.active().values_list("pk", flat=True)}
    if settings.WORK_DIR.exists():
        for folder in settings.WORK_DIR.iterdir():
            if folder.name not in active:
                shutil.rmtree(folder, ignore_errors=True)
    kept = set(Job.objects.exclude(file="").values_list("file", flat=True))
    for name in stored_in(_FOLDER):
        if name not in active and f"{_FOLDER}/{name}" not in kept:
            default_storage.delete(f"{_FOLDER}/{name}")


def stored_in(folder: str) -> list[str]:
    """Return the names of the files in a folder of the storage, which may not exist."""
    try:
        return default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return []
