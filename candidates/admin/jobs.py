"""Jobs of the worker: their list, and the page of one, which keeps itself up to date."""

from pathlib import Path

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from procrastinate.contrib.django import admin as queue_admin

from candidates.admin.changelists import LargeTableAdmin, ReadOnlyAdmin
from candidates.admin.tables import Task
from candidates.admin.waiting import QueueAdmin, Waiting, since_when
from candidates.jobs import keeping, kinds, queue
from candidates.models import Job, Reading
from candidates.trail import readings

_TYPES = {".csv": "text/csv; charset=utf-8", ".pdf": "application/pdf", ".zip": "application/zip"}

admin.site.unregister(queue_admin.models.ProcrastinateJob)  # in English, and not the office's


def situation_of(job):
    """Return what a page says of a job, for `admin/candidates/job/progress.html`."""
    if job is None:
        return {"job": None}
    return {
        "job": job,
        "in_the_way": queue.in_the_way(job),
        "waits_for_a_command": queue.waits_for_a_command(job),
        "nobody_works": job.is_active and queue.nobody_works(),
    }


def may_act(request, job):
    """Whether someone may cancel a job: its author, or whoever has its right."""
    return may_read_file(request, job) or job.author_id == request.user.pk


def may_read_file(request, job):
    """Whether someone may open the file of a job: whoever has its right now, and nobody else."""
    kind = kinds.find(job.kind)
    return bool(kind and request.user.has_perm(kind.right_of(job)))


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin, LargeTableAdmin, QueueAdmin):
    task = Task.WORK
    list_display = ["label", "session", "state", "author", "created_at", "finished_at"]
    list_filter = ["state", "session"]
    list_select_related = ["session", "author"]
    ordering = ["-pk"]
    sortable_by = []
    actions = None
    waiting = [
        Waiting(
            "echec",
            gettext_lazy("tâches qui ont échoué"),
            rows=lambda jobs: jobs.filter(state=Job.State.FAILED, seen=False),
            since="finished_at",
        )
    ]

    def alarms(self):
        """Say that work waits and nobody does it."""
        first = Job.objects.active().order_by("created_at", "pk").first()
        if first and queue.nobody_works():
            yield _(
                "Aucun programme ne fait les tâches : elles attendent depuis %(since)s. "
                "Lancez « manage.py worker »."
            ) % {"since": since_when(first.created_at)}

    def has_view_permission(self, request, obj=None):
        """Whoever may have the file of a job sees its page too, as a jury secretary her minutes."""
        return super().has_view_permission(request, obj) or (
            obj is not None and may_read_file(request, obj)
        )

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/annuler/", wrap(self.cancel_page), name="candidates_job_cancel"),
            path("<int:pk>/lu/", wrap(self.seen_page), name="candidates_job_seen"),
            path("<int:pk>/fichier/", wrap(self.file_page), name="candidates_job_file"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        job = self.get_object(request, object_id)
        if job is None:
            raise Http404
        if not self.has_view_permission(request, job):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": job.label,
            "opts": self.opts,
            "may_act": may_act(request, job),
            "may_read_file": may_read_file(request, job),
            "file_is_gone": job.file_name and not job.has_file,
            "kept": keeping.KEPT.days,
            **situation_of(job),
        }
        return TemplateResponse(request, "admin/candidates/job/page.html", context)

    @method_decorator(require_POST)
    def cancel_page(self, request, pk):
        job = self._job(request, pk)
        queue.cancel(job)
        job.refresh_from_db()
        if job.state == Job.State.RUNNING:
            messages.info(request, _("L’arrêt est demandé : rien ne sera enregistré."))
        return redirect("admin:candidates_job_change", pk)

    @method_decorator(require_POST)
    def seen_page(self, request, pk):
        """Take a failure out of what waits on the first page."""
        job = self._job(request, pk)
        Job.objects.filter(pk=job.pk).update(seen=True)
        return redirect("admin:candidates_job_changelist")

    def file_page(self, request, pk):
        """Return the file that a job made; the journal says who took it."""
        job = get_object_or_404(Job.objects.select_related("session"), pk=pk)
        if not self.has_view_permission(request, job) or not may_read_file(request, job):
            raise PermissionDenied
        if not job.has_file:
            if not job.file_name:
                raise Http404
            return redirect("admin:candidates_job_change", pk)  # which says that it is gone
        kind = kinds.get(job.kind)
        if refused := kind.file_refused and kind.file_refused(job):
            messages.error(request, str(refused))
            return redirect("admin:candidates_job_change", pk)
        taken = _("Téléchargé : %(name)s") % {"name": job.file_name}
        LogEntry.objects.log_actions(
            request.user.pk, [job.session or job], CHANGE, change_message=taken, single_object=True
        )
        if job.session:
            readings.saw(request, Reading.What.EDITION, session=job.session)
        return FileResponse(
            job.file.open("rb"),
            as_attachment=True,
            filename=job.file_name,
            content_type=_TYPES.get(Path(job.file_name).suffix, "application/octet-stream"),
            headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
        )

    def _job(self, request, pk):
        job = get_object_or_404(Job, pk=pk)
        if not self.has_view_permission(request, job) or not may_act(request, job):
            raise PermissionDenied
        return job
