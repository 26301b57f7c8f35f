"""Who may do what with papers, as functions. `tests/test_rights.py` holds the docstrings."""

from typing import Any


def may_dispatch(user: Any) -> bool:
    """Whether `user` may prepare, seal, print and send batches of diplomas, and change them.

    Who may: Gestionnaire.
    """
    return bool(user.has_perm("diplomas.dispatch_diplomas"))


def may_record_custody(user: Any) -> bool:
    """Whether `user` may record where a diploma is: handed over, returned, destroyed.

    Who may: Opérateur, Gestionnaire.
    """
    return bool(user.has_perm("diplomas.record_custody"))


def may_answer_request(user: Any) -> bool:
    """Whether `user` may decide requests for attestations, and see the proofs of identity in them.

    Who may: Opérateur, Gestionnaire.
    """
    return bool(user.has_perm("diplomas.change_attestationrequest"))
