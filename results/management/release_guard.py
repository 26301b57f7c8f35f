from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from candidates.management.confirmation import confirmation_asked
from results.publication.release import ReleaseRefused
from results.publication.rows import ReleaseOpened


@contextmanager
def refusals() -> Iterator[None]:
    """Turn refusals of a release into `CommandError`."""
    try:
        with confirmation_asked():
            yield
    except (ReleaseRefused, ReleaseOpened) as refused:
        raise CommandError(str(refused)) from None
