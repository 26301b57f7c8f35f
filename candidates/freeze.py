"""The door through which data behind a published result may be changed.

Once an entry has a published result, scheduled or open, triggers refuse any change to what that
result shows (marks, names, speciality, suspension...), whoever asks. `changing` tells them, for
the present transaction only, that the caller will publish the change as well.
"""

from contextlib import contextmanager
from enum import StrEnum

from django.db import connection, transaction


class Change(StrEnum):
    REFRESH = "refresh"  # before the hour: the published row is replaced
    CORRECTION = "correction"  # after the hour: a new revision, with reason and author


@contextmanager
def changing(kind):
    """Open a transaction in which data behind published results may change, in the way `kind`."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('results_portal.change', %s, true)", [kind])
        yield
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('results_portal.change', '', true)")
