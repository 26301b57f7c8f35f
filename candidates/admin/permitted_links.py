"""Read-only fields: links only to pages that the member of staff may open, and words for icons.

Django links every foreign key, whoever looks: most staff may not open the page of a user. It shows
a red cross for each no, also where all is well.
"""

from collections.abc import Iterator
from typing import Any, cast

from django.contrib.admin import helpers
from django.contrib.admin.utils import lookup_field
from django.contrib.auth import get_permission_codename
from django.db.models import BooleanField
from django.utils.translation import gettext as _


class PermittedAdminForm(helpers.AdminForm):
    """A form of the admin whose read-only fields link to no page closed to `form.staff`."""

    def __iter__(self) -> Iterator[helpers.Fieldset]:
        name: Any
        options: Any
        for name, options in self.fieldsets:
            yield _Fieldset(
                self.form,
                name,
                readonly_fields=self.readonly_fields,
                model_admin=self.model_admin,
                **options,
            )


class _Fieldset(helpers.Fieldset):
    def __iter__(self) -> Iterator[helpers.Fieldline]:
        for field in cast(Any, self).fields:
            yield _Fieldline(self.form, field, self.readonly_fields, model_admin=self.model_admin)


class _Fieldline(helpers.Fieldline):
    def __iter__(self) -> Iterator[Any]:
        for place, field in enumerate(self.fields):
            kind = _ReadonlyField if field in self.readonly_fields else helpers.AdminField
            more = {"model_admin": self.model_admin} if kind is _ReadonlyField else {}
            yield kind(self.form, field, is_first=place == 0, **more)


class _ReadonlyField(helpers.AdminReadonlyField):
    def contents(self) -> Any:
        name, form = cast(Any, self).field["field"], cast(Any, self.form)
        field, _attribute, value = lookup_field(name, form.instance, self.model_admin)
        if isinstance(field, BooleanField):
            return _("oui") if value else _("non")
        return super().contents()

    def get_admin_url(self, remote_field: Any, remote_obj: Any) -> str:
        opts, staff = remote_field.model._meta, cast(Any, self.form).staff
        rights = (get_permission_codename(action, opts) for action in ("view", "change"))
        if any(staff.has_perm(f"{opts.app_label}.{right}") for right in rights):
            return super().get_admin_url(remote_field, remote_obj)
        return str(remote_obj)
