"""Upkeep of the imports, by the worker."""

from procrastinate.contrib.django import app

from candidates.file_imports import storing
from candidates.jobs import queue


@app.periodic(cron="23 * * * *")
@app.task(name="forget_imports", queue=queue.NAME, queueing_lock="forget_imports")
def forget_imports(timestamp: int) -> None:
    storing.forget()
