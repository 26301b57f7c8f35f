"""The entry identified in a browser."""

from candidates.identification import cookie
from candidates.models import Entry


def entry_of(entry_id):
    """Return an entry with its candidate, session and speciality, or None when it is gone."""
    entries = Entry.objects.select_related("candidate", "session", "speciality")
    return entries.filter(pk=entry_id).first()


def identified_entry(request):
    """Return the entry identified in this browser, as `entry_of` does, or None."""
    entry_id = cookie.identified(request)
    return entry_id and entry_of(entry_id)
