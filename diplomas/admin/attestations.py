"""Admin pages of attestations and of the requests for them."""

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from candidates.admin.changelists import (
    LargeTableAdmin,
    PrivateSearchAdmin,
    ReadOnlyAdmin,
    TransitionAdmin,
)
from candidates.admin.proofs import ProofAdmin
from candidates.admin.seen import SeenAdmin
from candidates.admin.tables import Task
from candidates.admin.waiting import QueueAdmin, Waiting
from candidates.models import Reading
from candidates.names.sorting import search_key
from candidates.trail import readings
from diplomas.attestation_document import front
from diplomas.attestations import requests
from diplomas.attestations.form import EXAMS
from diplomas.attestations.register_form import RegisterForm
from diplomas.attestations.views import download
from diplomas.models import Attestation, AttestationRequest
from diplomas.rights import may_answer_request
from results.document import verification_code


@admin.register(Attestation)
class AttestationAdmin(ReadOnlyAdmin, PrivateSearchAdmin, LargeTableAdmin, SeenAdmin):
    """Attestations as they were issued; found by reference or candidate number."""

    task = Task.PAPERS
    seen_as = Reading.What.ATTESTATION
    list_display = ["reference", "kind", "name", "issued_at", "from_where", "revoked"]
    list_filter = ["kind"]
    sortable_by = []
    ordering = ["-pk"]
    search_fields = ["reference"]
    search_help_text = _("Numéro de candidat ou référence : le début suffit.")
    readonly_fields = [
        "reference",
        "kind",
        "name",
        "diploma",
        "units",
        "from_where",
        "issued_at",
        "code",
        "revoked",
        "file_link",
    ]
    fields = [*readonly_fields]

    def entries_of(self, attestation):
        result = attestation.published_result
        return [] if result is None else [result.entry_id]

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

    @admin.display(description=_("unités attestées"))
    def units(self, attestation):
        units = front(attestation.document)["units"]
        lines = ((unit["code"], unit["label"], unit["session"]) for unit in units)
        return format_html_join(SafeString("<br>"), "{} {}, {}", lines) or "–"

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

    @admin.display(description=_("révoquée"))
    def revoked(self, attestation):
        return _("oui") if attestation.revoked_at else _("non")

    @admin.display(description=_("fichier"))
    def file_link(self, attestation):
        address = reverse("admin:diplomas_attestation_file", args=[attestation.pk])
        return format_html('<a href="{}" download>{}</a>', address, _("Télécharger pour imprimer"))

    def file(self, request, pk):
        """Download the file as it was issued, to print and post; log who took it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Attestation.objects.defer("document", "published_result__document")
        kept = get_object_or_404(rows.select_related("published_result"), pk=pk)
        readings.saw(request, self.seen_as, entries=self.entries_of(kept))
        LogEntry.objects.log_actions(
            request.user.pk,
            [kept],
            CHANGE,
            change_message=str(_("Attestation téléchargée")),
            single_object=True,
        )
        return download(kept.reference, kept.pdf)


@admin.register(AttestationRequest)
class AttestationRequestAdmin(
    QueueAdmin, ProofAdmin, TransitionAdmin, PrivateSearchAdmin, LargeTableAdmin
):
    """Queue of requests, undecided and oldest first, and the office's single answer."""

    task = Task.REQUESTS
    form = RegisterForm
    seen_as = Reading.What.REQUEST
    waiting = [
        Waiting(
            "a-examiner",
            _("demandes d’attestation à examiner"),
            rows=lambda rows: rows.undecided(),
            since="submitted_at",
        )
    ]
    list_display = ["reference", "due", "person", "wanted", "state"]
    list_filter = ["state", ("academy", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["academy"]
    sortable_by = []
    ordering = [F("decided_at").desc(nulls_first=True), "submitted_at", "pk"]
    search_fields = ["reference"]
    search_help_text = _("Référence ou nom de naissance : le début suffit.")
    asked = [
        "reference",
        "person",
        "born",
        "wanted",
        "academy",
        "school",
        "envelope",
        "email",
        "proof_link",
        "submitted_at",
        "due",
    ]
    answer = ["state", "reason"]
    register = [
        ("birth_name", "usage_name"),
        "given_names",
        ("birth_date", "birth_place"),
        "diploma",
        ("speciality", "session"),
        ("mention", "decided_on"),
        "confirmed",
    ]
    decision = ["state", "reason", "decided_at", "decided_by", "attestation_link"]

    def entries_of(self, asked):
        return []  # of a session older than the portal

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        decided = obj is not None and obj.decided_at is not None
        return not decided and super().has_change_permission(request, obj)

    def get_fieldsets(self, request, obj=None):
        if not self.has_change_permission(request, obj):
            return [(None, {"fields": self.asked}), (_("Décision"), {"fields": self.decision})]
        explained = _("Ce que dit le registre, mot pour mot : c’est ce qui sera imprimé.")
        return [
            (None, {"fields": self.asked}),
            (_("Réponse"), {"fields": self.answer}),
            (_("Au registre"), {"fields": self.register, "description": explained}),
        ]

    def get_readonly_fields(self, request, obj=None):
        changeable = self.has_change_permission(request, obj)
        return self.asked if changeable else [*self.asked, *self.decision]

    def get_search_results(self, request, queryset, search_term):
        typed = search_term.strip()
        found = queryset.filter(reference__startswith=typed.upper())
        return found | queryset.filter(birth_name__istartswith=typed), False

    def save_model(self, request, obj, form, change):
        state = form.cleaned_data["state"]
        if state == AttestationRequest.State.ACCEPTED:
            requests.accept(obj, read=form.read, by=request.user)
        elif state == AttestationRequest.State.REFUSED:
            requests.refuse(obj, reason=form.cleaned_data["reason"], by=request.user)

    @admin.display(description=_("personne"))
    def person(self, asked):
        return f"{asked.given_names} {asked.usage_name or asked.birth_name}"

    @admin.display(description=_("naissance"))
    def born(self, asked):
        day = f"{asked.birth_date:%d/%m/%Y}"
        return f"{asked.given_names} {asked.birth_name}, {day}, {asked.birth_place}"

    @admin.display(description=_("diplôme demandé"))
    def wanted(self, asked):
        parts = [str(EXAMS.get(asked.exam, asked.exam)), asked.speciality, str(asked.year)]
        return ", ".join(filter(None, parts))

    @admin.display(description=_("réponse promise"))
    def due(self, asked):
        day = f"{asked.promised_on:%d/%m/%Y}"
        late = asked.decided_at is None and asked.promised_on < timezone.localdate()
        return format_html("{}<br><strong>{}</strong>", day, _("en retard")) if late else day

    @admin.display(description=_("enveloppe"))
    def envelope(self, asked):
        lines = ((line,) for line in asked.address.envelope(asked))
        return format_html_join(SafeString("<br>"), "{}", lines)

    @admin.display(description=_("attestation"))
    def attestation_link(self, asked):
        if asked.attestation_id is None:
            return "–"
        page = reverse("admin:diplomas_attestation_change", args=[asked.attestation_id])
        return format_html('<a href="{}">{}</a>', page, _("La voir, l’imprimer"))

    @admin.display(description=_("pièce d’identité"))
    def proof_link(self, asked):
        return self.proof_page_link(asked)

    def may_see_proof(self, request):
        """Whether they decide such requests: nobody else needs it."""
        return may_answer_request(request.user)
