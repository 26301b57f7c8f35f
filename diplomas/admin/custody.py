"""Admin pages of one diploma: its state, its chain of custody, and the next event."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from candidates.admin.changelists import ReadOnlyAdmin
from candidates.admin.requests import EntryRowAdmin
from candidates.admin.tables import Task
from candidates.admin.waiting import QueueAdmin, Waiting
from candidates.models import Candidate, Reading
from candidates.models.requests import TransitionError
from candidates.names.searching import named
from candidates.names.sorting import search_key
from candidates.postal.address import Address
from candidates.trail import readings
from diplomas.admin.scanner import ScannerPages
from diplomas.dispatch import custody, dispatch
from diplomas.dispatch.forms import OF_KIND
from diplomas.models import Diploma, DiplomaState, EventKind
from diplomas.rights import may_dispatch, may_record_custody
from results.models import PublishedResult

_ASKED = {
    EventKind.ARRIVED: _("Noter l’arrivée"),
    EventKind.COLLECTED: _("Noter la remise"),
    EventKind.RETURNED: _("Noter le retour"),
    EventKind.SENT_AGAIN: _("Noter un nouvel envoi"),
}
_WARNINGS = {
    EventKind.ARRIVED: _("Le candidat le lit aussitôt sur sa page."),
    EventKind.COLLECTED: _(
        "La remise est définitive. Pour le candidat : pièce d’identité vue. Pour une autre "
        "personne : procuration signée, copie de la pièce d’identité du candidat, et la sienne."
    ),
    EventKind.RETURNED: _("Le candidat le lit aussitôt, et donne sa nouvelle adresse."),
    EventKind.SENT_AGAIN: _(
        "Par la poste, il part à l’adresse que le candidat a aujourd’hui. L’envoi à refaire, s’il "
        "y en a un, est réglé."
    ),
}


class NotDueFilter(admin.SimpleListFilter):
    """Filter of diplomas whose candidate is no longer admitted; some may have left already."""

    title = _("résultat")
    parameter_name = "resultat"

    def lookups(self, request, model_admin):
        return [("plus-admis", _("n’est plus admis"))]

    def queryset(self, request, queryset):
        if self.value() != "plus-admis":
            return queryset
        admitted = PublishedResult.objects.current().admitted().filter(entry=OuterRef("entry"))
        return queryset.filter(~Exists(admitted) | Q(entry__withheld=True))


@admin.register(Diploma)
class DiplomaAdmin(ScannerPages, QueueAdmin, ReadOnlyAdmin, EntryRowAdmin):
    """Diplomas and their chain of custody; found by number or name."""

    task = Task.PAPERS
    seen_as = Reading.What.DIPLOMA
    waiting = [
        Waiting(
            "revenus",
            _("diplômes revenus, à renvoyer"),
            rows=lambda diplomas: diplomas.filter(state=DiplomaState.RETURNED),
            since=custody.STATE_SINCE,
        ),
        Waiting(
            "retenus",
            _("diplômes retenus"),
            rows=lambda diplomas: diplomas.filter(state=DiplomaState.HELD, batch=None),
            since=custody.STATE_SINCE,
        ),
    ]

    list_display = ["number", "holder", "entry_link", "batch_link", "state"]
    list_filter = ["state", NotDueFilter, "entry__session", "batch__route"]
    list_select_related = ["entry__session", "entry__candidate", "batch"]
    ordering = ["-pk"]
    search_help_text = _("Numéro de candidat ou de diplôme, ou nom : le début suffit.")
    fields = ["number", "holder", "entry_link", "batch_link", "position", "state", "envelope"]
    change_form_template = "admin/diplomas/diploma/change_form.html"
    change_list_template = "admin/diplomas/diploma/change_list.html"

    def get_readonly_fields(self, request, obj=None):
        return ["number", "holder", "entry_link", "batch_link", "envelope"]

    def get_search_results(self, request, queryset, search_term):
        term = search_key(search_term).replace(" ", "")
        if not term:
            return queryset, False
        if term[:1] == "D" and term[1:].isdecimal():
            return queryset.filter(pk=int(term[1:9])), False
        if any(character.isdigit() for character in term):
            return queryset.filter(entry__number__startswith=term), False
        people = named(Candidate.objects.all(), search_term).order_by()
        return queryset.filter(entry__candidate__in=people.values("pk")), False

    @admin.display(description=_("numéro"))
    def number(self, diploma):
        return diploma.number

    @admin.display(description=_("candidat"))
    def holder(self, diploma):
        return diploma.entry.candidate.list_name

    @admin.display(description=_("lot"))
    def batch_link(self, diploma):
        if not diploma.batch_id:
            return "–"
        address = reverse("admin:diplomas_dispatchbatch_change", args=[diploma.batch_id])
        return format_html('<a href="{}">{}</a>', address, diploma.batch)

    @admin.display(description=_("enveloppe"))
    def envelope(self, diploma):
        return ", ".join(dispatch.envelope(diploma)) if diploma.address else "–"

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/noter/<str:kind>/", wrap(self.record), name="diplomas_diploma_noter"),
            path("<int:pk>/remettre/", wrap(self.take_back), name="diplomas_diploma_remettre"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        diploma = self.get_object(request, object_id)
        extra = self._diploma_context(request, diploma) if diploma else {}
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def record(self, request, pk, kind):
        """Show the form of an event; POST records it, once."""
        if not may_record_custody(request.user):
            raise PermissionDenied
        diploma = get_object_or_404(self.get_queryset(request), pk=pk)
        if kind not in OF_KIND:
            raise Http404
        kind = EventKind(kind)
        last = diploma.events.order_by("pk").last()
        form = OF_KIND[kind](request.POST or None, since=last and last.day)
        goes_to = custody.address_now(diploma) if kind == EventKind.SENT_AGAIN else None
        failed = goes_to is not None and custody.goes_to_failed_address(diploma)
        if not failed:
            form.fields.pop("same_address", None)
        if diploma.state == kind or (form.is_bound and form.is_valid()):
            return self._record(request, diploma, kind, form)
        readings.saw(request, self.seen_as, entries=[diploma.entry_id])
        context = {
            **self.admin_site.each_context(request),
            "opts": Diploma._meta,
            "title": _ASKED[kind],
            "warning": _WARNINGS[kind],
            "goes_to": goes_to and Address(**goes_to).lines,
            "failed": failed,
            "diploma": diploma,
            "form": form,
        }
        return TemplateResponse(request, "admin/diplomas/diploma/record.html", context)

    def _record(self, request, diploma, kind, form):
        if diploma.state == kind:
            messages.info(request, _("C’était déjà noté."))
        else:
            try:
                custody.record(diploma, kind, by=request.user, **form.cleaned_data)
            except TransitionError as refused:
                messages.error(request, str(refused))
            else:
                messages.success(request, _("C’est noté."))
                self.log_change(request, diploma, str(kind.label))
        return redirect("admin:diplomas_diploma_change", diploma.pk)

    @method_decorator(require_POST)
    def take_back(self, request, pk):
        if not may_dispatch(request.user):
            raise PermissionDenied
        diploma = get_object_or_404(Diploma, pk=pk)
        try:
            batch = dispatch.take_back(diploma, by=request.user)
        except TransitionError as refused:
            messages.error(request, str(refused))
        else:
            done = _("Remis dans le lot %(reference)s.") % {"reference": batch}
            messages.success(request, done)
            self.log_change(request, diploma, done)
        return redirect("admin:diplomas_diploma_change", pk)

    def _diploma_context(self, request, diploma):
        may_record = may_record_custody(request.user)
        held = diploma.state == DiplomaState.HELD and diploma.batch_id is None
        return {
            "diploma": diploma,
            "events": diploma.events.select_related("by", "batch").order_by("pk"),
            "next": [(kind.value, _ASKED[kind]) for kind in custody.may_follow(diploma)]
            if may_record
            else [],
            "may_take_back": held and may_dispatch(request.user),
        }
