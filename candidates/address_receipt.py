"""The receipt of an address change: one page that says what was changed, when, and for what."""

from django.conf import settings
from django.utils.translation import override

from candidates.mailings import in_words
from results_portal import pdf

TEMPLATE = "candidates/pdf/receipt.html"
STYLESHEET = "candidates/pdf/receipt.css"


def render_receipt(change):
    """The receipt of an `AddressChange`, with its entry, as a tagged PDF of one page."""
    candidate = change.entry.candidate
    with override("fr"):
        told = [in_words(mailing) for mailing in change.mailings]
    context = {
        "office_name": settings.OFFICE_NAME,
        "office_address": [*settings.OFFICE_ADDRESS.split("|"), settings.OFFICE_CITY],
        "office_site": settings.OFFICE_SITE,
        "change": change,
        "entry": change.entry,
        "candidate": candidate,
        "envelope": change.after.envelope(candidate),
        "mailings": told,
    }
    return pdf.to_pdf(
        pdf.html(TEMPLATE, context),
        css=pdf.stylesheet(STYLESHEET),
        static=pdf.static_directories(),
        pages=1,
    )
