"""What a result page shows on a screen, for tests: its HTML, or its words alone."""

import html
import re

from django.template.loader import render_to_string
from django.utils.translation import override


def page(document, *, language="fr"):
    """The body of the result page of a published document."""
    with override(language):
        return render_to_string(
            "results/includes/document.html",
            {
                "document": document,
                "score_sheet_bytes": None,
                "office_name": "Service régional des examens",
                "office_address": ["1 rue de l’Exemple"],
                "office_email": "examens@examens.invalid",
            },
        )


def words(document, *, language="fr"):
    """The text of that page, its spaces and line ends made plain."""
    return plain(page(document, language=language))


def plain(markup):
    text = html.unescape(re.sub(r"<[^>]+>", " ", markup))
    return " ".join(text.split())
