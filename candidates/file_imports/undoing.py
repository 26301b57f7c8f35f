"""An import taken back as a whole: what it created goes, what it changed is again as it was.

Nothing is taken back once a row that it wrote has changed, something depends on one that it
created, or its kind holds it (an entry decided).
"""

from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidates.file_imports import asking, kinds, written
from candidates.file_imports.kinds import FileKind
from candidates.freeze import Change, OpeningSoon, changing
from candidates.jobs.work import JobRefused, Work
from candidates.locks import lock_sessions
from candidates.models import FileImport, Job, Session

UNDO = "undo_import"
_MOST_NAMED = 5  # rows
_State = FileImport.State


def register() -> None:
    asking.register(UNDO, gettext_lazy("annulation d’un import, {content}"), _undo, _stopped)


def is_possible(row: FileImport) -> bool:
    """Whether an import may be asked to be taken back; the job may still refuse."""
    return row.state == _State.DONE and row.written.exists()


def ask(row: FileImport, *, by: Any) -> None:
    """Have an import taken back; the caller holds the lock of its row."""
    row.report.pop("not_undone", None)
    asking.ask(row, UNDO, _State.UNDOING, by=by)


def _stopped(job: Job) -> None:
    """A job that did not do it leaves the import as it was."""
    row = FileImport.objects.get(pk=job.arguments["file"])
    if row.state == _State.UNDOING:
        row.state, row.report["not_undone"] = _State.DONE, job.sentences
        row.save()


def _undo(work: Work) -> None:
    row = FileImport.objects.select_related("session").get(pk=work.arguments["file"])
    kind = kinds.get(row.kind)
    try:
        with transaction.atomic(), changing(Change.REFRESH):
            _lock(kind, row)
            if reasons := _reasons(kind, row):
                raise JobRefused(reasons)
            follow = kind.follow(row)
            written.take_back(kind, row)
            follow()
            row.state, row.undone_at, row.undone_by = _State.UNDONE, timezone.now(), work.author
            row.save()
            said = _said(row)
            if row.session:
                work.note_in_journal(row.session, f"{row.name} ({row.label}) : {said}")
            work.finish([said])
    except IntegrityError as error:
        said = _("D’autres données en dépendent depuis : il ne s’annule plus.")
        raise JobRefused([said]) from error
    except OpeningSoon as soon:
        raise JobRefused(soon.problems) from soon


def _said(row: FileImport) -> str:
    values = {"created": row.created, "changed": row.changed}
    return (
        _(
            "Import annulé ; créations supprimées : %(created)s ; "
            "modifications reprises : %(changed)s"
        )
        % values
    )


def _lock(kind: FileKind, row: FileImport) -> None:
    """Lock the sessions concerned, then the rows, as imports do."""
    concerned = {row.session_id, *written.sessions(row)} - {None}
    lock_sessions(*(Session(pk=pk) for pk in concerned))
    if not kind.of_session:
        with connection.cursor() as cursor:
            for table in kind.writes:
                cursor.execute(
                    f"LOCK TABLE {table.model._meta.db_table} IN SHARE ROW EXCLUSIVE MODE"
                )
    written.lock(kind, row)


def _reasons(kind: FileKind, row: FileImport) -> list[str]:
    """Return why the import cannot be taken back, a sentence for each reason."""
    if later := written.later_imports(row):
        imports = FileImport.objects.in_bulk(later)
        return [_overwritten(imports[pk]) for pk in later]
    said = list(kind.holds(row))
    if depending := list(written.dependents(kind, row)):
        names = [f"{model._meta.verbose_name_plural} ({count})" for model, count in depending]
        said.append(_("Ce qu’il a créé sert depuis : %s.") % ", ".join(names))
    changed, named = written.changed_since(kind, row, most=_MOST_NAMED)
    if changed:
        said.append(_changed(changed, [str(one) for one in named]))
    return said


def _overwritten(later: FileImport) -> str:
    hour = date_format(timezone.localtime(later.finished_at), "d/m/Y H:i")
    return _(
        "Annulez d’abord l’import « %(name)s » du %(hour)s : il a changé les mêmes lignes."
    ) % {"name": later.name, "hour": hour}


def _changed(count: int, named: list[str]) -> str:
    said = ngettext(
        "%(n)d ligne de cet import a changé depuis, à la main ou par le candidat",
        "%(n)d lignes de cet import ont changé depuis, à la main ou par les candidats",
        count,
    ) % {"n": count}
    more = "…" if count > len(named) else ""
    return f"{said} : {', '.join(named)}{more}" if named else f"{said}."
