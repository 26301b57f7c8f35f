"""Files that are no good: a clear sentence each, and nothing done."""

import io
import zipfile

import pytest
from django.test import RequestFactory
from django.urls import reverse

from candidates.file_imports import storing
from candidates.models import Candidate, FileImport
from results_portal.uploads import body_size
from results_portal.web.handler import Portal
from tests import factories
from tests.candidates.file_imports.sending import confirm, csv_of, entered, page, send, sent
from tests.office_files import ENTRY, MARK
from tests.staff import client_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]

State = FileImport.State
MEGABYTE = 1024 * 1024


@pytest.fixture
def session(empty_session):
    return empty_session


def address_of(session):
    return reverse("admin:candidates_fileimport_upload", args=[session.pk])


def test_an_empty_file_is_refused_on_the_form(session):
    assert "Ce fichier est vide." in text_of(send(session, "entries", b""))
    row = sent(session, "entries", b"\r\n\r\n")
    assert row.state == State.REFUSED
    assert "fichier vide" in text_of(page(row))


def test_a_file_over_the_limit_is_told_its_size(session, monkeypatch):
    monkeypatch.setattr(storing, "LARGEST", 100)
    answer = text_of(send(session, "entries", csv_of(ENTRY, {})))
    assert "Ce fichier pèse 1 Mo ; 0 Mo au plus ici." in answer
    assert not FileImport.objects.exists()


class Unread:
    """The body of a request that nobody may read."""

    def read(self, *_size):
        raise AssertionError("read")


def test_six_hundred_megabytes_are_refused_without_being_read(session):
    environ = RequestFactory().post(address_of(session)).environ
    length = {"CONTENT_LENGTH": str(600 * MEGABYTE), "wsgi.input": Unread()}
    told = []
    (page,) = Portal()({**environ, **length}, lambda status, headers: told.append(status))
    assert told == ["413 Content Too Large"]
    assert "un fichier de 10 Mo au plus (32 Mo pour un import du service)" in page.decode().replace(
        "\xa0", " "
    )
    assert storing.LARGEST == 32 * MEGABYTE < body_size.most_bytes(address_of(session))


def test_a_file_whose_own_name_is_not_utf_8_is_no_file(session):
    # Browsers send UTF-8.
    edge = "limite"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="kind"\r\n\r\nentries'.encode(),
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="'.encode()
        + b'\xe9t\xe9 2026.csv"\r\nContent-Type: text/csv\r\n\r\n'
        + csv_of(ENTRY, {}),
        f"--{edge}--\r\n".encode(),
    ]
    kind = f"multipart/form-data; boundary={edge}"
    answer = client_of("operator").post(address_of(session), b"\r\n".join(parts), content_type=kind)
    assert "Choisissez un fichier." in text_of(answer)
    assert not FileImport.objects.exists()


def test_names_of_people_that_are_not_utf_8_are_read_or_refused(session):
    name = {"nom": "LÉGER", "prenoms": "Zoé"}
    row = sent(session, "entries", csv_of(ENTRY, name).decode().encode("latin-1"))
    confirm(row)
    assert Candidate.objects.get().birth_name == "LÉGER"
    broken = csv_of(ENTRY, {"nom": "LXGER", "prenoms": "Zoé"}).replace(b"LXGER", b"L\x81GER")
    row = sent(session, "entries", broken)
    assert row.state == State.REFUSED
    assert Candidate.objects.get().birth_name == "LÉGER"


def zip_bomb():
    """A workbook of some kilobytes that says that it unpacks to three gigabytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<row/>" * 100)
    content = packed.getvalue()
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.rindex(signature) + offset
        content = content[:at] + (3 << 30).to_bytes(4, "little") + content[at + 4 :]
    return content


@pytest.mark.parametrize("name", ["notes.xlsx", "notes.csv"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zip_bomb(), "classeur démesuré une fois décompressé"),
        (b"PK\x03\x04 abime", "classeur abîmé"),
        (b"%PDF-1.7 ...", "c’est un PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "un ancien classeur .xls"),
        (b"\0\1\2" * 99, "octet nul"),
    ],
    ids=["bomb", "damaged", "pdf", "xls", "binary"],
)
def test_what_is_no_table_is_refused_with_a_sentence(content, said, name, session):
    row = sent(session, "marks", content, name=name)
    assert row.state == State.REFUSED
    assert said in text_of(page(row))


def test_marks_of_another_session_are_told_which(session):
    other = factories.session("BTS-2027")
    factories.entry("2612345678", session=other)
    row = sent(session, "marks", csv_of(MARK, {}))
    assert row.state == State.REFUSED
    assert "numéro de la session BTS-2027, inconnu dans BTS-2026" in text_of(page(row))


def test_entries_of_another_session_are_doubted_before_they_are_imported(session):
    entered(session)
    row = sent(factories.session("BTS-2027"), "entries", csv_of(ENTRY, {}))
    assert row.state == State.READY
    assert (
        "1 de ces numéros est celui de la même personne à la session BTS-2026 : "
        "est-ce le bon fichier ?" in text_of(page(row))
    )
