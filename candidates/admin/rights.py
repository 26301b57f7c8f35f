"""Who may do what with accounts, as functions; `tests/candidates/admin/test_rights.py` holds each
docstring to the office's groups. A superuser may all of it."""

from typing import Any


def may_read_own_pupils(user: Any) -> bool:
    """Whether `user` may read the published results of the pupils of their own schools.

    Who may: Chef d’établissement.
    """
    return _may(user, "candidates.read_own_pupils")


def _may(user: Any, right: str) -> bool:
    return bool(user.has_perm(right))
