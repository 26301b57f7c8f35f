"""The sources of the journal that `candidates` has, in the order in which its page offers them."""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from django.contrib.auth.models import Group, User
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidates.models import (
    Account,
    Candidate,
    Entry,
    Membership,
    School,
    SchoolHead,
    SecondFactor,
)
from candidates.trail import sources


def register() -> None:
    sources.register(
        sources.READINGS,
        sources.DEEDS,
        sources.COMMANDS,
        sources.history(
            Candidate,
            gettext_lazy("état civil et adresse"),
            about=lambda whom: Q(id__in=whom.candidates),
            candidate="id",
        ),
        sources.history(
            Entry,
            gettext_lazy("inscription"),
            about=lambda whom: Q(id__in=whom.entries),
            entry="id",
        ),
        sources.history(
            Account, gettext_lazy("compte"), of_accounts=True, named=attrgetter("username")
        ),
        sources.history(
            Membership,
            gettext_lazy("groupe d’un compte"),
            of_accounts=True,
            texts=_of_account(gettext_lazy("Groupe"), _names(Group, "group_id")),
        ),
        sources.history(
            SchoolHead,
            gettext_lazy("chef d’établissement"),
            of_accounts=True,
            texts=_of_account(gettext_lazy("Établissement"), _names(School, "school_id")),
        ),
        sources.history(
            SecondFactor,
            gettext_lazy("second facteur"),
            of_accounts=True,
            texts=_of_account(
                gettext_lazy("Second facteur"),
                lambda rows: [row.get_type_display() for row in rows],
            ),
        ),
    )


def _names(model: Any, column: str) -> Callable[[Sequence[Any]], list[str]]:
    """Return the function that names the rows of `model` to which rows refer. One query."""

    def names(rows: Sequence[Any]) -> list[str]:
        found = model.objects.in_bulk({getattr(row, column) for row in rows})
        return [str(found.get(getattr(row, column), getattr(row, column))) for row in rows]

    return names


def _of_account(
    name: Any, values: Callable[[Sequence[Any]], list[str]]
) -> Callable[[Sequence[Any]], list[Mapping[str, str]]]:
    """Return the function that says of rows whose account they are of, and what it has."""
    accounts = _names(User, "user_id")

    def texts(rows: Sequence[Any]) -> list[Mapping[str, str]]:
        pairs = zip(accounts(rows), values(rows), strict=True)
        return [{_("Compte"): account, str(name): value} for account, value in pairs]

    return texts
