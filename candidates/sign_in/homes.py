"""First page of an account. An account without one does not sign in."""

from django.contrib.auth.models import User
from django.urls import reverse

from results_portal import links


def home_of(user: User) -> str | None:
    """Return the address of the first page of an account, or None if it has nothing to do here."""
    if user.is_staff:
        return reverse("admin:index")
    return links.url("own_pupils") if user.has_perm("candidates.read_own_pupils") else None


def allowed_home(user: User, wanted: str | None) -> str | None:
    """Return `wanted`, the address that a visit to sign-in asked for, or else the first page.

    The head of a school is led to their own pages alone: the others would ask to sign in again.
    """
    home = home_of(user)
    return wanted if wanted and (user.is_staff or wanted.startswith(home or "//")) else home
