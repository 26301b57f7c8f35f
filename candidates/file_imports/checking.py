"""The two jobs of a file: its check, which writes nothing, and its import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidates.file_imports import asking, kinds, storing, written
from candidates.freeze import OpeningSoon
from candidates.jobs.work import JobRefused, Work
from candidates.models import FileImport, Job
from candidates.proposals import acts
from results_portal.imports.staging import ImportOutcome, ImportRefused
from results_portal.tabular import ErrorLog
from results_portal.tabular.errors import quoted

CHECK, IMPORT = "check_file", "import_file"
_State = FileImport.State


class ChangedSince(Exception):
    """The rows that the import would write are not those that were shown."""


def register() -> None:
    asking.register(CHECK, gettext_lazy("contrôle d’un fichier, {content}"), _check, _stopped)
    asking.register(IMPORT, gettext_lazy("import d’un fichier, {content}"), _import, _stopped)


def ask(row: FileImport, what: str, *, by: Any, **more: Any) -> None:
    """Have a file checked or imported; `more`: `confirmed`, the code of its session."""
    state = _State.CHECKING if what == CHECK else _State.IMPORTING
    asking.ask(row, what, state, by=by, **more)


def _stopped(job: Job) -> None:
    """A job that was cancelled leaves its file; any other end is its end too."""
    acts.let_lapse_of_job(job, job.sentences or [job.get_state_display()])
    row = FileImport.objects.get(pk=job.arguments["file"])
    if row.state not in FileImport.UNFINISHED:
        return
    row.report = {"refused": job.sentences}
    storing.finish(row, _State.CANCELLED if job.state == Job.State.CANCELLED else _State.FAILED)


def _check(work: Work, *, again: bool = False) -> None:
    row = _row(work)
    kind = kinds.get(row.kind)
    found: dict[str, Any] = {}

    def look() -> None:
        row.digest = kind.digest()
        found["changes"], found["notes"] = kind.changes(), kind.notes()

    with storing.local_copy(row) as path:
        outcome = _load(work, row, path, dry_run=True, matched=look)
    if outcome is None:
        return
    row.report |= found | {
        "notes": [*outcome.notes, *found["notes"]],
        "effects": outcome.effects,
        "changed_since": again,
    }
    with transaction.atomic():
        if row.created or row.changed:
            row.state = _State.READY
            row.save()
        else:
            storing.finish(row, _State.UNCHANGED)
        work.finish([counts(row)], warned=again)


def _import(work: Work) -> None:
    row = _row(work)
    kind, agreed = kinds.get(row.kind), row.digest

    def compare() -> None:
        if kind.digest() != agreed:
            raise ChangedSince
        written.keep_former(kind, row)

    try:
        with storing.local_copy(row) as path, transaction.atomic():
            confirmed = work.arguments.get("confirmed", "")
            if _load(work, row, path, dry_run=False, matched=compare, confirmed=confirmed):
                written.keep_written(kind, row)
                row.report.pop("doubts", None)
                storing.finish(row, _State.DONE)
                if row.session:
                    work.note_in_journal(row.session, _noted(row))
                work.finish([counts(row)])
    except ChangedSince:
        acts.let_lapse_of_job(work.job, [_("La base a changé depuis la proposition.")])
        _check(work, again=True)
    except OpeningSoon as asked:
        with transaction.atomic():
            row.refresh_from_db()
            row.state = _State.READY
            acts.let_lapse_of_job(work.job, asked.problems)
            row.report |= {"doubts": asked.problems, "code": asked.codes[0]}
            row.save()
            work.finish(asked.problems, warned=True)


def _load(
    work: Work,
    row: FileImport,
    path: Path,
    *,
    dry_run: bool,
    matched: Callable[[], None],
    confirmed: str = "",
) -> ImportOutcome | None:
    """Load the file and take its counts; None when it is refused, which is then written."""
    log = ErrorLog(row.name, error_path=str(path.with_name("errors.csv")))
    kind = kinds.get(row.kind)
    stated = {"reason": row.reason, "by": work.author} if kind.reasoned else {}
    try:
        with transaction.atomic():
            outcome = kind.load(
                path,
                **stated,
                session=row.session,
                log=log,
                dry_run=dry_run,
                confirmed=confirmed,
                max_bytes=storing.LARGEST,
                progress=work.progress(_("lecture")),
                saving=work.progress(_("enregistrement")),
                matched=matched,
            )
    except ImportRefused:
        log.close()
        _refuse(work, row, log)
        return None
    finally:
        log.close()
    row.created, row.changed = outcome.created, outcome.changed
    row.unchanged = outcome.unchanged
    row.report["warnings"] = [[w.line, w.column, w.message] for w in log.warnings]
    return outcome


def _refuse(work: Work, row: FileImport, log: ErrorLog) -> None:
    row.errors = log.count
    row.report = {
        "errors": [[e.line, e.column, quoted(e.value), e.message] for e in log.first()],
        "warnings": [[w.line, w.column, w.message] for w in log.warnings],
    }
    with transaction.atomic():
        work.keep_file(log.error_path, f"{row.name}.erreurs.csv")
        storing.finish(row, _State.REFUSED)
        said = ngettext(
            "%(n)d erreur dans le fichier : rien n’est enregistré.",
            "%(n)d erreurs dans le fichier : rien n’est enregistré.",
            log.count,
        )
        acts.let_lapse_of_job(work.job, [said % {"n": log.count}])
        work.finish([said % {"n": log.count}], warned=True)


def _row(work: Work) -> FileImport:
    row = FileImport.objects.select_related("session").get(pk=work.arguments["file"])
    if kinds.get(row.kind).of_session and row.session is None:
        raise JobRefused([_("Cette session n’existe plus.")])
    return row


def counts(row: FileImport) -> str:
    values = {"created": row.created, "changed": row.changed, "unchanged": row.unchanged}
    return (
        _("créations : %(created)s ; modifications : %(changed)s ; sans changement : %(unchanged)s")
        % values
    )


def _noted(row: FileImport) -> str:
    return _("Import de %(name)s (%(label)s) : %(counts)s") % {
        "name": row.name,
        "label": row.label,
        "counts": counts(row),
    }
