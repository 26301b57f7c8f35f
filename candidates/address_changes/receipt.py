"""The receipt of an address change: one page that says what was changed, when, and for what."""

from django.conf import settings
from django.utils.translation import override

from candidates.address_changes.mailings import in_words
from results_portal.documents import html_to_pdf

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
    return html_to_pdf.to_pdf(
        html_to_pdf.html(TEMPLATE, context),
        css=html_to_pdf.stylesheet(STYLESHEET),
        static=html_to_pdf.static_directories(),
        pages=1,
    )
