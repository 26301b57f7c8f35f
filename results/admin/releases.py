from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from candidates import typed
from candidates.admin.changelists import LargeTableAdmin, ReadOnlyAdmin
from candidates.admin.tables import Task
from candidates.models import Message
from results.admin.filters import SpecialityFilter, StateFilter
from results.admin.publication_status import STATES, release_state
from results.admin.release_forms import WithdrawForm
from results.models import Release
from results.publication import notices
from results.publication.release import withdraw


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin, LargeTableAdmin, admin.ModelAdmin):
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
        """POST of `release` keys: show the form of a message; with `_confirm`, withdraw."""
        if not self.has_release_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
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
        current = list(releases.filter(withdrawn_at=None))
        for release in current:
            withdraw(release, by=request.user, message=message)
            self.log_change(request, release, str(_("Retirée")))
        if current:
            text = ngettext(
                "%(count)d publication retirée.", "%(count)d publications retirées.", len(current)
            )
            messages.success(request, text % {"count": len(current)})
        else:
            messages.info(request, _("C’était déjà fait : rien n’est en ligne."))
