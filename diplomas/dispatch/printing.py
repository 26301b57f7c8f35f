"""Printed documents of a batch: the list that a school signs, the letters to the homes.

And the index from which the ministry's printer prints the diplomas themselves, on security paper.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from candidates.models import Session
from candidates.models.requests import TransitionError
from diplomas import codes
from diplomas.dispatch import dispatch
from diplomas.models import CustodyEvent, Diploma, DispatchBatch, EventKind, Route
from results.score_sheet.sheet import exam_name, office
from results_portal.documents import html_to_pdf
from results_portal.printing import run as print_run
from results_portal.printing.files import HtmlPrintLayout

DOCUMENTS = {Route.SCHOOL: "slip", Route.HOME: "letter"}
INDEX_COLUMNS = (
    "lot",
    "rang",
    "numero_diplome",
    "a_imprimer",
    "numero_candidat",
    "nom",
    "nom_usage",
    "prenoms",
    "date_naissance",
    "lieu_naissance",
    "diplome",
    "specialite",
    "mention",
    "session",
)
LARGE, SMALL = 10, 9  # points of an address, as in letter.css
WINDOW = 84  # mm, the width of its place
_WIDTH_OF_LARGE_ADDRESS = 32  # characters
_FORMULA = re.compile(r"^[=+\-@\t\r]")


def slip_pdf(batch: DispatchBatch) -> bytes:
    """Return the list (bordereau) of a school's diplomas, each to be signed, as a tagged PDF."""
    return _to_pdf("slip", slip_html(batch))


def index_csv(batch: DispatchBatch) -> Iterator[bytes]:
    """Yield the lines of the index of a batch for the print room: the content of each diploma.

    `a_imprimer` is O, or N if it was printed in an earlier batch: none is ever printed twice.
    """
    before = set(
        CustodyEvent.objects.filter(diploma__batch=batch, kind=EventKind.PRINTED)
        .exclude(batch=batch)
        .values_list("diploma", flat=True)
    )
    yield b"\xef\xbb\xbf" + _line(INDEX_COLUMNS)
    for row in members(batch):
        yield _line(_cells(batch, row, to_print=row.pk not in before))


def print_dispatch(
    session: Session,
    directory: str | Path,
    *,
    batches: QuerySet[DispatchBatch] | None = None,
    processes: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> dict[str, print_run.PrintReport]:
    """Print into `directory` the lists and letters of every sealed batch that has not left.

    Or those of `batches`, left or not. They go to the subdirectories `bordereaux` and `lettres`,
    the indexes of batches to `directory`. Return the reports by subdirectory. Raise
    `TransitionError` when there is no such batch, and the errors of `print_run.print_documents`.
    """
    if batches is None:
        batches = DispatchBatch.objects.filter(sent_on__isnull=True)
    sealed = batches.filter(session=session, sealed_at__isnull=False)
    waiting = list(
        sealed.select_related("session", "school").order_by("route", "school__name", "pk")
    )
    if not waiting:
        raise TransitionError(session.code)
    directory = Path(directory)
    reports = {}
    for name, route in (("bordereaux", Route.SCHOOL), ("lettres", Route.HOME)):
        reports[name] = print_run.print_documents(
            _sheets([batch for batch in waiting if batch.route == route]),
            directory / name,
            run=f"{name} {session.code}",
            layout=_layout(DOCUMENTS[route], pages=1 if route == Route.HOME else None),
            columns=("lot", "destinataire"),
            prefix=name,
            one_file_each=route == Route.SCHOOL,
            processes=processes,
            progress=progress,
        )
    for batch in waiting:
        with (directory / f"index-{batch.reference}.csv").open("wb") as file:
            file.writelines(index_csv(batch))
    return reports


def members(batch: DispatchBatch) -> Iterator[Diploma]:
    """Iterate over the diplomas of a batch, in its order."""
    rows = batch.diplomas.select_related("published_result").order_by("position", "pk")
    return rows.iterator(chunk_size=500)


def slip_html(batch: DispatchBatch) -> str:
    rows = [_row(diploma) for diploma in members(batch)]
    return html_to_pdf.html(
        "diplomas/pdf/slip.html",
        {
            "batch": batch,
            "office": office(),
            "rows": rows,
            "session": batch.session,
            "code": codes.drawings(codes.of_batch(batch)),
        },
    )


def letter_html(batch: DispatchBatch, diploma: Diploma) -> str:
    document = diploma.published_result.document
    address = dispatch.envelope(diploma)
    context = {
        **document,
        "exam": exam_name(document),
        "batch": batch,
        "diploma": diploma,
        "office": office(),
        "address": address,
        "small_address": is_small(address),
        "code": codes.drawings(codes.of_diploma(diploma)),
    }
    return html_to_pdf.html("diplomas/pdf/letter.html", context)


def is_small(address: list[str]) -> bool:
    """Whether the lines of an address are printed in `SMALL`."""
    return len(address) > 6 or max(map(len, address)) > _WIDTH_OF_LARGE_ADDRESS


def _row(diploma):
    document = diploma.published_result.document
    candidate = document["candidate"]
    return {
        "position": diploma.position,
        "number": candidate["number"],
        "family_name": (candidate["usage_name"] or candidate["birth_name"]).upper(),
        "given_names": candidate["given_names"],
        "speciality": document["speciality"]["label"],
        "diploma": diploma.number,
    }


def _sheets(batches):
    for batch in batches:
        if batch.route == Route.SCHOOL:
            cells = (batch.reference, batch.addressee[0])
            yield print_run.PrintDocument(batch.reference, slip_html(batch), cells)
            continue
        for diploma in members(batch):
            name = dispatch.envelope(diploma)[0]
            yield print_run.PrintDocument(
                diploma.number, letter_html(batch, diploma), (batch.reference, name)
            )


def _cells(batch: DispatchBatch, diploma: Diploma, *, to_print: bool) -> list[Any]:
    document = diploma.published_result.document
    candidate = document["candidate"]
    return [
        batch.reference,
        diploma.position,
        diploma.number,
        "O" if to_print else "N",
        candidate["number"],
        candidate["birth_name"],
        candidate["usage_name"],
        candidate["given_names"],
        candidate["birth_date"],
        candidate["birth_place"],
        exam_name(document),
        document["speciality"]["label"],
        document["mention"] or "",
        document["session"]["label"],
    ]


def _line(cells):
    """Return a line of the index, with cells that no spreadsheet takes for a formula."""
    text = io.StringIO()
    safe = [_FORMULA.sub(r"'\g<0>", str(cell)) for cell in cells]
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerow(safe)
    return text.getvalue().encode()


def _to_pdf(name, markup, *, pages=None):
    layout = _layout(name, pages=pages)
    return html_to_pdf.to_pdf(markup, css=layout.css, static=layout.static, pages=pages)


def _layout(name, *, pages):
    return HtmlPrintLayout(
        html_to_pdf.stylesheet(f"diplomas/pdf/{name}.css"),
        pages=pages,
        static=html_to_pdf.static_directories(),
    )
