"""Changes to data behind a published result, which triggers refuse by default.

Once an entry has a published result, scheduled or open, triggers refuse any change to what that
result shows (marks, names, speciality, suspension...). `changing` lets them pass, in the present
transaction only: its caller publishes the change as well.
"""

from contextlib import contextmanager
from enum import StrEnum

from django.db import IntegrityError, connection, transaction

_RESTRICTED = "23001"  # restrict_violation, raised by the triggers of results


class ReleaseOpened(Exception):
    """The release opened while its data was being changed; nothing was changed."""


class OpeningSoon(Exception):
    """Results open within the hour, and the change was not confirmed; nothing was changed.

    `problems`: a sentence for each release. `codes`: the session codes that confirm it.
    """

    def __init__(self, problems, codes):
        super().__init__("\n".join(problems))
        self.problems, self.codes = problems, codes


def is_refusal(error):
    """Whether `error` means only that a published result forbids the change."""
    if isinstance(error, IntegrityError):
        return getattr(error.__cause__, "sqlstate", None) == _RESTRICTED
    return isinstance(error, ReleaseOpened)


class Change(StrEnum):
    """The way in which a change reaches the published result."""

    REFRESH = "refresh"  # before the hour: the published row is replaced
    CORRECTION = "correction"  # after the hour: a new revision, with reason and author


@contextmanager
def changing(kind):
    """Open a transaction in which data behind published results may change; `kind`: a `Change`."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('results_portal.change', %s, true)", [kind])
        yield
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('results_portal.change', '', true)")
