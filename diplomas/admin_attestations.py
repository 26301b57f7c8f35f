"""The office's pages for attestations: those that were given, and their files to print."""

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from candidates.changelists import Bounded, DiscreetSearch, Unwritten
from candidates.sort_names import search_key
from diplomas.attestation_document import front
from diplomas.attestation_views import download
from diplomas.models import Attestation
from results import verification_code


@admin.register(Attestation)
class AttestationAdmin(Unwritten, DiscreetSearch, Bounded, admin.ModelAdmin):
    """What was given, as it was given; found by reference or candidate number."""

    list_display = ["reference", "name", "issued_at", "from_where", "revoked"]
    sortable_by = []
    ordering = ["-pk"]
    search_fields = ["reference"]
    search_help_text = _("Numéro de candidat ou référence : le début suffit.")
    fields = [
        "reference",
        "name",
        "diploma",
        "from_where",
        "issued_at",
        "code",
        "revoked",
        "file_link",
    ]
    readonly_fields = fields

    def get_queryset(self, request):
        rows = super().get_queryset(request).defer("pdf", "published_result__document")
        rows = rows.select_related("published_result__entry__session", "issued_by")
        return rows.annotate(revoked_at=F("revocation__at"))

    def get_search_results(self, request, queryset, search_term):
        number = search_key(search_term).replace(" ", "")
        found = queryset.filter(published_result__entry__number__startswith=number)
        typed = search_term.strip().upper()
        return found | queryset.filter(reference__startswith=typed), False

    def get_urls(self):
        file = path(
            "<int:pk>/fichier/",
            self.admin_site.admin_view(self.file),
            name="diplomas_attestation_file",
        )
        return [file, *super().get_urls()]

    @admin.display(description=_("nom"))
    def name(self, attestation):
        return front(attestation.document)["name"]

    @admin.display(description=_("diplôme"))
    def diploma(self, attestation):
        fields = front(attestation.document)["diploma"]
        return ", ".join(field["value"] for field in fields)

    @admin.display(description=_("d’après"))
    def from_where(self, attestation):
        if attestation.published_result is None:
            return format_html("{} {}", _("le registre, lu par"), attestation.issued_by)
        entry = attestation.published_result.entry
        address = reverse("admin:candidates_entry_change", args=[entry.pk])
        return format_html('<a href="{}">{}</a>', address, entry)

    @admin.display(description=_("code de vérification"))
    def code(self, attestation):
        return "-".join(verification_code.groups(attestation.verification_code))

    @admin.display(description=_("révoquée"), boolean=True)
    def revoked(self, attestation):
        return attestation.revoked_at is not None

    @admin.display(description=_("fichier"))
    def file_link(self, attestation):
        address = reverse("admin:diplomas_attestation_file", args=[attestation.pk])
        return format_html('<a href="{}" download>{}</a>', address, _("Télécharger pour imprimer"))

    def file(self, request, pk):
        """The file as it was given, to print and post; the journal says who took it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        kept = get_object_or_404(Attestation.objects.defer("document"), pk=pk)
        LogEntry.objects.log_actions(
            request.user.pk,
            [kept],
            CHANGE,
            change_message=str(_("Attestation téléchargée")),
            single_object=True,
        )
        return download(kept.reference, kept.pdf)
