"""Lines of the admin's journal for many entries at once, each with its own text."""

from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from candidates.models import Entry


def deed(entry: Entry, *, by: Any, said: str) -> LogEntry:
    """Return the line, not saved yet, that `by` has changed an entry, and what is said of it."""
    return LogEntry(
        user=by,
        content_type=ContentType.objects.get_for_model(entry),
        object_id=str(entry.pk),
        object_repr=str(entry)[:200],
        action_flag=CHANGE,
        change_message=said,
    )
