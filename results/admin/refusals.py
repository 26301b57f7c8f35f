"""Refusals of the domain and of the database, as sentences for a page."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from candidates.freeze import ReleaseOpened, is_refusal
from results.jury.deliberation import DeliberationRefused
from results.publication.release import ReleaseRefused


class Refused(Exception):
    """Nothing was done; `problems`: a sentence for each reason."""

    def __init__(self, problems: Iterable[str]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = list(problems)


@contextmanager
def refusals() -> Iterator[None]:
    """Turn every refusal inside into a `Refused`; to be put around the transaction, not inside."""
    try:
        yield
    except (ReleaseRefused, DeliberationRefused) as refused:
        raise Refused(refused.problems) from refused
    except ReleaseOpened as struck:
        raise Refused([str(struck)]) from struck
    except ValidationError as invalid:
        raise Refused(invalid.messages) from invalid
    except IntegrityError as broken:
        if not is_refusal(broken):
            raise
        raise Refused(
            [
                _(
                    "Un résultat publié dépend de cette donnée : elle ne change que par une "
                    "correction motivée, depuis l’inscription."
                )
            ]
        ) from broken
