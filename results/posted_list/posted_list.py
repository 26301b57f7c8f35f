"""The posted list (liste d'affichage): the names of admitted candidates, for the wall.

No mark, no mention, and no candidate who is not admitted (Sénat, answer of 2005; CNIL, 1996).
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import weasyprint
from django.conf import settings
from django.template.loader import get_template
from django.utils.translation import override

from results.document.exams import exam
from results.posted_list import strips
from results.score_sheet.sheet import office
from results_portal.documents import html_to_pdf
from results_portal.stamping.press import Press, StripDocument
from results_portal.stamping.strips import Unstampable

STYLESHEET = "results/pdf/posted_list.css"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PostedList:
    """One list, of one posting place; `names`: pairs of family name and given names.

    `released_at`: the hour before which nobody may see it. A list without names says so.
    """

    names: Sequence[tuple[str, str]]
    exam: str
    session_label: str
    speciality_label: str
    posting_place: str
    released_at: datetime
    round: int = 1


def render_posted_list(posted: PostedList) -> bytes:
    """Return the list as a tagged PDF, in the French order of names, signed on its last page."""
    return made(sheet_of(posted))[0]


def made(sheet: StripDocument) -> tuple[bytes, bool]:
    """Return the tagged PDF of a list, and whether it was stamped (else: WeasyPrint)."""
    try:
        return press().long_file(sheet), True
    except Unstampable as reason:
        _log.info("A posted list is laid out by WeasyPrint: %s.", reason)
        return laid_out(sheet), False


def laid_out(sheet: StripDocument) -> bytes:
    """Return the PDF of a whole list laid out by WeasyPrint."""
    return html_to_pdf.to_pdf(
        sheet.markup,
        css=html_to_pdf.stylesheet(STYLESHEET),
        static=html_to_pdf.static_directories(),
        pages=len(sheet.pages),
    )


def sheet_of(posted: PostedList) -> StripDocument:
    """Return the pages of a list, as strips."""
    with override("fr"):
        named = office()
        contents = strips.ListContents(
            names=posted.names,
            session=posted.session_label,
            speciality=posted.speciality_label,
            place=posted.posting_place,
            second_round=str(exam(posted.exam).second_round) if posted.round == 2 else "",
            released_at=posted.released_at,
            office=named,
        )
        return StripDocument(
            title=f"Liste des candidats admis – {contents.subject}",
            head=_head(posted.released_at, named["name"]),
            pages=strips.pages(contents, press()),
        )


def press() -> Press:
    """Return the `Press` of this process, which keeps the strips that it has learnt."""
    return _press(settings.STATE_FONT)


def design() -> str:
    """Return a digest of what all lists share: templates, style, office, WeasyPrint."""
    template: Any = get_template(f"{strips.FOLDER}/head.html")
    folder = Path(template.origin.name).parent
    sources = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.html"))]
    parts = [*sources, html_to_pdf.stylesheet(STYLESHEET), weasyprint.__version__, repr(office())]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@lru_cache(maxsize=2)
def _press(state_font):
    return Press(css=html_to_pdf.stylesheet(STYLESHEET), static=html_to_pdf.static_directories())


@lru_cache(maxsize=64)
def _head(released_at, office_name):
    context = {"office": office_name, "released_at": released_at}
    return html_to_pdf.html(f"{strips.FOLDER}/head.html", context)
