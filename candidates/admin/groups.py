"""The two groups of the office's staff and their rights."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import router

OPERATOR = "Opérateur"
MANAGER = "Gestionnaire"


def grant_rights(sender, *, using, apps=installed, **kwargs):
    """Receiver of `post_migrate`, for one app: create the groups and grant their rights in it.

    `sender` is an app's configuration. Both groups may view everything in it; its
    `operator_rights` and `manager_rights` are sets of further permission codenames (a manager has
    both). Changes that the office made to a group stay: a group with rights in this app gets only
    those that are new.
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
    for name, wanted in (
        (OPERATOR, sender.operator_rights),
        (MANAGER, sender.operator_rights | sender.manager_rights),
    ):
        staff, _ = group.objects.using(using).get_or_create(name=name)
        has_some = staff.permissions.filter(content_type__app_label=sender.label).exists()
        staff.permissions.add(
            *(
                right
                for right in rights
                if (right.codename in wanted or right.codename.startswith("view_"))
                and not (has_some and right.pk in known)
            )
        )
