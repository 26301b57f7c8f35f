"""The groups of the office's staff and their rights."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import router

OPERATOR = "Opérateur"
MANAGER = "Gestionnaire"
JURY_SECRETARY = "Secrétaire de jury"
SCHOOL_HEAD = "Chef d’établissement"
AUDITOR = "Auditeur"
ADMINISTRATOR = "Administrateur"
ACCOUNT_RIGHTS = frozenset({"add_user", "change_user", "view_user", "view_group"})


def grant_rights(sender, *, using, apps=installed, **kwargs):
    """Receiver of `post_migrate`, for one app: create the groups and grant their rights in it.

    `sender` is the configuration of Django's app of accounts, in which an administrator alone has
    rights (`ACCOUNT_RIGHTS`: to change no group and delete no account), or of one of our apps,
    with sets of permission codenames:

    - an operator may view everything in it, and has its `operator_rights`;
    - a manager may do the same, and has its `manager_rights`;
    - a jury secretary has its `jury_secretary_rights` alone, some of them to view;
    - the head of a school has its `school_head_rights` alone, on pages of their own;
    - an auditor may view everything in it, has its `auditor_rights`, and changes nothing;
    - an administrator has its `administrator_rights` alone.

    Changes that the office made to a group stay: a group with rights in this app gets only those
    that are new.
    """
    try:
        permission = apps.get_model("auth", "Permission")
        group = apps.get_model("auth", "Group")
    except LookupError:
        return
    if not router.allow_migrate_model(using, permission):
        return
    of_app = permission.objects.using(using).filter(content_type__app_label=sender.label)
    known = set(of_app.values_list("pk", flat=True))
    create_permissions(sender, verbosity=0, using=using, apps=apps)
    rights = list(of_app.order_by("pk"))
    views = {right.codename for right in rights if right.codename.startswith("view_")}
    for name, wanted in _wanted(sender, views).items():
        staff, _ = group.objects.using(using).get_or_create(name=name)
        has_some = staff.permissions.filter(content_type__app_label=sender.label).exists()
        staff.permissions.add(
            *(
                right
                for right in rights
                if right.codename in wanted and not (has_some and right.pk in known)
            )
        )


def _wanted(sender, views):
    """Return the codenames of each group's rights in an app; in Django's own, of accounts."""
    if sender.label == "auth":
        return {ADMINISTRATOR: ACCOUNT_RIGHTS}
    return {
        OPERATOR: views | sender.operator_rights,
        MANAGER: views | sender.operator_rights | sender.manager_rights,
        JURY_SECRETARY: sender.jury_secretary_rights,
        SCHOOL_HEAD: sender.school_head_rights,
        AUDITOR: views | sender.auditor_rights,
        ADMINISTRATOR: sender.administrator_rights,
    }
