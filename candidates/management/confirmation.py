from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from candidates.freeze import OpeningSoon


@contextmanager
def confirmation_asked() -> Iterator[None]:
    """Turn `OpeningSoon` into a `CommandError` that says how to confirm."""
    try:
        yield
    except OpeningSoon as asked:
        more = _("Pour le faire quand même, ajoutez : --confirm %s") % asked.codes[0]
        raise CommandError("\n".join([*asked.problems, more])) from None
