"""Admin pages of the candidates' online requests and of the e-mails to them."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from candidates.address_changes import redispatches
from candidates.admin.changelists import LargeTableAdmin, PrivateSearchAdmin, ReadOnlyAdmin
from candidates.civil_status import requests
from candidates.messages import outbox
from candidates.models import AddressChange, Candidate, IdentityRequest, Message, ReDispatch
from candidates.models.requests import TransitionError
from candidates.names.sorting import search_key
from candidates.postal.address import Address
from results_portal import links

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


class EntryRowAdmin(PrivateSearchAdmin, LargeTableAdmin):
    """Admin of rows that belong to an entry: found by reference or number, linked to the entry."""

    list_select_related = ["entry__session"]
    sortable_by = []
    search_fields = ["entry__number"]
    search_help_text = _("Numéro de candidat ou référence : le début suffit.")
    reference: str | None = "reference"

    def get_search_results(self, request, queryset, search_term):
        number = search_key(search_term).replace(" ", "")
        found = queryset.filter(entry__number__startswith=number)
        if self.reference:
            typed = search_term.strip().upper()
            found |= queryset.filter(**{f"{self.reference}__startswith": typed})
        return found, False

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("inscription"))
    def entry_link(self, row):
        if row.entry_id is None:
            return "–"
        address = links.url("staff_entry", row.entry_id)
        return format_html('<a href="{}">{}</a>', address, row.entry)


def _lines(lines):
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines))


@admin.register(AddressChange)
class AddressChangeAdmin(ReadOnlyAdmin, EntryRowAdmin):
    list_display = ["reference", "entry_link", "requested_at", "what"]
    list_filter = ["entry__session"]
    ordering = ["-pk"]
    readonly_fields = [
        "reference",
        "entry_link",
        "requested_at",
        "before_lines",
        "after_lines",
        "mailing_effects",
    ]
    fields = [*readonly_fields]

    @admin.display(description=_("ce qui change"))
    def what(self, change):
        parts = [_("adresse")] if change.place_changed else []
        parts += [_("courriel")] if change.email_changed else []
        return ", ".join(map(str, parts))

    @admin.display(description=_("avant"))
    def before_lines(self, change):
        return _lines([*change.before.lines, change.before.email])

    @admin.display(description=_("après"))
    def after_lines(self, change):
        return _lines([*change.after.lines, change.after.email])

    @admin.display(description=_("ce qui a été dit des envois"))
    def mailing_effects(self, change):
        return _lines(_effect(mailing) for mailing in change.mailings) or "–"


def _effect(mailing):
    if not mailing["posted"]:
        effect = _("sans effet")
    else:
        effect = _("trop tard") if mailing["sealed"] else _("à la nouvelle adresse")
    return f"{mailing['label']['fr']} : {effect}"


class ReDispatchForm(forms.ModelForm):
    class Meta:
        model = ReDispatch
        fields = ["state", "note"]


@admin.register(ReDispatch)
class ReDispatchAdmin(EntryRowAdmin):
    """Mailings sealed before their candidate moved: sent again, or closed."""

    form = ReDispatchForm
    waiting = {"state": ReDispatch.State.TO_DECIDE}
    list_display = ["label", "entry_link", "mailed_on", "change_link", "state", "created_at"]
    list_filter = ["state", "kind", "entry__session"]
    list_select_related = ["entry__session", "change"]
    ordering = ["-pk"]
    reference = "change__reference"
    actions = ["send_again", "close"]
    shown = ["label", "entry_link", "change_link", "new_address", "mailed_on", "sealed_at"]
    readonly_fields = [*shown, "created_at", "decided_at", "decided_by"]
    fieldsets = [
        (None, {"fields": [*shown, "created_at"]}),
        (_("Décision"), {"fields": ["state", "note", "decided_at", "decided_by"]}),
    ]

    def has_change_permission(self, request, obj=None):
        decided = obj is not None and obj.decided_at is not None
        return not decided and super().has_change_permission(request, obj)

    @admin.display(description=_("changement d’adresse"))
    def change_link(self, row):
        if not row.change_id:
            return _("par le service des examens")
        address = reverse("admin:candidates_addresschange_change", args=[row.change_id])
        return format_html('<a href="{}">{}</a>', address, row.change)

    @admin.display(description=_("nouvelle adresse"))
    def new_address(self, row):
        new = row.change.after if row.change_id else Address.of(row.entry.candidate)
        return _lines(new.envelope(row.entry.candidate))

    def save_model(self, request, obj, form, change):
        state, note = form.cleaned_data["state"], form.cleaned_data["note"]
        if state == ReDispatch.State.TO_DECIDE:
            ReDispatch.objects.undecided().filter(pk=obj.pk).update(note=note)
            return
        try:
            redispatches.decide(obj, state=state, by=request.user, note=note)
        except TransitionError as refused:
            messages.error(request, str(refused))

    @admin.action(description=_("Marquer comme renvoyés"), permissions=["change"])
    def send_again(self, request, queryset):
        self._decide_all(request, queryset, ReDispatch.State.SENT_AGAIN)

    @admin.action(description=_("Classer sans renvoyer"), permissions=["change"])
    def close(self, request, queryset):
        self._decide_all(request, queryset, ReDispatch.State.CLOSED)

    def _decide_all(self, request, queryset, state):
        rows = list(queryset.undecided().order_by("pk"))
        for row in rows:
            redispatches.decide(row, state=state, by=request.user)
        done = ngettext("%(n)s envoi décidé.", "%(n)s envois décidés.", len(rows))
        messages.success(request, done % {"n": len(rows)})


def proof_to_save(request, asked):
    """Return the proof of a request as a download that no browser opens; log who took it.

    `asked` has a `proof`, its `proof_type` and a `reference`.
    """
    LogEntry.objects.log_actions(
        request.user.pk,
        [asked],
        CHANGE,
        change_message=str(_("Pièce téléchargée")),
        single_object=True,
    )
    return FileResponse(
        asked.proof.open("rb"),
        as_attachment=True,
        filename=f"{asked.reference}.{asked.get_proof_type_display().lower()}",
        content_type=asked.proof_type,
        headers={"Content-Security-Policy": SANDBOX, "X-Content-Type-Options": "nosniff"},
    )


class DecisionForm(forms.ModelForm):
    """Form of the office's decision, with the reason that the candidate will read."""

    class Meta:
        model = IdentityRequest
        fields = ["state", "reason"]
        help_texts = {"reason": _("Le candidat lira ce motif.")}

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if data.get("state") == IdentityRequest.State.SUBMITTED:
            self.add_error(
                "state", _("Acceptez ou refusez : sans décision, rien n’est enregistré.")
            )
        elif not data.get("reason", "").strip():
            self.add_error("reason", _("Une décision est motivée."))
        return data


@admin.register(IdentityRequest)
class IdentityRequestAdmin(EntryRowAdmin):
    """Requests, with their proof to download and the decision; the correction is another page."""

    form = DecisionForm
    waiting = {"state": IdentityRequest.State.SUBMITTED}
    list_display = ["reference", "entry_link", "submitted_at", "state", "decided_by"]
    list_filter = ["state", "entry__session"]
    list_select_related = ["entry__session", "decided_by"]
    ordering = ["-pk"]
    shown = ["reference", "entry_link", "submitted_at", "changes", "explanation", "proof_link"]
    readonly_fields = [*shown, "decided_at", "decided_by", "correction"]
    fieldsets = [
        (None, {"fields": [*shown]}),
        (
            _("Décision"),
            {
                "fields": ["state", "reason", "decided_at", "decided_by", "correction"],
                "description": _(
                    "Accepter ne change pas le dossier : corrigez ensuite l’identité de "
                    "l’inscription."
                ),
            },
        ),
    ]

    def has_change_permission(self, request, obj=None):
        decided = obj is not None and obj.decided_at is not None
        return not decided and super().has_change_permission(request, obj)

    def get_urls(self):
        proof = path(
            "<int:pk>/piece/",
            self.admin_site.admin_view(self.download),
            name="candidates_identityrequest_proof",
        )
        return [proof, *super().get_urls()]

    @admin.display(description=_("ce qui est demandé"))
    def changes(self, request):
        return _lines(
            f"{_label(name)} : {request.present[name] or '–'} → {request.asked[name] or '–'}"
            for name in requests.FIELDS
            if request.present[name] != request.asked[name]
        )

    @admin.display(description=_("pièce"))
    def proof_link(self, request):
        if not request.proof:
            return _("supprimée")
        address = reverse("admin:candidates_identityrequest_proof", args=[request.pk])
        size = -(-request.proof_size // 1024)
        kind = request.get_proof_type_display()
        return format_html(
            '<a href="{}" download>{} ({}, {} ko)</a>', address, _("Télécharger"), kind, size
        )

    @admin.display(description=_("correction"))
    def correction(self, request):
        address = links.url("staff_correction", request.entry_id)
        return format_html('<a href="{}">{}</a>', address, _("Corriger l’identité"))

    def save_model(self, request, obj, form, change):
        state = form.cleaned_data["state"]
        try:
            requests.decide(obj, state=state, by=request.user, reason=form.cleaned_data["reason"])
        except TransitionError as refused:
            messages.error(request, str(refused))
            return
        if state == IdentityRequest.State.ACCEPTED:
            messages.info(
                request, format_html("{} {}", _("Il reste à le faire :"), self.correction(obj))
            )

    def download(self, request, pk):
        """Download the proof."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = get_object_or_404(IdentityRequest, pk=pk)
        if not asked.proof:
            raise Http404
        return proof_to_save(request, asked)


def _label(field):
    return getattr(Candidate._meta.get_field(field), "verbose_name", field)


@admin.register(Message)
class MessageAdmin(EntryRowAdmin):
    """E-mails: their text and state, and another try for those given up."""

    waiting = {"state": Message.State.FAILED}
    list_display = ["kind", "shown_subject", "entry_link", "state", "sent_at", "attempts"]
    list_filter = ["state", "kind"]
    list_select_related = ["entry__session", "circular"]
    ordering = ["-pk"]
    reference = None
    search_help_text = _("Numéro de candidat : le début suffit.")
    actions = ["try_again"]
    fields = [
        "kind",
        "shown_subject",
        "entry_link",
        "to",
        "shown_text",
        ("state", "attempts", "last_error"),
        ("created_at", "not_before", "sent_at"),
    ]

    def get_readonly_fields(self, request, obj=None):
        return [*self.fields[:5], *self.fields[5], *self.fields[6]]

    def has_change_permission(self, request, obj=None):
        return obj is None and super().has_change_permission(request)

    @admin.display(description=_("objet"))
    def shown_subject(self, message):
        return message.content.subject

    @admin.display(description=_("texte"))
    def shown_text(self, message):
        return _lines(message.content.text.splitlines())

    @admin.action(description=_("Essayer de nouveau"), permissions=["change"])
    def try_again(self, request, queryset):
        again = outbox.try_again(queryset)
        done = ngettext("%(n)s message à renvoyer.", "%(n)s messages à renvoyer.", again)
        messages.success(request, done % {"n": again})
