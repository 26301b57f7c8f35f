"""Who may approve what another proposes."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from candidates.models import Proposal

APPROVE = "candidates.approve_proposal"
_ACCOUNTS = "auth.change_user"
_BACKEND = "django.contrib.auth.backends.ModelBackend"


def needs_two() -> bool:
    """Whether what has a kind of proposal takes two people."""
    return settings.SECOND_PERSON


def managers() -> QuerySet[User]:
    """Return the active accounts with the manager's right to approve, superusers among them.

    Who was invited and has never come in approves nothing yet, and is not one of them.
    """
    invited = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX, last_login=None)
    return _with(APPROVE).exclude(invited)


def is_alone() -> bool:
    """Whether one account at most has that right: an administrator may then approve too."""
    return len(managers()[:2]) < 2


def approvers() -> QuerySet[User]:
    """Return those who may approve now: managers and, where there is one only, administrators."""
    found = managers()
    return (found | _with(_ACCOUNTS)).distinct() if is_alone() else found


def is_approver(user: Any) -> bool:
    """Whether someone may approve what others propose."""
    if not (user.is_active and user.is_staff):
        return False
    return user.has_perm(APPROVE) or stands_in(user)


def stands_in(user: Any) -> bool:
    """Whether someone may approve only because there is no second manager: an administrator."""
    if not (user.is_active and user.is_staff) or user.has_perm(APPROVE):
        return False
    return user.has_perm(_ACCOUNTS) and is_alone()


def may_approve(user: Any, proposal: Proposal) -> bool:
    """Whether someone may approve or refuse this proposal: never its author."""
    return user.pk != proposal.proposed_by_id and is_approver(user)


def _with(right: str) -> QuerySet[User]:
    found = User.objects.with_perm(right, is_active=True, backend=_BACKEND)
    return found.filter(is_staff=True).order_by("pk")
