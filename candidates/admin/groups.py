"""The groups of the office's staff and their rights."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import router

OPERATOR = "Opérateur"
MANAGER = "Gestionnaire"
JURY_SECRETARY = "Secrétaire de jury"
AUDITOR = "Auditeur"


def grant_rights(sender, *, using, apps=installed, **kwargs):
    """Receiver of `post_migrate`, for one app: create the groups and grant their rights in it.

    `sender` is an app's configuration, with sets of permission codenames:

    - an operator may view everything in it, and has its `operator_rights`;
    - a manager may do the same, and has its `manager_rights`;
    - a jury secretary has its `jury_secretary_rights` alone, some of them to view;
    - an auditor may view everything in it, and changes nothing.

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
    for name, wanted in (
        (OPERATOR, views | sender.operator_rights),
        (MANAGER, views | sender.operator_rights | sender.manager_rights),
        (JURY_SECRETARY, sender.jury_secretary_rights),
        (AUDITOR, views),
    ):
        staff, _ = group.objects.using(using).get_or_create(name=name)
        has_some = staff.permissions.filter(content_type__app_label=sender.label).exists()
        staff.permissions.add(
            *(
                right
                for right in rights
                if right.codename in wanted and not (has_some and right.pk in known)
            )
        )
