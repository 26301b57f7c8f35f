"""Who may do what with results, as functions. `tests/test_rights.py` holds the docstrings.

What is registered (a job, an edition, a step of a session) names its permission itself.
"""

from typing import Any


def may_correct(user: Any) -> bool:
    """Whether `user` may correct marks, names or the suspension of an entry, with a reason.

    Who may: Opérateur, Gestionnaire.
    """
    return bool(user.has_perm("results.correct_result"))


def may_grant_points(user: Any) -> bool:
    """Whether `user` may grant points of the jury; see `rounds_to_decide` for which round.

    Who may: Gestionnaire, Secrétaire de jury.
    """
    return bool(user.has_perm("results.add_jurydecision"))
