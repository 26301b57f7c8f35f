from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from candidates.admin.changelists import LargeTableAdmin, PrivateSearchAdmin
from candidates.admin.tables import Task
from candidates.names.sorting import search_key
from diplomas.models import Revocation
from diplomas.verification.forms import RevocationForm


@admin.register(Revocation)
class RevocationAdmin(PrivateSearchAdmin, LargeTableAdmin, admin.ModelAdmin):
    """Revocations of documents, with a reason; only a superuser can undo one, by deleting it."""

    task = Task.PAPERS
    form = RevocationForm
    list_display = ["at", "document", "entry_link", "reason", "by"]
    sortable_by = []
    ordering = ["-at"]
    search_fields = ["published_result__entry__number"]
    search_help_text = _("Numéro de candidat ou référence : le début suffit.")

    def has_change_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        if obj is None:
            return ["document", "reason"]
        return ["document", "entry_link", "reason", "by", "at"]

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else self.get_fields(request, obj)

    def get_search_results(self, request, queryset, search_term):
        number = search_key(search_term).replace(" ", "")
        found = Q(published_result__entry__number__startswith=number)
        found |= Q(attestation__published_result__entry__number__startswith=number)
        found |= Q(attestation__reference__startswith=search_term.strip().upper())
        return queryset.filter(found), False

    def get_queryset(self, request):
        sheet, paper = "published_result", "attestation"
        rows = super().get_queryset(request).defer(f"{paper}__pdf", f"{paper}__document")
        rows = rows.defer(f"{sheet}__document", f"{paper}__{sheet}__document")
        entries = f"{sheet}__entry__session", f"{paper}__{sheet}__entry__session"
        return rows.select_related("by", *entries)

    def save_model(self, request, obj, form, change):
        obj.by = request.user
        super().save_model(request, obj, form, change)

    @admin.display(description=_("inscription"))
    def entry_link(self, revocation):
        result = revocation.published_result or revocation.attestation.published_result
        if result is None:
            return "–"
        address = reverse("admin:candidates_entry_change", args=[result.entry_id])
        return format_html('<a href="{}">{}</a>', address, result.entry)

    @admin.display(description=_("document"))
    def document(self, revocation):
        if revocation.attestation:
            address = reverse("admin:diplomas_attestation_change", args=[revocation.attestation_id])
            return format_html(
                '{} <a href="{}">{}</a>', _("Attestation"), address, revocation.attestation
            )
        return format_lazy(
            _("Relevé de notes, révision {revision}"),
            revision=revocation.published_result.revision,
        )
