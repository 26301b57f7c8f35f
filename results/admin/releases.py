from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from candidates import typed
from candidates.admin.changelists import LargeTableAdmin, ReadOnlyAdmin
from candidates.admin.tables import Task
from candidates.admin.waiting import QueueAdmin, Waiting
from candidates.models import Message, Proposal, Session
from results.admin import release_proposals
from results.admin.filters import SpecialityFilter, StateFilter
from results.admin.publication_status import STATES, release_state
from results.admin.release_forms import WithdrawForm
from results.models import Release
from results.publication import notices
from results.publication.withdrawal import of_session, withdraw_all


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin, LargeTableAdmin, QueueAdmin):
    """Releases, which are scheduled on the page of a session and withdrawn here."""

    task = Task.RESULTS
    list_display = [
        "speciality",
        "state",
        "opens_at",
        "round",
        "session",
        "created_by",
        "withdrawn_at",
    ]
    list_filter = ["session", StateFilter, "round", ("speciality", SpecialityFilter)]
    list_select_related = ["session", "speciality", "created_by"]
    ordering = ["-opens_at", "session_id", "speciality_id", "round"]
    sortable_by = []
    readonly_fields = ["state", "created_at", "opened_at", "announced_at", "notices"]
    actions = ["withdraw_selected"]
    waiting = [
        Waiting(
            "retirees",
            _("publications retirées, à publier de nouveau"),
            rows=lambda releases: releases.filter(withdrawn_at__isnull=False),
            since="withdrawn_at",
        )
    ]
    change_form_template = "admin/results/release/change_form.html"

    @admin.display(description=_("état"))
    def state(self, release):
        return STATES[release_state(release)]

    @admin.display(description=_("courriels aux candidats"))
    def notices(self, release):
        found = notices.counts(release)
        return ", ".join(
            f"{label} : {found[state]}" for state, label in Message.State.choices if state in found
        )

    def has_release_permission(self, request):
        return request.user.has_perm("results.release_results")

    @admin.action(description=_("Retirer les publications choisies"), permissions=["release"])
    def withdraw_selected(self, request, queryset):
        return self._show_form(request, queryset, WithdrawForm())

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("retirer/", wrap(self.withdraw_page), name="results_release_withdraw"),
            *super().get_urls(),
        ]

    def withdraw_page(self, request):
        """POST of `release` keys: show the form of a message; with `_confirm`, withdraw.

        POST of the key of a `session`: withdraw all that it has, at once.
        """
        if not self.has_release_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if key := typed.primary_key(request.POST.get("session", "")):
            session = get_object_or_404(Session, pk=key)
            self._withdraw(request, of_session(session), "")
            return redirect("admin:candidates_session_lifecycle", key)
        releases = self.get_queryset(request).filter(pk__in=self._keys(request))
        form = WithdrawForm(request.POST if "_confirm" in request.POST else None)
        if not form.is_valid():
            return self._show_form(request, releases, form)
        self._withdraw(request, releases, form.cleaned_data["message"])
        sessions = set(releases.order_by().values_list("session", flat=True))
        if len(sessions) == 1:
            return redirect("admin:candidates_session_lifecycle", sessions.pop())
        return redirect("admin:results_release_changelist")

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Release | None = None,
    ) -> HttpResponse:
        context["may_withdraw"] = (
            self.has_release_permission(request) and obj and obj.withdrawn_at is None
        )
        if obj:
            context["proposals"] = (
                Proposal.objects.about(release_proposals.thing(obj))
                .order_by("-pk")
                .select_related("proposed_by", "decided_by")
            )
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _keys(self, request):
        return list(filter(None, map(typed.primary_key, request.POST.getlist("release"))))

    def _show_form(self, request, releases, form):
        context = {
            **self.admin_site.each_context(request),
            "title": _("Retirer des résultats"),
            "opts": Release._meta,
            "releases": [
                {"release": release, "state": STATES[release_state(release)]}
                for release in releases.select_related("session", "speciality")
            ],
            "form": form,
        }
        return TemplateResponse(request, "admin/results/release/withdraw.html", context)

    def _withdraw(self, request, releases, message):
        done = withdraw_all(releases, by=request.user, message=message)
        for release in done:
            self.log_change(request, release, str(_("Retirée")))
        if done:
            text = ngettext(
                "%(count)d publication retirée.", "%(count)d publications retirées.", len(done)
            )
            messages.success(request, text % {"count": len(done)})
        else:
            messages.info(request, _("C’était déjà fait : rien n’est en ligne."))
