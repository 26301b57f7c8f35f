"""The people of the office, for tests of its pages."""

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db.models.signals import post_migrate
from django.test import Client
from django.urls import reverse

from candidates.admin.groups import (
    ADMINISTRATOR,
    AUDITOR,
    JURY_SECRETARY,
    MANAGER,
    OPERATOR,
    SCHOOL_HEAD,
)
from candidates.models import SchoolHead

GROUPS = {
    "operator": OPERATOR,
    "manager": MANAGER,
    "secretary": JURY_SECRETARY,
    "auditor": AUDITOR,
    "administrator": ADMINISTRATOR,
    "school head": SCHOOL_HEAD,
}


def member(role):
    """The user of a role: one of `GROUPS`, or "superuser". A school's head sees no admin page."""
    superuser = role == "superuser"
    user, created = User.objects.get_or_create(
        username=role, defaults={"is_staff": role != "school head", "is_superuser": superuser}
    )
    if created and role in GROUPS:
        user.groups.add(Group.objects.get(name=GROUPS[role]))
    return user


def head_of(*schools):
    """The head of these schools."""
    user = member("school head")
    for school in schools:
        SchoolHead.objects.get_or_create(user=user, school=school)
    return user


def client_of(role):
    """A browser signed in as a role; nobody is, with the role "anonymous"."""
    client = Client()
    if role != "anonymous":
        client.force_login(member(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(answer):
    """A page as a test writes it: plain spaces, one between words."""
    return " ".join(answer.content.decode().split())


def messages_of(answer):
    """What a page tells of what has just been done, with plain spaces."""
    return [" ".join(str(message).split()) for message in answer.context["messages"]]


def migrate_again():
    """What `manage.py migrate` tells our apps when it is done."""
    for label in ("candidates", "results", "diplomas"):
        app = apps.get_app_config(label)
        post_migrate.send(app, app_config=app, using="default", apps=apps, plan=[], verbosity=0)


def second_manager():
    """Another manager than the `member` of that role, who approves what the first proposes."""
    user, created = User.objects.get_or_create(username="manager2", defaults={"is_staff": True})
    if created:
        user.groups.add(Group.objects.get(name=MANAGER))
    return user


def approver():
    """The browser of the second manager, signed in."""
    client = Client()
    client.force_login(second_manager(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def approved(proposal, **posted):
    """Have the second manager approve a proposal; return it as it then is."""
    address = reverse("admin:candidates_proposal_approve", args=[proposal.pk])
    answer = approver().post(address, posted)
    assert answer.status_code == 302
    proposal.refresh_from_db()
    return proposal
