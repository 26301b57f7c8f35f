"""The posted list (liste d'affichage): the names of the admitted, for the wall, and nothing else.

No mark, no mention, and nobody who is not admitted (Sénat, answer of 2005; CNIL, 1996).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from candidates.sort_names import search_key, sort_key
from results.decision_words import exam_words
from results.score_sheet import office
from results_portal import pdf

TEMPLATE = "results/pdf/posted_list.html"
STYLESHEET = "results/pdf/posted_list.css"
LAST_NAME = "last-name"  # the id of the last name, which the signature does not leave behind


@dataclass(frozen=True)
class PostedList:
    """One list: what it is of, where and when it goes up, and (family name, given names) of all.

    `released_at` is the hour before which nobody may see it. No name at all is a list that says so.
    """

    names: Sequence[tuple[str, str]]
    exam: str
    session_label: str
    speciality_label: str
    posting_place: str
    released_at: datetime
    round: int = 1


def render_posted_list(posted: PostedList) -> bytes:
    """The list as a tagged PDF, in the French order of names, signed beside the last ones."""
    return pdf.to_pdf(
        posted_list_html(posted),
        css=pdf.stylesheet(STYLESHEET),
        static=pdf.static_directories(),
        on_last_page=LAST_NAME,
    )


def posted_list_html(posted: PostedList) -> str:
    ordered = sorted(posted.names, key=lambda name: sort_key(*name))
    words = exam_words(posted.exam)
    context = {
        "posted": posted,
        "office": office(),
        "letters": _by_letter(ordered),
        "second_round": words.second_round if posted.round == 2 else "",
        "last_name_id": LAST_NAME,
    }
    return pdf.html(TEMPLATE, context)


def _by_letter(ordered: list[tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        {"letter": letter, "names": [(family.upper(), given) for family, given in names]}
        for letter, names in groupby(ordered, key=lambda name: search_key(name[0])[:1])
    ]
