"""Staff accounts to try the demo with."""

import secrets

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from candidates.admin.groups import MANAGER, OPERATOR

ACCOUNTS = {"gestion": MANAGER, "operateur": OPERATOR}


def create_accounts():
    """Create an account of each group, unless the office already has staff.

    Returns the passwords by user name: they are drawn at random and kept nowhere else.
    """
    users = get_user_model().objects
    if users.filter(is_staff=True).exists():
        return {}
    passwords = {}
    for username, group in ACCOUNTS.items():
        passwords[username] = secrets.token_urlsafe(12)
        user = users.create_user(username, password=passwords[username], is_staff=True)
        user.groups.add(Group.objects.get(name=group))
    return passwords


def author():
    """Who signs what the demo decides and corrects: the first of the staff."""
    return get_user_model().objects.filter(is_staff=True).order_by("pk").first()
