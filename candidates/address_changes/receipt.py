"""Receipt of a change of address: what changed, when, and for which mailings."""

from django.conf import settings
from django.utils.translation import override

from candidates.address_changes.mailings import localized
from results_portal.documents import html_to_pdf
from results_portal.office.contact import contact

TEMPLATE = "candidates/pdf/receipt.html"
STYLESHEET = "candidates/pdf/receipt.css"


def render_receipt(change):
    """Return the receipt of an `AddressChange` as a tagged PDF of one page."""
    candidate = change.entry.candidate
    with override("fr"):
        mailings = [localized(mailing) for mailing in change.mailings]
    context = {
        "office": contact(),
        "office_site": settings.OFFICE_SITE,
        "change": change,
        "entry": change.entry,
        "candidate": candidate,
        "envelope": change.after.envelope(candidate),
        "mailings": mailings,
    }
    return html_to_pdf.to_pdf(
        html_to_pdf.html(TEMPLATE, context),
        css=html_to_pdf.stylesheet(STYLESHEET),
        static=html_to_pdf.static_directories(),
        pages=1,
    )
