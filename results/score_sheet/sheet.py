"""The score sheet (relevé de notes): two A4 pages, marks on the front, information on the back."""

import hashlib
import logging
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import weasyprint
from django.conf import settings
from django.template.loader import get_template
from django.utils.translation import override

from candidates.names.sorting import display_name
from candidates.postal.envelope import postal_address
from results.document import verification_code
from results.document.contents import PlainDocument
from results.document.exams import exam
from results.document.words import by_group, decision_words
from results.rules import WITHOUT_SHEET
from results.score_sheet import strips
from results.score_sheet.advice import advice
from results.score_sheet.rows import identity, jury_points, test_rows, totals
from results_portal.documents import html_to_pdf
from results_portal.office import bodies
from results_portal.stamping.pages import StampedPage, TooLong
from results_portal.stamping.press import Press, StripDocument
from results_portal.stamping.strips import Unstampable

STYLESHEET = "results/pdf/score_sheet.css"
PAGES = 2

# How many lines of marks the front takes at each size, before it goes to the next one.
_LINES_AT_SIZE = {"regular": 13, "compact": 17, "dense": 22, "densest": 1000}
_LINES_BEFORE_PARTS_FOLD = 24
_WIDTH_OF_LARGE_ADDRESS = 32

_log = logging.getLogger(__name__)


class NoScoreSheet(Exception):
    """Refusal of a score sheet: the result is withheld, or its decision deferred."""


def render_score_sheet(
    document: PlainDocument, *, code: UUID, address: Sequence[str] | None = None
) -> bytes:
    """Return the score sheet of a whole document, as a tagged PDF of two pages.

    `code`: the verification code of the published result. `address`, without the name, replaces
    that of the document: the one on file when the sheet is mailed. Raises `NoScoreSheet` for a
    withheld result, and for one whose decision is deferred.
    """
    return to_pdf(score_sheet(document, code=code, address=address))


def to_pdf(sheet: StripDocument) -> bytes:
    """Return the tagged PDF of a sheet: stamped, or laid out by WeasyPrint when it cannot be."""
    drawn = stamped(sheet)
    return laid_out(sheet) if drawn is None else press().tagged(sheet, drawn)


def stamped(sheet: StripDocument) -> list[StampedPage] | None:
    """Return the stamped pages of a sheet, or None when WeasyPrint must lay it out."""
    (pages,) = all_stamped([sheet])
    return pages


def all_stamped(sheets: Sequence[StripDocument]) -> list[list[StampedPage] | None]:
    """Return `stamped` of many sheets, learning all new strips at once."""
    made: list[list[StampedPage] | None] = [None] * len(sheets)
    waiting = list(range(len(sheets)))
    for steps in range(len(html_to_pdf.SIZES)):
        if not waiting:
            break
        drawn = press().stamp_all([sheets[rank].smaller(steps) for rank in waiting])
        too_long = []
        for rank, pages in zip(waiting, drawn, strict=True):
            if isinstance(pages, TooLong):
                too_long.append(rank)
            elif isinstance(pages, Unstampable):
                _log.info("A score sheet is laid out by WeasyPrint: %s.", pages)
            else:
                made[rank] = pages
        waiting = too_long
    return made


def laid_out(sheet: StripDocument, *, tagged: bool = True) -> bytes:
    """Return the PDF of a whole sheet laid out by WeasyPrint; paper needs no tags."""
    return html_to_pdf.to_pdf(
        sheet.markup,
        css=html_to_pdf.stylesheet(STYLESHEET),
        static=html_to_pdf.static_directories(),
        pages=PAGES,
        tagged=tagged,
    )


def score_sheet_html(
    document: PlainDocument, *, code: UUID, address: Sequence[str] | None = None
) -> str:
    """Return the whole HTML of a score sheet, at the first size likely to fit."""
    return score_sheet(document, code=code, address=address).markup


def score_sheet(
    document: PlainDocument, *, code: UUID, address: Sequence[str] | None = None
) -> StripDocument:
    """Return the strips of a score sheet, at the first size likely to fit."""
    if document["verdict"] in WITHOUT_SHEET:
        raise NoScoreSheet(document["candidate"]["number"])
    with override("fr"):
        contents = _sheet_contents(document, code, address)
        return StripDocument(
            title=_title(document),
            head=_head(document["issued_at"]),
            pages=(
                strips.front(contents, size=_front_size(document)),
                strips.back(contents, size="regular"),
            ),
        )


def press() -> Press:
    """Return the `Press` of this process, which keeps the strips that it has learnt."""
    return _press(settings.STATE_FONT)


def design() -> str:
    """Return a digest of what all sheets share: templates, style, office, WeasyPrint."""
    return _design(settings.STATE_FONT, repr(office()))


def front(document: PlainDocument, *, fold_parts: bool = False) -> dict[str, Any]:
    """Return the facts of the front in the active language, for the paper and for pages.

    Without the address. `fold_parts` puts the parts of a test in one line.
    """
    words = exam(document["session"]["exam"])
    candidate = document["candidate"]
    has_second_marks = any(
        test["second_mark"] or test["second_status"] for test in document["tests"]
    )
    return {
        "exam": exam_name(document),
        "name": display_name(
            candidate["usage_name"] or candidate["birth_name"], candidate["given_names"]
        ),
        "identity": identity(document),
        "tests": test_rows(_tests(document), fold_parts=fold_parts),
        "jury": jury_points(document),
        "second_round": str(words.column) if has_second_marks else "",
        "totals": totals(document),
        "decision": decision_words(document),
        "admitted": document["verdict"] == "ADMITTED",
    }


def office() -> dict[str, Any]:
    """Return the office that signs and sends, from the settings."""
    return {
        "name": settings.OFFICE_NAME,
        "address": [*settings.OFFICE_ADDRESS.split("|"), settings.OFFICE_CITY],
        "city": re.sub(r"^\d{5} +| +CEDEX\b.*$", "", settings.OFFICE_CITY, flags=re.IGNORECASE),
        "email": settings.OFFICE_EMAIL,
        "signatory": settings.OFFICE_SIGNATORY,
        "site": settings.OFFICE_SITE,
        "tribunal": bodies.tribunal(),
    }


def _sheet_contents(document, code, address):
    lines = _address(document["candidate"], address)
    return strips.SheetContents(
        document=document,
        front=front(document, fold_parts=_lines(document) > _LINES_BEFORE_PARTS_FOLD),
        advice=advice(document),
        office=office(),
        address=lines,
        small_address=len(lines) > 6 or max(map(len, lines)) > _WIDTH_OF_LARGE_ADDRESS,
        second_round=str(exam(document["session"]["exam"]).second_round),
        square=verification_code.square(code),
        code_lines=verification_code.lines(code),
    )


@lru_cache(maxsize=4)
def _design(state_font, office_named):
    template: Any = get_template(f"{strips.FOLDER}/head.html")
    folder = Path(template.origin.name).parent
    sources = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.html"))]
    parts = [*sources, html_to_pdf.stylesheet(STYLESHEET), weasyprint.__version__, office_named]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@lru_cache(maxsize=2)
def _press(state_font):
    return Press(css=html_to_pdf.stylesheet(STYLESHEET), static=html_to_pdf.static_directories())


def _title(document):
    return (
        f"Relevé de notes – {document['session']['label']} – candidat n°"
        f" {document['candidate']['number']}"
    )


@lru_cache(maxsize=64)
def _head(issued_at):
    context = {"office": settings.OFFICE_NAME, "issued_at": issued_at}
    return html_to_pdf.html(f"{strips.FOLDER}/head.html", context)


def exam_name(document: PlainDocument) -> str:
    """Return the name of the exam; for a baccalauréat the label of the speciality holds it."""
    words = exam(document["session"]["exam"])
    name, label = str(words.name), document["speciality"]["label"]
    return label if label.startswith(name) else name


def _tests(document):
    """Return the tests as the regulation orders them; those of a share together."""
    return by_group(document) if document.get("shares") else document["tests"]


def _address(candidate, address):
    return postal_address(
        family_name=candidate["usage_name"] or candidate["birth_name"],
        given_names=candidate["given_names"],
        lines=candidate["address"] if address is None else address,
    )


def _lines(document):
    lines = sum(1 + len(test["parts"]) + (len(test["label"]) > 60) for test in document["tests"])
    return lines + bool(document["jury_points"])


def _front_size(document):
    lines = _lines(document)
    return next(size for size, most in _LINES_AT_SIZE.items() if lines <= most)
