"""A job as the function of its kind sees it, and the ways in which it stops."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.files import File
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from procrastinate.exceptions import JobAborted

from candidates.jobs import keeping
from candidates.models import Job, Session

_EVERY = 0.5  # seconds between two notes of the progress


class JobRefused(Exception):
    """The work cannot be done, and nothing was; `problems`: a sentence for each reason."""

    def __init__(self, problems: Iterable[str | Promise]) -> None:
        super().__init__("\n".join(map(str, problems)))


class JobCancelled(Exception):
    """Somebody asked the job to stop."""


class AlreadyEnded(Exception):
    """Another worker, thought dead, has ended this job meanwhile."""


class Work:
    """A job as the function of its kind sees it."""

    def __init__(self, job: Job, session: Session | None, report: Report) -> None:
        self.job, self.arguments, self.author = job, job.arguments, job.author
        self._session, self._report = session, report

    @property
    def session(self) -> Session:
        if self._session is None:
            raise JobRefused([_("Cette session n’existe plus.")])
        return self._session

    def progress(self, step: str) -> Callable[[int, int], None]:
        """Return `progress(done, total)` of one step; it raises when the job is to stop."""
        return self._report.of_step(step)

    def finish(self, sentences: Iterable[Any], *, warned: bool = False) -> None:
        """Write what came of it. To be called last, in the transaction of the work."""
        now = timezone.now()
        done = Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING).update(
            state=Job.State.DONE,
            message="\n".join(map(str, sentences)),
            warned=warned,
            finished_at=now,
        )
        if not done:
            raise AlreadyEnded

    def keep_file(self, path: Path | str, name: str) -> None:
        """Keep a file that the job made, for whoever has its right."""
        keeping.drop_file(self.job)  # of a worker that was killed before it committed
        with Path(path).open("rb") as stream:
            self.job.file.save(f"{self.job.pk}", File(stream), save=False)
        Job.objects.filter(pk=self.job.pk).update(file=self.job.file.name, file_name=name[-200:])

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Yield a folder for this job alone; it goes at the end.

        It stays where the job is to begin again, which then finds what was done before.
        """
        folder = keeping.folder_of(self.job.pk)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            yield folder
        except (JobAborted, OperationalError, InterfaceError):
            raise
        except BaseException:
            keeping.drop_folder(self.job.pk)
            raise
        keeping.drop_folder(self.job.pk)

    def note_in_journal(self, row: Any, words: str) -> None:
        """Have the journal of `row` say what its author has done."""
        LogEntry.objects.log_actions(
            self.author.pk, [row], CHANGE, change_message=words, single_object=True
        )


class Report:
    """Progress, written through a connection of its own: the work's is in a transaction."""

    def __init__(self, job: Job, should_stop: Callable[[], bool]) -> None:
        self._job, self._should_stop = job, should_stop
        # Within the transaction of somebody else the row cannot be reached.
        self._connection = None if connection.in_atomic_block else connection.copy()
        self._step, self._written_at = "", 0.0

    def of_step(self, step: str) -> Callable[[int, int], None]:
        def progress(done: int, total: int) -> None:
            now = time.monotonic()
            if step == self._step and now - self._written_at < _EVERY:
                return
            self._step, self._written_at = step, now
            self._write(step, done, total)

        return progress

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _write(self, step: str, done: int, total: int) -> None:
        if self._should_stop():
            raise JobAborted
        if self._connection is None:
            return
        with self._connection.cursor() as cursor:
            cursor.execute(
                "UPDATE candidates_job SET step = %s, done = %s, total = %s"
                " WHERE id = %s AND state = 'RUNNING' RETURNING cancel_asked",
                [step, done, total, self._job.pk],
            )
            found = cursor.fetchone()
        if found is None:
            raise AlreadyEnded
        if found[0]:
            raise JobCancelled
