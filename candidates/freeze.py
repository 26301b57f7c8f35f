"""The door through which data behind a published result may be changed.

Once an entry has a published result, scheduled or open, triggers refuse any change to what that
result shows (marks, names, speciality, suspension...), whoever asks. `changing` tells them, for
the present transaction only, that the caller will publish the change as well.
"""

from contextlib import contextmanager
from enum import StrEnum

from django.db import IntegrityError, connection, transaction

_RESTRICTED = "23001"  # restrict_violation, raised by the triggers of results


class ReleaseOpened(Exception):
    """The release opened while what it shows was being changed: nothing was changed."""


def is_refusal(error):
    """Whether `error` says that a published result stands in the way, and nothing else is wrong."""
    if isinstance(error, IntegrityError):
        return getattr(error.__cause__, "sqlstate", None) == _RESTRICTED
    return isinstance(error, ReleaseOpened)


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
