"""Threads in which Django answers, apart for visitors, for files that they send, and for staff.

A visitor whose turn does not come in time, or whose database is away, is asked to come back.
Staff pages have no such limit.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings

QUEUE_SECONDS = 2.0  # for which a visitor's request may wait for a thread
JOB_SECONDS = 20.0  # for which it may be at work, then the visitor is asked to come back
_VISITORS, _UPLOADS, _STAFF, _FILES = 4, 2, 2, 1  # uploads: as many as a host opens at once


GIVEN_UP = object()  # result of a request whose visitor is asked to come back


class ThreadJob:
    """One request in a thread. `answer` is set once: by the thread, or by `give_up`."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.answer: asyncio.Future[Any] = loop.create_future()
        self.begun = self.streaming = False
        self.queued_at = time.monotonic()
        self._loop = loop

    def run(self, work: "Callable[[ThreadJob], Any]") -> None:
        """Do the work, in the thread, unless it was given up meanwhile."""
        self.begun = True
        if self.answer.done():
            return
        try:
            result, error = work(self), None
        except BaseException as raised:  # noqa: BLE001  the loop raises it
            result, error = None, raised
        self._loop.call_soon_threadsafe(self._finish, result, error)

    def give_up(self) -> None:
        """Set `GIVEN_UP` in place of the thread, unless its answer is being sent."""
        if not self.answer.done() and not self.streaming:
            self.answer.set_result(GIVEN_UP)

    def _finish(self, result: Any, error: BaseException | None) -> None:
        if self.answer.done():
            return
        if error is not None:
            self.answer.set_exception(error)
        else:
            self.answer.set_result(result)


class Threads:
    """Thread pools of one worker."""

    def __init__(self) -> None:
        self._visitors = ThreadPoolExecutor(_VISITORS, "visitors")
        self._uploads = ThreadPoolExecutor(_UPLOADS, "uploads")
        self._staff = ThreadPoolExecutor(_STAFF, "staff")
        self._files = ThreadPoolExecutor(_FILES, "files")
        self._jobs: set[ThreadJob] = set()

    async def run(
        self, path: str, work: Callable[[ThreadJob], Any], *, upload: bool = False
    ) -> Any:
        """Return the result of `work` in a thread for this path, or `GIVEN_UP`.

        `upload`: the request may hold files, whose opening takes seconds.
        """
        job = ThreadJob(asyncio.get_running_loop())
        pool = self._pool(path, upload)
        pool.submit(job.run, work)
        if pool in (self._visitors, self._uploads):
            self._jobs.add(job)
        try:
            return await job.answer
        finally:
            self._jobs.discard(job)

    def give_up_late(self) -> None:
        """Give up the requests of visitors whose turn has not come in time."""
        now = time.monotonic()
        for job in list(self._jobs):
            limit = JOB_SECONDS if job.begun else QUEUE_SECONDS
            if now - job.queued_at > limit:
                job.give_up()

    def give_up_all(self) -> None:
        """Give up every request of a visitor, begun or not."""
        for job in list(self._jobs):
            job.give_up()

    def _pool(self, path: str, upload: bool) -> ThreadPoolExecutor:
        if path.startswith(settings.STAFF_PREFIX):
            return self._staff
        if upload:
            return self._uploads
        return self._files if path.startswith(settings.STATIC_URL) else self._visitors
