"""The entry of whoever is identified."""

from candidates.identification import cookie
from candidates.models import Entry


def entry_of(entry_id):
    """The identified entry with its candidate and session, or None when it is no more."""
    entries = Entry.objects.select_related("candidate", "session", "speciality")
    return entries.filter(pk=entry_id).first()


def identified_entry(request):
    """The entry identified in this browser, with its candidate and session, or None."""
    entry_id = cookie.identified(request)
    return entry_id and entry_of(entry_id)
