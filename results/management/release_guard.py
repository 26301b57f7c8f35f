from contextlib import contextmanager

from django.core.management.base import CommandError

from results.publication.release import ReleaseRefused
from results.publication.rows import ReleaseOpened


@contextmanager
def refusals():
    """Turn what the release refuses into the error of a command."""
    try:
        yield
    except (ReleaseRefused, ReleaseOpened) as refused:
        raise CommandError(str(refused)) from None
