"""The job of an edition: its files made in a folder of their own, joined into one and kept."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidates.editions import kinds
from candidates.jobs import kinds as job_kinds
from candidates.jobs import queue
from candidates.jobs.work import JobRefused, Work
from candidates.models import Job, Session
from results_portal.printing.run import JOURNAL

KIND = "edition"
_FASTEST = 1  # most of what is joined are PDFs, which are small already


def register() -> None:
    kind = job_kinds.JobKind(KIND, _label, _right, _work, priority=-1, file_refused=_file_refused)
    job_kinds.register(kind)


def ask(session: Session, name: str, options: Mapping[str, Any], *, by: Any) -> Job:
    """Have an edition made; those of a session take turns, and keep no other work waiting."""
    lock = f"editions {session.pk}"
    return queue.ask(KIND, session=session, lock=lock, by=by, edition=name, options=dict(options))


def of_session(session: Session) -> Any:
    """Return the jobs of the editions of a session, the newest first."""
    return Job.objects.filter(kind=KIND, session=session).select_related("author").order_by("-pk")


def kind_of(job: Job) -> kinds.EditionKind | None:
    return kinds.find(job.arguments["edition"])


def _label(arguments: Mapping[str, Any]) -> str | Promise:
    label = kinds.get(arguments["edition"]).label
    return format_lazy(gettext_lazy("édition, {label}"), label=label)


def _right(arguments: Mapping[str, Any]) -> str:
    return kinds.get(arguments["edition"]).right


def _file_refused(job: Job) -> str | Promise:
    kind = kind_of(job)
    if kind is None or kind.file_refused is None or not (job.session and job.started_at):
        return ""
    return kind.file_refused(job.session, job.started_at)


def _work(work: Work) -> None:
    session, kind = work.session, kinds.find(work.arguments["edition"])
    if kind is None:
        raise JobRefused([_("Le portail ne connaît plus cette édition.")])
    with work.folder() as folder:
        files = folder / "files"
        files.mkdir(mode=0o700, exist_ok=True)
        made = kind.make(kinds.Order(session, files, work.arguments["options"], work.progress))
        hour = timezone.localtime(work.job.created_at)
        path = _joined(files, folder / "joined.zip", work.progress(_("fichiers")))
        name = f"{kind.stem}-{session.code}-{hour:%Y-%m-%d-%Hh%M}{path.suffix}"
        with transaction.atomic():
            work.keep_file(path, name)
            work.note_in_journal(session, _("Édition demandée : %(name)s") % {"name": name})
            work.finish(made.sentences, warned=made.warned)


def _joined(folder: Path, archive: Path, progress: Callable[[int, int], None]) -> Path:
    """Return the only file of `folder`, or all of them in `archive`, written as they are read."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and _is_whole(p))
    if len(files) == 1:
        return files[0]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=_FASTEST) as joined:
        for done, file in enumerate(files):
            progress(done, len(files))
            joined.write(file, file.relative_to(folder))
    return archive


def _is_whole(path: Path) -> bool:
    """Whether a file belongs to the edition: a killed worker leaves the part that it wrote."""
    return path.name != JOURNAL and path.suffix != ".part"
