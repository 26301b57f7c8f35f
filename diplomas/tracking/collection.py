"""Files for the collection of a diploma: the proxy form, and a calendar file."""

from datetime import timedelta

from django.utils.translation import gettext as _

from diplomas.tracking.tracking import Tracking
from results.result_page import calendar as calendar_file
from results.score_sheet.sheet import office
from results_portal.documents import html_to_pdf

TEMPLATE = "diplomas/pdf/proxy_form.html"
STYLESHEET = "diplomas/pdf/proxy_form.css"


def proxy_form(tracking: Tracking) -> bytes:
    """Return the proxy form, to fill in and sign: a tagged PDF of one page, in French.

    It has the candidate's name, number, session and school, as their page does.
    """
    context = {
        **tracking.document,
        "office": office(),
        "place": tracking.place if tracking.at_school else None,
    }
    return html_to_pdf.to_pdf(
        html_to_pdf.html(TEMPLATE, context),
        css=html_to_pdf.stylesheet(STYLESHEET),
        static=html_to_pdf.static_directories(),
        pages=1,
    )


def calendar(tracking: Tracking, *, url: str) -> bytes:
    """Return a calendar file: the first day of collection, or the first ten of its month.

    It names nobody.
    """
    expected = tracking.expected
    first = expected.day or expected.month
    last = first if expected.day else first + timedelta(days=9)
    session = tracking.document["session"]
    event = calendar_file.whole_days(
        uid=f"diplome-{session['code']}",
        first=first,
        last=last,
        title=_("Retirer mon diplôme – %(session)s") % {"session": session["label"]},
        details=[
            _("À partir de ce jour, aux heures d’ouverture. Apportez une pièce d’identité.")
            if expected.day
            else _(
                "Début du mois : votre établissement vous dit le jour. Apportez une pièce "
                "d’identité."
            ),
            url,
        ],
        place=", ".join(tracking.place),
        url=url,
    )
    return calendar_file.file_of([event], name=_("Mon diplôme"))
