from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from candidates.changelists import Bounded, DiscreetSearch
from candidates.sort_names import search_key
from diplomas.forms import RevocationForm
from diplomas.models import Revocation


@admin.register(Revocation)
class RevocationAdmin(DiscreetSearch, Bounded, admin.ModelAdmin):
    """Revoking a document, with a reason; only a superuser takes it back, by deleting it."""

    form = RevocationForm
    list_display = ["at", "entry_link", "revision", "reason", "by"]
    list_select_related = ["by", "published_result__entry__session"]
    sortable_by = []
    ordering = ["-at"]
    search_fields = ["published_result__entry__number"]
    search_help_text = _("Numéro de candidat : le début suffit.")

    def has_change_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        if obj is None:
            return ["document", "reason"]
        return ["entry_link", "revision", "reason", "by", "at"]

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else self.get_fields(request, obj)

    def get_search_results(self, request, queryset, search_term):
        number = search_key(search_term).replace(" ", "")
        return queryset.filter(published_result__entry__number__startswith=number), False

    def save_model(self, request, obj, form, change):
        obj.by = request.user
        super().save_model(request, obj, form, change)

    @admin.display(description=_("inscription"))
    def entry_link(self, revocation):
        entry = revocation.published_result.entry
        address = reverse("admin:candidates_entry_change", args=[entry.pk])
        return format_html('<a href="{}">{}</a>', address, entry)

    @admin.display(description=_("révision"))
    def revision(self, revocation):
        return revocation.published_result.revision
