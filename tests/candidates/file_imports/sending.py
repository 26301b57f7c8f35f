"""A file sent from a browser of the office, checked and imported by the worker."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from candidates.file_imports import checking, kinds, storing
from candidates.models import FileImport
from tests.jobs import work
from tests.office_files import ENTRY, lines_of
from tests.staff import client_of, member, text_of

State = FileImport.State


def csv_of(model_row, *rows):
    text = "".join(";".join(cells) + "\r\n" for cells in lines_of(model_row, rows))
    return text.encode()


def send(session, kind, content, *, name="fichier.csv", role="operator", **more):
    """Send a file on the page of a session; return the answer."""
    address = reverse("admin:candidates_fileimport_upload", args=[session.pk])
    upload = SimpleUploadedFile(name, content)
    return client_of(role).post(address, {"kind": kind, "file": upload} | more)


def sent(session, kind, content, **options):
    """Send a file and have it checked; return its row."""
    answer = send(session, kind, content, **options)
    assert answer.status_code == 302, text_of(answer)
    work()
    return FileImport.objects.latest("pk")


def page(row, role="operator"):
    return client_of(role).get(reverse("admin:candidates_fileimport_change", args=[row.pk]))


def confirm(row, *, role="operator", follow=False, **data):
    """Confirm what the page shows, and have the worker do it; `follow` reads what is told."""
    address = reverse("admin:candidates_fileimport_confirm", args=[row.pk])
    data = {"seen": row.digest} | data
    answer = client_of(role).post(address, data, follow=follow)
    work()
    row.refresh_from_db()
    return answer


def imported(session, kind, content, *, name="fichier.csv", role="operator"):
    """Have the worker import a file, without a browser; return its row."""
    author = member(role)
    upload = SimpleUploadedFile(name, content)
    row = storing.receive(kinds.get(kind), upload, session=session, by=author)
    for what, then in ((checking.CHECK, State.READY), (checking.IMPORT, State.DONE)):
        checking.ask(row, what, by=author)
        work()
        row.refresh_from_db()
        assert row.state == then, row.report
    return row


def entered(session):
    """Enter one candidate, whom the usual rows of marks are about."""
    return imported(session, "entries", csv_of(ENTRY, {}))


def undo(row, *, role="operator", follow=False):
    """Ask on the page of an import that it be taken back, and have the worker do it."""
    address = reverse("admin:candidates_fileimport_undo", args=[row.pk])
    answer = client_of(role).post(address, follow=follow)
    work()
    row.refresh_from_db()
    return answer
