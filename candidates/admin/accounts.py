"""Accounts and groups of the staff, as Django has them, in words."""

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.forms import ModelMultipleChoiceField
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from candidates.admin.changelists import PlainTitles
from candidates.admin.tables import Task

_OURS = ["candidates", "results", "diplomas", "auth"]
_VERBS = {
    "add": _("ajouter"),
    "change": _("modifier"),
    "delete": _("supprimer"),
    "view": _("voir"),
}


class PermissionsField(ModelMultipleChoiceField):
    """Choice of permissions, named in the language of the page: Django stores English names."""

    def label_from_instance(self, permission: Permission) -> str:
        verb, _underscore, _model = permission.codename.partition("_")
        name = permission.content_type.name
        return capfirst(f"{name}\xa0: {_VERBS.get(verb, permission.name)}")


class Accounts(PlainTitles):
    """Pages that name rows of accounts, and none of the tables between them."""

    def get_deleted_objects(self, objs, request):
        _nested, counts, lacking, protected = super().get_deleted_objects(objs, request)
        tables = (field.remote_field.through for field in self.opts.many_to_many)
        between = {str(table._meta.verbose_name_plural) for table in tables if table}
        counts = {name: n for name, n in counts.items() if str(name) not in between}
        return [str(row) for row in objs], counts, lacking, protected


# Authenticators are reset (`candidates.sign_in.second_factor`), never read or written one by one.
admin.site.unregister([User, Group, EmailAddress, Authenticator])


@admin.register(User)
class OfficeUserAdmin(Accounts, UserAdmin):
    """What an account may do is that of its groups.

    An administrator makes nobody a superuser, changes no superuser's account, and leaves the
    rights of their own as they are.
    """

    task = Task.ACCOUNTS
    list_display = ["username", "email", "first_name", "last_name", "in_words"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Personne"), {"fields": ["first_name", "last_name", "email"]}),
        (_("Droits"), {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    filter_horizontal = ["groups"]

    def has_change_permission(self, request, obj=None):
        above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not above and super().has_change_permission(request, obj)

    def get_readonly_fields(self, request, obj=None):
        if request.user.is_superuser:
            return []
        own = ["is_active", "is_staff", "groups"] if obj == request.user else []
        return ["is_superuser", *own]

    @admin.display(description=_("de l’équipe"), ordering="is_staff")
    def in_words(self, user):
        return _("oui") if user.is_staff else _("non")


@admin.register(Group)
class OfficeGroupAdmin(Accounts, GroupAdmin):
    task = Task.ACCOUNTS

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        if db_field.name == "permissions":
            kwargs["form_class"] = PermissionsField
            kwargs["queryset"] = Permission.objects.filter(
                content_type__app_label__in=_OURS
            ).select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, **kwargs)
