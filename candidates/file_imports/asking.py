"""What the jobs of a file share: its content in their name, its right, its turn and its row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.text import format_lazy

from candidates.file_imports import kinds
from candidates.jobs import kinds as job_kinds
from candidates.jobs import queue
from candidates.jobs.work import Work
from candidates.models import FileImport, Job


def register(
    name: str, label: Any, work: Callable[[Work], None], stopped: Callable[[Job], None]
) -> None:
    """Register a job of a file. `label` says its `{content}`."""
    job_kinds.register(job_kinds.JobKind(name, _labelled(label), _right, work, stopped))


def ask(row: FileImport, job: str, state: str, *, by: Any, **more: Any) -> None:
    """Have a job of a file done, which is in `state` meanwhile; `more`: arguments of the job."""
    lock = "" if kinds.get(row.kind).of_session else row.kind
    values = {"file": row.pk, "kind_of_file": row.kind, **more}
    with transaction.atomic():
        row.state = state
        row.job = queue.ask(job, by=by, session=row.session, lock=lock, **values)
        row.save()


def _labelled(label: Any) -> Callable[[Mapping[str, Any]], str | Promise]:
    return lambda arguments: format_lazy(label, content=kinds.get(arguments["kind_of_file"]).label)


def _right(arguments: Mapping[str, Any]) -> str:
    return kinds.get(arguments["kind_of_file"]).right
