"""The check of `check --deploy` that there are two people where two are needed."""

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import DatabaseError

from candidates.proposals import people


def register() -> None:
    checks.register(check_managers, checks.Tags.security, deploy=True)


def check_managers(app_configs: Any, **kwargs: Any) -> Sequence[checks.CheckMessage]:
    """With one manager, an administrator approves in the place of the second."""
    try:
        if not people.needs_two() or not people.is_alone():
            return []
    except DatabaseError:  # told by the check of the logins
        return []
    message = "SECOND_PERSON is on, and one active account at most may approve proposals."
    hint = "Give the group Gestionnaire to two people: until then an administrator may approve."
    return [checks.Warning(message, hint=hint, id="candidates.W001")]
