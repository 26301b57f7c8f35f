"""Who may do what with accounts, as functions.

`tests/test_rights.py` holds each docstring to the office's groups. A superuser may all of it.
"""

from typing import Any


def may_read_own_pupils(user: Any) -> bool:
    """Whether `user` may read the published results of the pupils of their own schools.

    Who may: Chef d’établissement.
    """
    return _may(user, "candidates.read_own_pupils")


def may_open_account(user: Any) -> bool:
    """Whether `user` may open an account for a colleague or the head of a school.

    Who may: Administrateur.
    """
    return _may(user, "auth.add_user")


def may_change_account(user: Any, other: Any) -> bool:
    """Whether `user` may change names, groups and schools of the account `other`.

    Who may: Administrateur. Nobody but a superuser touches a superuser's account.
    """
    return _may(user, "auth.change_user") and (user.is_superuser or not other.is_superuser)


def may_give_access(user: Any, other: Any) -> bool:
    """Whether `user` may give or take access to the account `other`, which is not their own.

    That is: send a link to choose a password, reset the second factor, deactivate, reactivate.

    Who may: Administrateur. Nobody but a superuser touches a superuser's account.
    """
    return user != other and may_change_account(user, other)


def may_lift_waits(user: Any) -> bool:
    """Whether `user` may forget the wrong passwords that make an account or a network wait.

    Who may: Gestionnaire, Administrateur.
    """
    return _may(user, "candidates.lift_wait")


def may_read_trail(user: Any) -> bool:
    """Whether `user` may read in the journal what was done and seen of candidates.

    Who may: Auditeur, Gestionnaire.
    """
    return _may(user, "candidates.read_trail")


def may_read_trail_of_accounts(user: Any) -> bool:
    """Whether `user` may read in the journal what happened to accounts, and their sign-ins.

    Who may: Administrateur, Auditeur.
    """
    return _may(user, "candidates.read_trail_of_accounts")


def _may(user: Any, right: str) -> bool:
    return bool(user.has_perm(right))
