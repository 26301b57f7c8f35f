"""Files as they are sent: kept apart, readable by the portal alone, until they have served."""

import hashlib
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from candidates.file_imports import kinds
from candidates.jobs import keeping
from candidates.models import FileImport, Session, WrittenRow
from candidates.models.file_imports import FOLDER
from candidates.proposals import acts

LARGEST = 32 * 1024 * 1024  # bytes of a file
MOST_SENT = 40 * 1024 * 1024  # bytes of a form, of which the page then says that it is too long
KEPT = timedelta(days=7)
UNDOABLE = timedelta(days=30)  # after an import


def receive(
    kind: kinds.FileKind, upload: Any, *, session: Session, by: Any, reason: str = ""
) -> FileImport:
    """Store an uploaded file and return its row; nothing is opened."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    row = FileImport(
        kind=kind.name,
        label=str(kind.label),
        session=session,
        author=by,
        name=Path(upload.name or "").name[-200:],
        size=upload.size,
        sha256=digest.hexdigest(),
        reason=reason,
    )
    row.file.save(uuid.uuid4().hex, upload, save=False)
    row.save()
    return row


@contextmanager
def local_copy(row: FileImport) -> Iterator[Path]:
    """Yield the path of a copy of the file, in a folder of its own that goes with it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        with path.open("wb") as copy, row.file.open("rb") as stored:
            for chunk in stored.chunks():
                copy.write(chunk)
        yield path


def finish(row: FileImport, state: str) -> None:
    """End an import, and delete its file once the transaction is committed."""
    if state == FileImport.State.CANCELLED:
        acts.let_lapse_of_file(row)
    name = row.file.name
    row.state, row.finished_at, row.file = state, timezone.now(), ""
    row.save()
    if name:
        transaction.on_commit(lambda: default_storage.delete(name))


def previous(row: FileImport) -> FileImport | None:
    """Return the last import of the same content into the same session."""
    same = FileImport.objects.filter(
        kind=row.kind, session=row.session_id, sha256=row.sha256, state=FileImport.State.DONE
    )
    return same.exclude(pk=row.pk).select_related("author").first()


def forget() -> None:
    """Give up what nobody has confirmed for a week, and what is told of imports that ended then.

    What it takes to take an import back goes after `UNDOABLE`.
    """
    limit = timezone.now() - KEPT
    WrittenRow.objects.filter(file_import__finished_at__lt=timezone.now() - UNDOABLE).delete()
    with transaction.atomic():
        waiting = FileImport.objects.select_for_update().filter(state=FileImport.State.READY)
        for row in waiting.filter(created_at__lt=limit):
            finish(row, FileImport.State.CANCELLED)
    FileImport.objects.filter(~Q(report={}), finished_at__lt=limit).update(report={})
    for name in (f"{FOLDER}/{name}" for name in keeping.stored_in(FOLDER)):
        old = default_storage.get_modified_time(name) < limit
        if old and not FileImport.objects.filter(file=name).exists():
            default_storage.delete(name)  # its worker was killed before it did
