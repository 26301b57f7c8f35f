"""The entry identified in a browser."""

from candidates.identification import cookie
from candidates.models import Entry
from results_portal.routers import PUBLIC


def identified_entry(request):
    """Return the entry identified in this browser, or None.

    One query, with its candidate, session and speciality.
    """
    visit = cookie.identified(request)
    entries = Entry.objects.select_related("candidate", "session", "speciality")
    return visit and entries.visited(visit).first()


def goes_on(visit):
    """Whether nobody has ended this visit. One query, for pages that found nothing to show."""
    return Entry.objects.using(PUBLIC).visited(visit).exists()
