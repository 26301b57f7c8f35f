"""Admin pages of batches of diplomas: prepare, seal, print, send, each confirmed."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from candidates.admin.changelists import LargeTableAdmin, ReadOnlyAdmin
from candidates.admin.tables import Task
from candidates.admin.waiting import QueueAdmin, Waiting
from candidates.models import School
from candidates.models.requests import TransitionError
from diplomas.admin.several import SeveralBatches, doubts_context, last_day
from diplomas.dispatch import dispatch, editions, preparation, printing, stop_list
from diplomas.dispatch.forms import HoldForm, PrepareForm
from diplomas.dispatch.steps import SEAL, STEPS
from diplomas.models import AT_STAGE, DiplomaState, DispatchBatch, Route
from diplomas.rights import may_dispatch

Stage = DispatchBatch.Stage
SCHOOLS_SHOWN, FILES_SHOWN = 200, 5


class StageFilter(admin.SimpleListFilter):
    title = _("étape")
    parameter_name = "stage"

    def lookups(self, request, model_admin):
        return Stage.choices

    def queryset(self, request, queryset):
        chosen = AT_STAGE.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(chosen)


@admin.register(DispatchBatch)
class DispatchBatchAdmin(SeveralBatches, QueueAdmin, ReadOnlyAdmin, LargeTableAdmin):
    """Batches, their stop list and their next step."""

    task = Task.PAPERS
    waiting = [
        Waiting(
            "arretes",
            _("lots de diplômes sur la liste d’arrêt"),
            rows=lambda batches: batches.filter(pk__in=stop_list.stopped_batches()),
            since=Coalesce("printed_at", "sealed_at", "created_at"),
        )
    ]

    list_display = ["reference", "stage_name", "diplomas_in", "left", "school", "session", "route"]
    list_filter = ["session", "route", StageFilter]
    list_select_related = ["session", "school"]
    ordering = ["-pk"]
    sortable_by = []
    search_fields = ["reference__startswith", "school__name", "school__uai__startswith"]
    search_help_text = _("Référence, nom ou UAI de l’établissement.")
    fields = [
        ("reference", "stage_name"),
        ("session", "route"),
        "school",
        "addressee_lines",
        ("created_at", "created_by"),
        ("sealed_at", "sealed_by"),
        ("printed_at", "printed_by"),
        ("sent_on", "sent_by", "tracking"),
    ]
    readonly_fields = ["stage_name", "addressee_lines"]
    change_form_template = "admin/diplomas/dispatchbatch/change_form.html"
    change_list_template = "admin/diplomas/dispatchbatch/change_list.html"

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(members=Count("diplomas"))

    @admin.display(description=_("étape"))
    def stage_name(self, batch):
        return batch.stage.label

    @admin.display(description=_("diplômes"))
    def diplomas_in(self, batch):
        return batch.members or batch.size or 0

    @admin.display(description=_("envoyé le"))
    def left(self, batch):
        return batch.sent_on

    @admin.display(description=_("destinataire"))
    def addressee_lines(self, batch):
        return ", ".join(batch.addressee) or "–"

    def get_urls(self):
        wrap = self.admin_site.admin_view
        steps = [
            path(
                f"<int:pk>/{name}/",
                wrap(self.step_page),
                {"name": name},
                name=f"diplomas_dispatchbatch_{name}",
            )
            for name in STEPS
        ]
        return [
            path("preparer/", wrap(self.prepare_page), name="diplomas_dispatchbatch_preparer"),
            *steps,
            path("<int:pk>/retenir/", wrap(self.hold), name="diplomas_dispatchbatch_retenir"),
            path(
                "<int:pk>/bordereau.pdf", wrap(self.slip), name="diplomas_dispatchbatch_bordereau"
            ),
            path("<int:pk>/papiers/", wrap(self.papers), name="diplomas_dispatchbatch_papiers"),
            path("<int:pk>/index.csv", wrap(self.index), name="diplomas_dispatchbatch_index"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        batch = self.get_object(request, object_id)
        extra = self._batch_context(request, batch) if batch else {}
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def prepare_page(self, request):
        """Show the waiting diplomas; with `_confirm`, prepare their batches."""
        if not may_dispatch(request.user):
            raise PermissionDenied
        form = PrepareForm(request.POST or None)
        waiting = None
        if form.is_valid():
            session, route = form.cleaned_data["session"], form.cleaned_data["route"] or None
            if "_confirm" in request.POST:
                return self._prepare(request, session, route)
            waiting = _waiting(session, route)
        context = {"form": form, "waiting": waiting, "title": _("Préparer des lots")}
        return self._page(request, "prepare", context)

    def _prepare(self, request, session, route):
        batches, made = preparation.prepare(session, route=route, by=request.user)
        if made:
            done = _("%(session)s : %(made)d diplômes préparés, en %(batches)d lots.") % {
                "session": session.code,
                "made": made,
                "batches": len(batches),
            }
            messages.success(request, done)
            for batch in batches:
                self.log_change(request, batch, str(_("Préparé")))
        else:
            messages.info(request, _("Aucun diplôme n’attendait d’être préparé."))
        address = reverse("admin:diplomas_dispatchbatch_changelist")
        return redirect(f"{address}?session__id__exact={session.pk}")

    def step_page(self, request, pk, name):
        """Explain a step and show its form; POST takes the step."""
        step = STEPS[name]
        if not request.user.has_perm(step.right):
            raise PermissionDenied
        batch = get_object_or_404(DispatchBatch.objects.select_related("session", "school"), pk=pk)
        if step.to_school and batch.route != Route.SCHOOL:
            raise Http404
        form = None
        if step.form:
            form = step.form(request.POST or None, since=last_day(batch))
        if request.method == "POST" and (form is None or form.is_valid()):
            return self._do(request, step, batch, form)
        context = {
            "title": step.title,
            "step": step,
            "batch": batch,
            "size": batch.diplomas.count(),
            "form": form,
            "done": step.stage != batch.stage,
            "stops": stop_list.stops(batch) if batch.stage != Stage.SENT else [],
            **doubts_context([batch] if name == SEAL and batch.stage == Stage.DRAFT else []),
        }
        return self._page(request, "step", context)

    def _do(self, request, step, batch, form):
        if step.stage != batch.stage:
            messages.info(request, _("C’était déjà fait, ou ce n’est plus possible."))
            return redirect("admin:diplomas_dispatchbatch_change", batch.pk)
        try:
            step.act(batch, request.user, form.cleaned_data if form else {})
        except TransitionError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, step.done)
            self.log_change(request, batch, str(step.done))
        return redirect("admin:diplomas_dispatchbatch_change", batch.pk)

    @method_decorator(require_POST)
    def hold(self, request, pk):
        """Take the posted `diploma` keys out of the batch, for a reason."""
        if not may_dispatch(request.user):
            raise PermissionDenied
        batch = get_object_or_404(DispatchBatch, pk=pk)
        form = HoldForm(request.POST, batch=batch)
        if not form.is_valid():
            messages.error(request, _("Choisissez des diplômes de ce lot et écrivez le motif."))
            return redirect("admin:diplomas_dispatchbatch_change", pk)
        try:
            held = dispatch.hold(
                batch,
                form.cleaned_data["diploma"].order_by("pk"),
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except TransitionError as refused:
            messages.error(request, str(refused))
        else:
            done = ngettext("%(n)d diplôme retenu.", "%(n)d diplômes retenus.", held) % {"n": held}
            messages.success(request, done)
            self.log_change(request, batch, done)
        return redirect("admin:diplomas_dispatchbatch_change", pk)

    @method_decorator(require_safe)
    def slip(self, request, pk):
        batch = self._sealed(request, pk, route=Route.SCHOOL)
        content = printing.slip_pdf(batch)
        return _file(content, "application/pdf", f"bordereau-{batch.reference}.pdf")

    @method_decorator(require_POST)
    def papers(self, request, pk):
        """Have the worker print the list, or the letters, and the index of a sealed batch."""
        job = editions.ask(self._sealed(request, pk), by=request.user)
        return redirect("admin:candidates_job_change", job.pk)

    @method_decorator(require_safe)
    def index(self, request, pk):
        batch = self._sealed(request, pk)
        response = StreamingHttpResponse(
            printing.index_csv(batch), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="index-{batch.reference}.csv"'
        return response

    def _sealed(self, request, pk, *, route=None):
        """Return a sealed batch to take documents of; log who does."""
        if not may_dispatch(request.user):
            raise PermissionDenied
        batch = get_object_or_404(DispatchBatch.objects.select_related("session", "school"), pk=pk)
        if not batch.sealed_at or route not in (None, batch.route):
            raise Http404
        self.log_change(request, batch, str(_("Documents téléchargés")))
        return batch

    def _batch_context(self, request, batch):
        dispatches = may_dispatch(request.user)
        on_their_way = batch.diplomas.filter(state=DiplomaState.SENT_TO_SCHOOL).exists()
        steps = [
            step
            for step in STEPS.values()
            if step.stage == batch.stage
            and request.user.has_perm(step.right)
            and (not step.to_school or (batch.route == Route.SCHOOL and on_their_way))
        ]
        counts = batch.diplomas.order_by().values_list("state").annotate(Count("pk"))
        return {
            "batch": batch,
            "steps": [(step, f"admin:diplomas_dispatchbatch_{step.name}") for step in steps],
            "counts": [(DiplomaState(state).label, count) for state, count in sorted(counts)],
            "stops": stop_list.stops(batch) if batch.stage != Stage.SENT else [],
            "held": batch.events.filter(kind="HELD").count(),
            "hold_form": HoldForm(batch=batch),
            "may_dispatch": dispatches,
            "documents": dispatches and batch.sealed_at is not None,
            "printed": editions.of_batch(batch)[:FILES_SHOWN] if dispatches else [],
        }

    def _page(self, request, template, context):
        context |= {**self.admin_site.each_context(request), "opts": DispatchBatch._meta}
        address = f"admin/diplomas/dispatchbatch/{template}.html"
        return TemplateResponse(request, address, context)


def _waiting(session, route):
    """Return the waiting diplomas: numbers for homes and in all, and by school, sorted by name."""
    found = {key: n for key, n in preparation.tally(session).items() if route in (None, key[0])}
    schools = School.objects.in_bulk([uai for _route, uai in found if uai])
    rows = [(schools[uai], n) for (_route, uai), n in found.items() if uai]
    rows.sort(key=lambda row: row[0].name)
    return {
        "homes": found.get((Route.HOME, None), 0),
        "schools": rows[:SCHOOLS_SHOWN],
        "school_count": len(rows),
        "total": sum(found.values()),
    }


def _file(content, content_type, name):
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": disposition}
    )
