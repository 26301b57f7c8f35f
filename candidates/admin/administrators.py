"""The accounts that manage accounts, of which one always stays."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied


def administrators():
    """Return the active accounts that manage accounts: administrators and superusers."""
    backend = "django.contrib.auth.backends.ModelBackend"
    return User.objects.with_perm("auth.change_user", backend=backend).order_by("pk")


def hold(by):
    """Have changes of accounts take turns, until the transaction of the caller ends.

    Raise `PermissionDenied` if `by`, who makes one, has lost the right while waiting. Nobody takes
    their own right away, so the one whose turn it is stays: the last administrator does.
    """
    list(administrators().select_for_update())
    if not administrators().filter(pk=by.pk).exists():
        raise PermissionDenied
