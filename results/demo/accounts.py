"""Staff accounts to try the demo with."""

import secrets

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.db.models import Count

from candidates.admin.groups import (
    ADMINISTRATOR,
    AUDITOR,
    JURY_SECRETARY,
    MANAGER,
    OPERATOR,
    SCHOOL_HEAD,
)
from candidates.models import School, SchoolHead

ACCOUNTS = {
    "gestion": MANAGER,
    "gestion2": MANAGER,
    "operateur": OPERATOR,
    "secretaire": JURY_SECRETARY,
    "auditeur": AUDITOR,
    "administrateur": ADMINISTRATOR,
    "principal": SCHOOL_HEAD,
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
        user = users.create_user(username, password=passwords[username])
        user.is_staff = group != SCHOOL_HEAD
        user.save(update_fields=["is_staff"])
        user.groups.add(Group.objects.get(name=group))
    return passwords


def tie_head() -> None:
    """Give the demo's head of a school the one with the most entries, unless they have one."""
    head = get_user_model().objects.filter(username="principal", headed=None).first()
    school = School.objects.annotate(size=Count("entries")).order_by("-size", "uai").first()
    if head and school:
        SchoolHead.objects.create(user=head, school=school)


def author() -> User | None:
    """Return the first staff account, author of the demo's jury decisions and corrections."""
    return get_user_model().objects.filter(is_staff=True).order_by("pk").first()
