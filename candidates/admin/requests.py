"""Admin pages of the candidates' online requests and of the e-mails to them."""

from collections import defaultdict

from django import forms
from django.contrib import admin, messages
from django.db.models import F
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from candidates.address_changes import redispatches
from candidates.admin.changelists import (
    LargeTableAdmin,
    PrivateSearchAdmin,
    ReadOnlyAdmin,
    TransitionAdmin,
)
from candidates.admin.proofs import ProofAdmin
from candidates.admin.seen import SeenAdmin
from candidates.admin.tables import Task
from candidates.admin.waiting import QueueAdmin, Waiting, since_when
from candidates.civil_status import requests
from candidates.locks import somebody_sends
from candidates.messages import outbox
from candidates.models import (
    AddressChange,
    Candidate,
    IdentityRequest,
    Message,
    Reading,
    ReDispatch,
)
from candidates.models.requests import TransitionError
from candidates.names.sorting import search_key
from candidates.postal.address import Address
from results_portal import links


class EntryRowAdmin(PrivateSearchAdmin, LargeTableAdmin, SeenAdmin):
    """Admin of rows that belong to an entry: found by reference or number, linked to the entry."""

    seen_as = Reading.What.REQUEST
    list_select_related = ["entry__session"]
    sortable_by = []
    search_fields = ["entry__number"]
    search_help_text = _("Numéro de candidat ou référence : le début suffit.")
    reference: str | None = "reference"

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False  # rows without an entry too
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
    task = Task.REQUESTS
    list_display = ["reference", "entry_link", "requested_at", "what", "who"]
    list_select_related = ["entry__session", "by"]
    list_filter = ["entry__session"]
    ordering = ["-pk"]
    readonly_fields = [
        "reference",
        "entry_link",
        "requested_at",
        "who",
        "reason",
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

    @admin.display(description=_("par"))
    def who(self, change):
        return change.by or _("candidat, en ligne")

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
class ReDispatchAdmin(QueueAdmin, TransitionAdmin, EntryRowAdmin):
    """Mailings sealed before their candidate moved: sent again, or closed."""

    task = Task.REQUESTS
    form = ReDispatchForm
    waiting = [
        Waiting(
            "a-decider",
            _("envois à refaire ou à classer"),
            rows=lambda rows: rows.undecided(),
            since="created_at",
        )
    ]
    list_display = ["label", "entry_link", "mailed_on", "change_link", "state", "created_at"]
    list_filter = ["state", "label", "entry__session"]
    list_select_related = ["entry__session", "change"]
    ordering = [F("decided_at").desc(nulls_first=True), "created_at", "pk"]
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
        present = ReDispatch.objects.get(pk=obj.pk)  # the form has written its state into `obj`
        redispatches.decide(present, state=state, by=request.user, note=note)

    @admin.action(description=_("Marquer comme renvoyés"), permissions=["change"])
    def send_again(self, request, queryset):
        self._decide_all(request, queryset, ReDispatch.State.SENT_AGAIN)

    @admin.action(description=_("Classer sans renvoyer"), permissions=["change"])
    def close(self, request, queryset):
        self._decide_all(request, queryset, ReDispatch.State.CLOSED)

    def _decide_all(self, request, queryset, state):
        done, refusals = 0, defaultdict(list)
        for row in queryset.undecided().select_related("entry").order_by("pk"):
            try:
                redispatches.decide(row, state=state, by=request.user)
            except TransitionError as refused:
                refusals[str(refused)].append(row.entry.number)
            else:
                done += 1
        if done:
            text = ngettext("%(n)s envoi décidé.", "%(n)s envois décidés.", done)
            messages.success(request, text % {"n": done})
        for problem, numbers in refusals.items():
            messages.error(request, f"{', '.join(numbers)} – {problem}")


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
class IdentityRequestAdmin(QueueAdmin, ProofAdmin, TransitionAdmin, EntryRowAdmin):
    """Requests, with their proof to look at and the decision; the correction is another page."""

    task = Task.REQUESTS
    form = DecisionForm
    waiting = [
        Waiting(
            "a-examiner",
            _("demandes sur l’état civil à examiner"),
            rows=lambda rows: rows.undecided(),
            since="submitted_at",
        ),
        Waiting(
            "a-corriger",
            _("demandes sur l’état civil acceptées, pas encore corrigées"),
            rows=lambda rows: rows.to_correct(),
            since="decided_at",
        ),
    ]
    list_display = ["reference", "entry_link", "submitted_at", "stage", "decided_by"]
    list_filter = ["state", "entry__session"]
    list_select_related = ["entry__session", "decided_by"]
    ordering = [F("decided_at").desc(nulls_first=True), "submitted_at", "pk"]
    shown = ["reference", "entry_link", "submitted_at", "changes", "explanation", "proof_link"]
    readonly_fields = [*shown, "decided_at", "decided_by", "correction"]
    fieldsets = [
        (None, {"fields": [*shown]}),
        (
            _("Décision"),
            {
                "fields": ["state", "reason", "decided_at", "decided_by", "correction"],
                "description": _(
                    "Accepter ouvre la correction de l’identité, déjà remplie. La demande attend "
                    "jusqu’à ce que vous l’ayez confirmée."
                ),
            },
        ),
    ]

    def has_change_permission(self, request, obj=None):
        decided = obj is not None and obj.decided_at is not None
        return not decided and super().has_change_permission(request, obj)

    @admin.display(description=_("ce qui est demandé"))
    def changes(self, request):
        return _lines(
            f"{_label(name)} : {request.present[name] or '–'} → {value or '–'}"
            for name, value in requests.wanted(request).items()
        )

    @admin.display(description=_("état"))
    def stage(self, request):
        if request.state != IdentityRequest.State.ACCEPTED:
            return request.get_state_display()
        return _("corrigée") if request.corrected_at else _("acceptée, pas encore corrigée")

    @admin.display(description=_("pièce"))
    def proof_link(self, request):
        return self.proof_page_link(request)

    @admin.display(description=_("correction"))
    def correction(self, request):
        if request.state != IdentityRequest.State.ACCEPTED:
            return "–"
        if request.corrected_at:
            return _("faite le %(day)s") % {"day": f"{request.corrected_at:%d/%m/%Y}"}
        link = format_html('<a href="{}">{}</a>', _correction_of(request), _("Corriger l’identité"))
        return format_html("{} {}", link, _("(pas encore fait)"))

    def save_model(self, request, obj, form, change):
        state, reason = form.cleaned_data["state"], form.cleaned_data["reason"]
        requests.decide(obj, state=state, by=request.user, reason=reason)

    def response_change(self, request, obj):
        """Lead from an accepted request to its correction, which is filled in."""
        if IdentityRequest.objects.to_correct().filter(pk=obj.pk).exists():
            return HttpResponseRedirect(_correction_of(obj))
        return super().response_change(request, obj)


def _correction_of(request):
    return f"{links.url('staff_correction', request.entry_id)}?demande={request.pk}"


def _label(field):
    return getattr(Candidate._meta.get_field(field), "verbose_name", field)


@admin.register(Message)
class MessageAdmin(QueueAdmin, EntryRowAdmin):
    """E-mails: their text and state, and another try for those given up."""

    task = Task.REQUESTS
    waiting = [
        Waiting(
            "pas-partis",
            _("courriels pas encore partis"),
            rows=lambda messages: messages.of_its_own().late(),
            since="created_at",
        ),
        Waiting(
            "annonces",
            _("annonces de résultats pas encore parties"),
            rows=lambda messages: messages.of_circulars().overdue(),
            since="not_before",
        ),
        Waiting(
            "sans-reponse",
            _("courriels remis, sans réponse du serveur"),
            rows=lambda messages: messages.unanswered(),
            since="not_before",
        ),
        Waiting(
            "abandonnes",
            _("courriels abandonnés"),
            rows=lambda messages: messages.filter(state=Message.State.FAILED),
            since="not_before",
        ),
    ]
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

    def alarms(self):
        """Say that e-mails wait and that nobody sends them."""
        kinds = Message.objects.of_its_own(), Message.objects.of_circulars()
        oldest = [message.not_before for kind in kinds for message in kind.overdue()[:1]]
        if oldest and not somebody_sends():
            yield _(
                "Aucun programme n’envoie les courriels : ils attendent depuis %(since)s. "
                "Lancez « manage.py send_messages »."
            ) % {"since": since_when(min(oldest))}

    def get_readonly_fields(self, request, obj=None):
        return [*self.fields[:5], *self.fields[5], *self.fields[6]]

    def has_change_permission(self, request, obj=None):
        return obj is None and super().has_change_permission(request)

    @admin.display(description=_("objet"))
    def shown_subject(self, message):
        return message.content.subject

    @admin.display(description=_("texte"))
    def shown_text(self, message):
        if message.key.startswith(outbox.OF_ACCOUNTS):
            return _("Ce courriel peut porter un lien personnel : son texte n’est pas montré.")
        return _lines(message.content.text.splitlines())

    @admin.action(description=_("Essayer de nouveau"), permissions=["change"])
    def try_again(self, request, queryset):
        again = outbox.try_again(queryset)
        done = ngettext("%(n)s message à renvoyer.", "%(n)s messages à renvoyer.", again)
        messages.success(request, done % {"n": again})
