"""The kinds of long work, registered by the apps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from candidates.jobs.work import Work
from candidates.models import Job

Words = str | Promise


@dataclass(frozen=True)
class JobKind:
    """A kind of work. `right` is the permission that its author needs when it is asked for, and
    still needs when it begins.

    `work(work)` does it in one transaction, whose last statement is `work.finish(…)`: whoever is
    killed before has done nothing, and whoever comes again after finds it done. It may raise
    `JobRefused`. `stopped(job)` is called in the transaction in which a job ends otherwise,
    refused, failed or cancelled. Of jobs that wait, those of the highest `priority` go first.
    `file_refused(job)` says why its file is given no more; "" where it is.
    """

    name: str
    label: Words | Callable[[Mapping[str, Any]], Words]
    right: str | Callable[[Mapping[str, Any]], str]
    work: Callable[[Work], None]
    stopped: Callable[[Job], None] | None = None
    priority: int = 0
    file_refused: Callable[[Job], Words] | None = None

    def label_of(self, arguments: Mapping[str, Any]) -> str:
        return str(self.label(arguments) if callable(self.label) else self.label)

    def right_of(self, job: Job) -> str:
        return self.right(job.arguments) if callable(self.right) else self.right


_kinds: dict[str, JobKind] = {}


def register(kind: JobKind) -> None:
    _kinds[kind.name] = kind


def get(name: str) -> JobKind:
    return _kinds[name]


def find(name: str) -> JobKind | None:
    return _kinds.get(name)
