from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from candidates import typed
from candidates.admin.changelists import LargeTableAdmin, PrivateSearchAdmin, ReadOnlyAdmin
from candidates.admin.seen import SeenListAdmin
from candidates.admin.tables import Task
from candidates.models import Candidate, Entry, IdentityRequest, Reading
from candidates.names.searching import named
from results.admin import history, wording
from results.admin.correction_edit import CorrectionEdit
from results.admin.edit_page import EditPage
from results.admin.filters import LackingFilter, RoundFilter, SpecialityFilter, VerdictFilter
from results.admin.jury_edit import JuryEdit, rounds_to_decide
from results.admin.publication_status import status_of
from results.admin.typed_filters import CentreFilter, PostingPlaceFilter, SchoolFilter
from results.models import (
    VERDICT_LABELS,
    Decision,
    JuryDecision,
    Mark,
    PublishedResult,
    Test,
    Verdict,
)
from results.rights import may_correct, may_grant_points


class CorrectionPage(EditPage):
    edit_class = CorrectionEdit
    may = staticmethod(may_correct)
    form_template = "admin/candidates/entry/correct.html"
    title = _("Corriger")
    seen_as = Reading.What.CORRECTION
    done = _("La correction est enregistrée.")

    def edit_of(self, data: Mapping[str, Any] | None = None) -> CorrectionEdit:
        """Return the correction, filled in from the request `?demande=` where there is one."""
        key = typed.primary_key(self.request.GET.get("demande", ""))
        of_person = IdentityRequest.objects.filter(entry__candidate=self.entry.candidate_id)
        asked = of_person.to_correct().filter(pk=key).first() if key else None
        return CorrectionEdit(self.entry, data, asked=asked)


class JuryPage(EditPage):
    edit_class = JuryEdit
    may = staticmethod(may_grant_points)
    form_template = "admin/candidates/entry/jury.html"
    title = _("Décision du jury")
    seen_as = Reading.What.JURY
    done = _("La décision du jury est enregistrée.")

    def edit_of(self, data: Mapping[str, Any] | None = None) -> JuryEdit:
        rounds = rounds_to_decide(self.entry, self._user)
        if not rounds:
            raise PermissionDenied
        return JuryEdit(self.entry, data, rounds=rounds)


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin, PrivateSearchAdmin, LargeTableAdmin, SeenListAdmin):
    """One candidate in one session: their result, its history, and links to change it."""

    task = Task.CANDIDATES
    seen_as = Reading.What.ENTRY
    list_display = [
        "number",
        "name",
        "born",
        "school_name",
        "of_session",
        "verdict",
    ]
    list_filter = [
        SchoolFilter,
        CentreFilter,
        PostingPlaceFilter,
        "session",
        RoundFilter,
        VerdictFilter,
        LackingFilter,
        "withheld",
        "status",
        ("speciality", SpecialityFilter),
        "academy",
    ]
    list_select_related = ["candidate", "school", "session", "speciality"]
    ordering = ["session_id", "number"]
    sortable_by = []
    search_fields = ["number"]
    search_help_text = _("Numéro, INE ou nom, nom et prénom : le début suffit.")
    change_form_template = "admin/candidates/entry/change_form.html"
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "number",
                    "person",
                    "session",
                    "speciality",
                    ("status", "form"),
                    ("units", "subjects"),
                    ("school", "academy"),
                    ("centre", "posting_place"),
                    ("web_consent", "withheld"),
                    "created_at",
                ]
            },
        )
    ]
    readonly_fields = ["person", "created_at"]

    def entries_of(self, entry):
        return [entry.pk]

    def get_queryset(self, request):
        decisions = Prefetch("decisions", Decision.objects.order_by("-round"))
        return super().get_queryset(request).prefetch_related(decisions)

    @admin.display(description=_("session"))
    def of_session(self, entry):
        return f"{entry.session.code} {entry.speciality.code}"

    @admin.display(description=_("candidat"))
    def name(self, entry):
        return entry.candidate.list_name

    @admin.display(description=Candidate._meta.get_field("birth_date").verbose_name)
    def born(self, entry):
        return f"{entry.candidate.birth_date:%d/%m/%Y}"

    @admin.display(description=_("établissement"))
    def school_name(self, entry):
        return entry.school.name if entry.school else wording.NOTHING

    @admin.display(description=_("décision"))
    def verdict(self, entry):
        if entry.withheld:
            return VERDICT_LABELS[Verdict.WITHHELD]
        last = next(iter(entry.decisions.all()), None)
        return last.get_verdict_display() if last else wording.NOTHING

    @admin.display(description=_("candidat"))
    def person(self, entry):
        candidate = entry.candidate
        return format_html(
            '<a href="{}">{}</a>, {}',
            reverse("admin:candidates_candidate_change", args=[candidate.pk]),
            candidate.list_name,
            _("né(e) le %(date)s") % {"date": wording.field_value(None, candidate.birth_date)},
        )

    def get_search_results(self, request, queryset, search_term):
        code = typed.number(search_term)
        if not any(character.isdigit() for character in code):
            people = named(Candidate.objects.order_by(), search_term)
            return (queryset.filter(candidate__in=people) if search_term else queryset), False
        with_ine = list(Candidate.objects.filter(ine=code).order_by().values_list("pk", flat=True))
        by_number = queryset.filter(number__startswith=code)
        return (by_number | queryset.filter(candidate__in=with_ine)), False

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path(
                "<int:entry_id>/corriger/",
                wrap(CorrectionPage.as_view()),
                name="candidates_entry_correct",
            ),
            path("<int:entry_id>/jury/", wrap(JuryPage.as_view()), name="candidates_entry_jury"),
            *super().get_urls(),
        ]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Entry | None = None,
    ) -> HttpResponse:
        if obj:
            context |= _dossier(obj)
            context["proposals"] = obj.proposals.select_related("proposed_by", "decided_by")
            context["may_correct"] = may_correct(request.user)
            context["may_decide"] = bool(rounds_to_decide(obj, request.user))
        return super().render_change_form(request, context, add, change, form_url, obj)


def _dossier(entry: Entry) -> dict[str, Any]:
    """Return the template context of an entry's page: marks, decisions, results, history."""
    marks = list(Mark.objects.filter(entry=entry).select_related("test"))
    jury = list(JuryDecision.objects.filter(entry=entry).select_related("author").order_by("round"))
    revisions = PublishedResult.objects.filter(entry=entry).select_related("author", "release")
    revisions = revisions.defer("document", "sort_key", "search_key")
    return {
        "publication": status_of(entry),
        "tests": _rows(entry, marks),
        "decisions": [
            (decision, wording.decision(decision))
            for decision in Decision.objects.filter(entry=entry).order_by("round")
        ],
        "jury_decisions": jury,
        "revisions": revisions.order_by("-round", "-revision"),
        "changes": history.changes_of(entry, marks=marks, jury_decisions=jury),
    }


def _rows(entry: Entry, marks: Iterable[Mark]) -> list[dict[str, Any]]:
    """Return each test of the entry's speciality with its marks of both rounds, as texts."""
    by_place = {(mark.test_id, mark.round): mark for mark in marks}

    def text(test: Test, round: int) -> str:
        mark = by_place.get((test.pk, round))
        return wording.mark(mark.value, mark.status, mark.origin) if mark else wording.NOTHING

    tests = Test.objects.filter(speciality=entry.speciality_id).order_by("position")
    return [{"test": test, "first": text(test, 1), "second": text(test, 2)} for test in tests]
