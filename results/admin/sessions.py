from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from candidates import typed
from candidates.admin.changelists import PlainTitles
from candidates.admin.proposals import lead_to_proposal
from candidates.admin.tables import Task
from candidates.jobs import queue
from candidates.models import Session
from candidates.proposals import people
from results.admin import (
    new_session,
    regulation_choice,
    release_job,
    release_preview,
    release_proposals,
    session_page,
)
from results.admin.editions import SessionEditions
from results.admin.figures import SessionFigures
from results.admin.jury.page import grid_page
from results.admin.jury.second_round import second_round_page
from results.admin.jury.sitting import sitting_page
from results.admin.regulation_choice import RegulationChoice
from results.admin.release_confirmation import ReleaseConfirmation
from results.admin.release_forms import ScheduleForm
from results.admin.session_form import SessionForm
from results.admin.under_way import sessions_under_way
from results.jury import job as deliberation
from results.jury import replacement_job
from results.publication.release import preview

DELIBERATE, RELEASE = deliberation.RIGHT, release_job.RIGHT


@admin.register(Session)
class SessionAdmin(PlainTitles, SessionEditions, SessionFigures):
    """A session, its dates, and the page from which it is deliberated and released."""

    task = Task.SESSIONS
    list_display = ["label", "code", "exam", "year", "lifecycle_link"]
    list_filter = ["exam", "year"]
    search_fields = ["code", "label"]
    change_form_template = "admin/candidates/session/change_form.html"
    fieldsets = [
        (None, {"fields": [("exam", "year"), "code", "label", "replaces"]}),
        (
            _("Dates annoncées"),
            {
                "fields": [
                    ("tests_from", "tests_until"),
                    "score_sheets_mailed_on",
                    ("register_again_from", "register_again_until"),
                    "control_choose_by",
                    ("control_tests_from", "control_tests_until"),
                    ("diplomas_posted_from", "diplomas_at_school_from"),
                ],
                "description": _(
                    "Les pages et les relevés les donnent telles qu’elles sont ici, même après la "
                    "publication."
                ),
            },
        ),
    ]

    form = SessionForm
    actions = None

    def has_delete_permission(self, request, obj=None):
        """Whoever makes sessions may remove one made by mistake, while it is empty."""
        empty = obj is None or not obj.entries.exists()
        return empty and self.has_add_permission(request)

    def get_readonly_fields(self, request, obj=None):
        """Freeze what entries depend on once there are some: access codes contain the code."""
        return ["exam", "year", "code", "replaces"] if obj and obj.entries.exists() else []

    @admin.display(description=_("déroulement"))
    def lifecycle_link(self, session):
        address = reverse("admin:candidates_session_lifecycle", args=[session.pk])
        return format_html('<a href="{}">{}</a>', address, _("Délibérer, publier"))

    def get_urls(self):
        pages: dict[str, tuple[str, Callable[..., Any]]] = {
            "deroulement/": ("lifecycle", self.lifecycle_page),
            "deroulement/deliberer/": ("deliberate", self.deliberate_page),
            "deroulement/publier/": ("schedule", self.schedule_page),
            "reglements/": ("regulations", self.regulations_page),
            "reprendre/": ("replace", self.replace_page),
            "jury/": ("jury", self.jury_page),
            "seance/<int:speciality_pk>/": ("sitting", self.sitting_page),
            "second-tour/": ("second_round", self.second_round_page),
        }
        return [
            *(
                path(
                    f"<int:pk>/{address}",
                    self.admin_site.admin_view(page),
                    name=f"candidates_session_{name}",
                )
                for address, (name, page) in pages.items()
            ),
            *super().get_urls(),
        ]

    def home_section(self):
        return {"template": "admin/home/sessions.html", "sessions": sessions_under_way()}

    def get_changeform_initial_data(self, request):
        """Propose the session after the last of `?exam=`, or the one that replaces `?replaces=`."""
        asked = request.GET
        if key := typed.primary_key(asked.get("replaces", "")):
            replaced = Session.objects.filter(pk=key).first()
            return new_session.replacement_of(replaced) if replaced else {}
        exam = asked.get("exam")
        return new_session.next_session(exam, today=timezone.localdate()) if exam else {}

    def add_view(self, request, form_url="", extra_context=None):
        more = {"exams": new_session.exams(), "exam": request.GET.get("exam")}
        return super().add_view(request, form_url, more | (extra_context or {}))

    def response_add(self, request, obj, post_url_continue=None):
        """Lead to the steps of the new session."""
        answer = super().response_add(request, obj, post_url_continue)
        if {"_continue", "_addanother", "_popup"} & request.POST.keys():
            return answer
        return redirect("admin:candidates_session_lifecycle", obj.pk)

    def lifecycle_page(self, request, pk):
        session = get_object_or_404(Session, pk=pk)
        if not self.has_view_permission(request, session):
            raise PermissionDenied
        return self._lifecycle(request, session)

    @method_decorator(require_POST)
    def deliberate_page(self, request, pk):
        """POST of `round`: have every entry decided by the worker, and show its page."""
        session = get_object_or_404(Session, pk=pk)
        if not request.user.has_perm(DELIBERATE):
            raise PermissionDenied
        round = 2 if request.POST.get("round") == "2" else 1
        job = queue.ask(deliberation.KIND, session=session, round=round, by=request.user)
        return redirect("admin:candidates_job_change", job.pk)

    def regulations_page(self, request, pk):
        session = get_object_or_404(Session, pk=pk)
        if not request.user.has_perm(regulation_choice.RIGHT):
            raise PermissionDenied
        answer = RegulationChoice(self, request, session).answer()
        if isinstance(answer, HttpResponse):
            return answer
        return self._page(request, session, "regulations", answer)

    @method_decorator(require_POST)
    def replace_page(self, request, pk):
        """POST: have the deferred of the session that this one replaces copied by the worker."""
        session = get_object_or_404(Session, pk=pk)
        if not request.user.has_perm(replacement_job.RIGHT):
            raise PermissionDenied
        job = queue.ask(replacement_job.KIND, session=session, by=request.user)
        return redirect("admin:candidates_job_change", job.pk)

    @method_decorator(require_POST)
    def schedule_page(self, request, pk):
        """POST of a `ScheduleForm`: show its effect; with `_confirm`, have the worker release."""
        session = get_object_or_404(Session, pk=pk)
        if not request.user.has_perm(RELEASE):
            raise PermissionDenied
        form = ScheduleForm(request.POST, session=session)
        if "_edit" in request.POST or not form.is_valid():
            return self._lifecycle(request, session, form)
        wanted = {
            "specialities": list(form.cleaned_data["specialities"]),
            "round": form.cleaned_data["round"],
            "at": form.cleaned_data["opens_at"],
        }
        found = preview(session, **wanted)
        page = ReleaseConfirmation(request.POST, session, found, wanted)
        sure = "_confirm" in request.POST and page.is_up_to_date and page.is_typed
        sure = sure and page.is_ticked
        if found.problems or not sure:
            return self._confirm(request, session, form, found, wanted, page)
        if people.needs_two() and release_proposals.takes_two(session, wanted):
            asked = (session, wanted, request.POST)
            return lead_to_proposal(
                request, lambda: release_proposals.propose(*asked, by=request.user)
            )
        job = release_job.ask(session, wanted, request.POST, by=request.user)
        return redirect("admin:candidates_job_change", job.pk)

    def second_round_page(self, request, pk):
        return second_round_page(self, request, pk)

    def sitting_page(self, request, pk, speciality_pk):
        return sitting_page(self, request, pk, speciality_pk)

    def jury_page(self, request, pk):
        return grid_page(self, request, pk)

    def _lifecycle(self, request, session, form=None):
        return self._page(
            request, session, "lifecycle", session_page.context(request, session, form)
        )

    def _confirm(self, request, session, form, found, wanted, page):
        context = release_preview.context(session, wanted, found) | {
            "title": _("Publication impossible")
            if found.problems
            else _("Confirmer la publication"),
            "form": form,
            "takes_two": people.needs_two() and release_proposals.takes_two(session, wanted),
            "not_ticked": "_confirm" in request.POST and not page.is_ticked,
            "meanwhile": page.meanwhile,
            "doubts": page.doubts,
            "code": session.code,
            "mistyped": "confirmed" in request.POST and not page.is_typed,
            "seen": page.seen,
            "changed_meanwhile": "_confirm" in request.POST and not page.is_up_to_date,
        }
        return self._page(request, session, "confirm_release", context)

    def _page(self, request, session, template, context):
        context |= {
            **self.admin_site.each_context(request),
            "opts": Session._meta,
            "session": session,
        }
        return TemplateResponse(request, f"admin/candidates/session/{template}.html", context)
