"""Staff accounts to try the demo with."""

import secrets

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User

from candidates.admin.groups import ADMINISTRATOR, AUDITOR, JURY_SECRETARY, MANAGER, OPERATOR

ACCOUNTS = {
    "gestion": MANAGER,
    "operateur": OPERATOR,
    "secretaire": JURY_SECRETARY,
    "auditeur": AUDITOR,
    "administrateur": ADMINISTRATOR,
}


def create_accounts() -> dict[str, str]:
    """Create an account of each group, unless there is staff; return the passwords by user name.

    Passwords are random and stored nowhere else.
    """
    users = get_user_model().objects
    if users.filter(is_staff=True).exists():
        return {}
    passwords: dict[str, str] = {}
    for username, group in ACCOUNTS.items():
        passwords[username] = secrets.token_urlsafe(12)
        user = users.create_user(username, password=passwords[username], is_staff=True)
        user.groups.add(Group.objects.get(name=group))
    return passwords


def author() -> User | None:
    """Return the first staff account, author of the demo's jury decisions and corrections."""
    return get_user_model().objects.filter(is_staff=True).order_by("pk").first()
