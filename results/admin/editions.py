"""The page of a session's editions: each with a button, and the files made so far."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from candidates.admin.jobs import may_read_file
from candidates.editions import kinds, making
from candidates.jobs import keeping
from candidates.models import Session

SHOWN = 30  # files


class SessionEditions(admin.ModelAdmin):
    """Adds the page of editions to the admin of sessions.

    Whoever may see the session sees the page, with the buttons and the links of what they may have:

    - posted lists, which exist before the hour: `results.release_results` (managers);
    - score sheets, of results that are public: `results.correct_result` (operators too);
    - entries: `candidates.import_entries` (operators too);
    - decisions, public or not: `results.deliberate` (managers);
    - access codes, which open candidates' pages: `candidates.change_session` (managers);
    - papers of diplomas: `diplomas.dispatch_diplomas` (managers).
    """

    def get_urls(self):
        wrap = self.admin_site.admin_view
        page = wrap(self.editions_page)
        return [
            path("<int:pk>/editions/", page, name="candidates_session_editions"),
            *super().get_urls(),
        ]

    def editions_page(self, request, pk):
        """Show the editions; POST of `edition` and its options: have the worker make one."""
        session = get_object_or_404(Session, pk=pk)
        if not self.has_view_permission(request, session):
            raise PermissionDenied
        asked = request.POST.get("edition", "") if request.method == "POST" else ""
        rows: list[dict[str, Any]] = []
        for kind in kinds.open_to(request.user):
            data = request.POST if kind.name == asked else None
            form = kind.form and kind.form(data, session=session, prefix=kind.name)
            if data is not None and (form is None or form.is_valid()):
                options = form.cleaned_data if form else {}
                job = making.ask(session, kind.name, options, by=request.user)
                return redirect("admin:candidates_job_change", job.pk)
            rows.append({"kind": kind, "form": form})
        if asked and asked not in {row["kind"].name for row in rows}:
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Éditions : %(session)s") % {"session": session},
            "opts": self.opts,
            "session": session,
            "editions": rows,
            "files": [
                {"job": job, "expires": _expiry(job), "open": may_read_file(request, job)}
                for job in making.of_session(session)[:SHOWN]
            ],
            "kept": keeping.KEPT.days,
        }
        return TemplateResponse(request, "admin/candidates/session/editions.html", context)


def _expiry(job):
    return job.finished_at + keeping.KEPT if job.file and job.finished_at else None
