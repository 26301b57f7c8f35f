"""Accounts and groups of the staff, as Django has them, in words."""

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db.models import ManyToManyField
from django.forms import CheckboxSelectMultiple, ModelMultipleChoiceField
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from candidates.admin import account_steps, notices, rights
from candidates.admin.account_form import AccountForm
from candidates.admin.administrators import hold
from candidates.admin.changelists import PlainTitles
from candidates.admin.groups import SCHOOL_HEAD
from candidates.admin.identities import in_words as identity_in_words
from candidates.admin.invitations import invite
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

    An administrator makes nobody a superuser, changes no superuser's account, and nobody changes
    their own rights. No password is typed here: a link goes to the person (`account_steps`).
    """

    task = Task.ACCOUNTS
    form = add_form = AccountForm
    change_form_template = add_form_template = "admin/auth/user/change_form.html"
    list_display = ["username", "first_name", "last_name", "email", "in_groups", "last_login"]
    list_filter = ["is_active", "groups"]
    add_fieldsets = [
        (None, {"fields": ["username", "first_name", "last_name", "email"]}),
        (_("Droits"), {"fields": ["groups", "schools"]}),
    ]
    fieldsets = [
        *add_fieldsets,
        (
            _("Connexion"),
            {"fields": ["active", "last_login", "wrong_passwords", "tied_to", "date_joined"]},
        ),
    ]
    filter_horizontal = []
    formfield_overrides = {ManyToManyField: {"widget": CheckboxSelectMultiple}}

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or rights.may_change_account(request.user, obj))

    def get_fieldsets(self, request, obj=None):
        person, (title, rights_of), *rest = super().get_fieldsets(request, obj)
        fields = ["groups"] if obj == request.user else rights_of["fields"]
        above = ["is_superuser"] if request.user.is_superuser else []
        return [person, (title, {"fields": [*fields, *above]}), *rest]

    def has_delete_permission(self, request, obj=None):
        """Nobody deletes one: it is switched off, and what it did stays in the journal."""
        return False

    def get_readonly_fields(self, request, obj=None):
        own = ["groups", "is_superuser"] if obj == request.user else []
        return ["active", "last_login", "wrong_passwords", "tied_to", "date_joined", *own]

    def get_urls(self):
        return [*account_steps.urls(), *super().get_urls()]

    def user_change_password(self, request, id, form_url=""):
        raise PermissionDenied

    def change_view(self, request, object_id, form_url="", extra_context=None):
        user = self.get_object(request, unquote(object_id))
        steps = account_steps.open_to(request.user, user) if user else []
        return super().change_view(
            request, object_id, form_url, {"steps": steps} | (extra_context or {})
        )

    def save_model(self, request, obj, form, change):
        hold(request.user)
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        """Save groups and schools; who has a group of the office is of its staff."""
        user = form.instance
        before = set(user.groups.values_list("name", flat=True))
        super().save_related(request, form, formsets, change)
        if user == request.user:
            return
        form.tie_schools(request.user)
        groups = set(user.groups.values_list("name", flat=True))
        user.is_staff = user.is_superuser or bool(groups - {SCHOOL_HEAD})
        user.save(update_fields=["is_staff"])
        raised = sorted((groups - before) & {*notices.WATCHED})
        if user.is_superuser and "is_superuser" in form.changed_data:
            raised.append(_("superutilisateur"))
        if change and "email" in form.changed_data and notices.is_watched(user):
            what, former = gettext("son adresse électronique a changé"), form.initial["email"]
            notices.tell(user, what, by=request.user, former=former)
        if raised:
            what = _("le compte a reçu le groupe %(groups)s") % {"groups": ", ".join(raised)}
            account_steps.signed(request.user, user, what)
            notices.tell(user, what, by=request.user)

    def response_add(self, request, obj, post_url_continue=None):
        """Send the link to choose a password; or show it, where no e-mail can carry it."""
        link = invite(obj, request=request)
        if link:
            return account_steps.show_link(request, obj, link)
        messages.success(request, _("Le compte est ouvert : son lien est parti par courriel."))
        return redirect("admin:auth_user_change", obj.pk)

    @admin.display(description=_("groupes"))
    def in_groups(self, user):
        names = [_("superutilisateur")] if user.is_superuser else []
        names += sorted(group.name for group in user.groups.all())
        names += [] if user.is_active else [_("désactivé")]
        return ", ".join(map(str, names)) or "–"

    @admin.display(description=User._meta.get_field("is_active").verbose_name)
    def active(self, user):
        return _("oui") if user.is_active else _("non")

    @admin.display(description=_("identité rattachée"))
    def tied_to(self, user):
        return identity_in_words(user)

    @admin.display(description=_("mots de passe et codes faux, depuis une heure"))
    def wrong_passwords(self, user):
        count, seconds = account_steps.misses(user)
        if not seconds:
            return count
        return _("%(count)s ; le prochain essai attend %(seconds)s s") % {
            "count": count,
            "seconds": seconds,
        }


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
