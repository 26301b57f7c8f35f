"""Admin page of one step for many batches of a session: what each would do, confirmed once."""

from collections import Counter

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from candidates.admin.changelists import PlainTitles
from candidates.models import Session
from diplomas.dispatch import checks, several
from diplomas.dispatch.forms import BatchesForm, DayForm
from diplomas.dispatch.steps import SEAL, STEPS

DOUBTS_SHOWN = 200


class SeveralBatches(PlainTitles):
    """Part of the admin of batches: the steps that many of them wait for, on top of their list."""

    def get_urls(self):
        page = self.admin_site.admin_view(self.several_page)
        own = [
            path(
                f"lots/<int:session_pk>/{step.name}/",
                page,
                {"step": step},
                name=step.page_of_several.removeprefix("admin:"),
            )
            for step in STEPS.values()
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        found = [
            (session, [(step, n) for step, n in steps if request.user.has_perm(step.right)])
            for session, steps in several.tally()
        ]
        extra = {"sessions": [(session, steps) for session, steps in found if steps]}
        return super().changelist_view(request, extra | (extra_context or {}))

    def several_page(self, request, session_pk, step):
        """Show the batches that wait for a step; POST has the worker take it for the ticked."""
        if not request.user.has_perm(step.right):
            raise PermissionDenied
        session = get_object_or_404(Session, pk=session_pk)
        rows = several.look(step, session)
        free = [row.batch for row in rows if not row.obstacle]
        batches = BatchesForm(request.POST or None, batches=free)
        day_form = None
        if step.form:
            keys = batches.cleaned_data["batch"] if batches.is_valid() else []
            since = max((last_day(batch) for batch in free if batch.pk in keys), default=None)
            day_form = DayForm(request.POST or None, since=since)
        if batches.is_valid() and (day_form is None or day_form.is_valid()):
            day = day_form and day_form.cleaned_data["day"]
            keys = batches.cleaned_data["batch"]
            job = several.ask(step, session, keys, day=day, by=request.user)
            return redirect("admin:candidates_job_change", job.pk)
        ticked = {str(key) for key in request.POST.getlist("batch")} if request.POST else None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": step.several,
            "session": session,
            "step": step,
            "rows": [
                (row, not row.obstacle and (ticked is None or str(row.batch.pk) in ticked))
                for row in rows
            ],
            "members": sum(row.members for row in rows if not row.obstacle),
            "free": len(free),
            "most": several.MOST if len(rows) == several.MOST else None,
            "batches_form": batches,
            **doubts_context(free if step.name == SEAL else []),
            "day_form": day_form,
        }
        return TemplateResponse(request, "admin/diplomas/dispatchbatch/several.html", context)


def doubts_context(batches):
    """Return what `doubts.html` shows of batches in preparation."""
    found = checks.doubts(batches) if batches else []
    counts = Counter(doubt.reason for doubt in found)
    return {
        "doubts": found[:DOUBTS_SHOWN],
        "doubt_count": len(found),
        "doubts_by_reason": [(checks.REASONS[reason], n) for reason, n in counts.most_common()],
    }


def last_day(batch):
    """Return the day of the last step of a sealed batch; None before."""
    last = batch.sent_on or batch.printed_at or batch.sealed_at
    return timezone.localdate(last) if hasattr(last, "hour") else last
