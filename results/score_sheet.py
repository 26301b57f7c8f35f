"""The score sheet (relevé de notes): two A4 pages, marks on the front, what to know on the back."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import override

from candidates.postal_address import postal_address
from candidates.sort_names import display_name
from results import verification_code
from results.decision_words import decision_words, exam_words
from results.score_sheet_advice import advice
from results.score_sheet_rows import identity, test_rows, totals
from results_portal import pdf

TEMPLATE = "results/pdf/score_sheet.html"
STYLESHEET = "results/pdf/score_sheet.css"
PAGES = 2

# How many lines of marks the front takes at each size, before it goes to the next one.
_LINES_AT_SIZE = {"regular": 13, "compact": 17, "dense": 22, "densest": 1000}
_LINES_BEFORE_PARTS_FOLD = 24
_WIDTH_OF_LARGE_ADDRESS = 32


class NoScoreSheet(Exception):
    """This candidate has no score sheet: the result is withheld."""


def render_score_sheet(
    document: dict[str, Any], *, code: UUID, address: Sequence[str] | None = None
) -> bytes:
    """The score sheet of a published document, as a tagged PDF of two pages.

    `code` is the verification code of the published result. `address` replaces the document's
    own, without the name: the one on file when the sheet is mailed. Raises `NoScoreSheet` for a
    withheld result.
    """
    return to_pdf(score_sheet_html(document, code=code, address=address))


def to_pdf(markup: str) -> bytes:
    """The PDF of what `score_sheet_html` made."""
    return pdf.to_pdf(
        markup,
        css=pdf.stylesheet(STYLESHEET),
        static=pdf.static_directories(),
        pages=PAGES,
    )


def score_sheet_html(
    document: dict[str, Any], *, code: UUID, address: Sequence[str] | None = None
) -> str:
    """The HTML of a score sheet at the first size likely to fit."""
    if document["verdict"] == "WITHHELD":
        raise NoScoreSheet(document["candidate"]["number"])
    with override("fr"):
        return pdf.html(TEMPLATE, _context(document, code, address))


def front(document: dict[str, Any], *, fold_parts: bool = False) -> dict[str, Any]:
    """What the front states of a result, in the language of the reader: paper and page agree.

    All of it but the address. `fold_parts` puts the parts of a test in one line.
    """
    words = exam_words(document["session"]["exam"])
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
        "tests": test_rows(document["tests"], fold_parts=fold_parts),
        "second_round": words.column if has_second_marks else "",
        "totals": totals(document),
        "decision": decision_words(document),
        "admitted": document["verdict"] == "ADMITTED",
    }


def office() -> dict[str, Any]:
    """Who signs and sends, as the settings name it."""
    return {
        "name": settings.OFFICE_NAME,
        "address": [*settings.OFFICE_ADDRESS.split("|"), settings.OFFICE_CITY],
        "city": re.sub(r"^\d{5} +| +CEDEX\b.*$", "", settings.OFFICE_CITY, flags=re.IGNORECASE),
        "email": settings.OFFICE_EMAIL,
        "signatory": settings.OFFICE_SIGNATORY,
        "site": settings.OFFICE_SITE,
    }


def _context(document, code, address):
    lines = _address(document["candidate"], address)
    return {
        **document,
        **front(document, fold_parts=_lines(document) > _LINES_BEFORE_PARTS_FOLD),
        "office": office(),
        "front_size": _front_size(document),
        "back_size": "compact" if document["control"] else "regular",
        "words": exam_words(document["session"]["exam"]),
        "address": lines,
        "small_address": len(lines) > 6 or max(map(len, lines)) > _WIDTH_OF_LARGE_ADDRESS,
        "verification": verification_code.printed(
            code, title="Code QR : la page qui confirme ce relevé"
        ),
        **advice(document),
    }


def exam_name(document: dict[str, Any]) -> str:
    """The name of the exam; of a baccalauréat, the speciality says it in full."""
    words = exam_words(document["session"]["exam"])
    name, label = str(words.name), document["speciality"]["label"]
    return label if label.startswith(name) else name


def _address(candidate, address):
    return postal_address(
        family_name=candidate["usage_name"] or candidate["birth_name"],
        given_names=candidate["given_names"],
        lines=candidate["address"] if address is None else address,
    )


def _lines(document):
    return sum(1 + len(test["parts"]) + (len(test["label"]) > 60) for test in document["tests"])


def _front_size(document):
    lines = _lines(document)
    return next(size for size, most in _LINES_AT_SIZE.items() if lines <= most)
