"""Read-only lists of marks, decisions, published results and their history."""

import json
from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from candidates import typed
from candidates.admin.changelists import LargeTableAdmin, PrivateSearchAdmin, ReadOnlyAdmin
from candidates.admin.seen import SeenListAdmin
from candidates.admin.tables import Task
from candidates.models import Reading
from results.admin import wording
from results.admin.filters import SpecialityFilter
from results.models import (
    Decision,
    JuryDecision,
    Mark,
    PublishedResult,
)


class OfEntries(ReadOnlyAdmin, PrivateSearchAdmin, LargeTableAdmin, SeenListAdmin):
    """Rows of entries, found by candidate number, with a link to the page of the entry."""

    list_select_related = ["entry__session"]
    list_display_links: list[Any] | None = None
    sortable_by = []
    search_fields = ["entry__number"]
    search_help_text = _("Numéro de candidat : le début suffit.")
    readonly_fields = ["entry_link"]

    def get_search_results(self, request, queryset, search_term):
        number = typed.number(search_term)
        return queryset.filter(entry__number__startswith=number), False

    @admin.display(description=_("inscription"))
    def entry_link(self, row):
        address = reverse("admin:candidates_entry_change", args=[row.entry_id])
        return format_html('<a href="{}">{}</a>', address, row.entry)


@admin.register(Mark)
class MarkAdmin(OfEntries):
    task = Task.RESULTS
    seen_as = Reading.What.MARK
    list_display = ["entry_link", "test", "round", "shown"]
    list_filter = ["status", "round", "entry__session", ("test__speciality", SpecialityFilter)]
    list_select_related = ["entry__session", "test"]
    ordering = ["entry_id", "test_id", "round"]
    fields = ["entry_link", "test", "round", "shown"]
    readonly_fields = ["entry_link", "shown"]

    @admin.display(description=_("note"))
    def shown(self, mark):
        return wording.mark(mark.value, mark.status, mark.origin)


@admin.register(Decision)
class DecisionAdmin(OfEntries):
    task = Task.RESULTS
    seen_as = Reading.What.DECISION
    list_display = ["entry_link", "round", "verdict", "mention", "average", "rule_verdict"]
    list_filter = ["round", "verdict", "entry__session", ("entry__speciality", SpecialityFilter)]
    ordering = ["entry_id", "round"]
    fields = [
        "entry_link",
        "round",
        "verdict",
        "mention",
        "rule_verdict",
        "shown_points",
        "shown_divisor",
        "average",
        "why",
        "jury_points",
        "decided_at",
    ]
    readonly_fields = ["entry_link", "shown_points", "shown_divisor", "why"]

    @admin.display(description=_("points"))
    def shown_points(self, decision):
        return wording.points(decision.points)

    @admin.display(description=_("diviseur"))
    def shown_divisor(self, decision):
        return wording.points(decision.divisor)

    @admin.display(description=_("motifs"))
    def why(self, decision):
        return wording.reasons(decision.reasons) or wording.NOTHING


@admin.register(JuryDecision)
class JuryDecisionAdmin(OfEntries):
    task = Task.RESULTS
    seen_as = Reading.What.DECISION
    list_display = ["entry_link", "round", "points", "author", "created_at"]
    list_filter = ["round", "entry__session", ("entry__speciality", SpecialityFilter)]
    list_select_related = ["entry__session", "author"]
    ordering = ["-pk"]
    exclude = ["entry"]
    readonly_fields = ["entry_link", "created_at"]


@admin.register(PublishedResult)
class PublishedResultAdmin(OfEntries):
    """Published results, one row for each revision."""

    task = Task.RESULTS
    seen_as = Reading.What.RESULT
    list_display = [
        "list_name",
        "entry_link",
        "round",
        "revision",
        "verdict",
        "created_at",
        "author",
    ]
    list_filter = [
        "round",
        "verdict",
        "release__session",
        ("release__speciality", SpecialityFilter),
    ]
    list_display_links = ["list_name"]
    list_select_related = ["entry__session", "author"]
    ordering = ["-pk"]
    fields = [
        "entry_link",
        "release",
        ("round", "revision"),
        "verdict",
        ("list_name", "web_listed"),
        "posting_place",
        "created_at",
        ("reason", "author"),
        "readable",
        "raw",
    ]
    readonly_fields = ["entry_link", "created_at", "readable", "raw"]

    def get_queryset(self, request):
        found = super().get_queryset(request).defer("sort_key", "search_key")
        return (
            found.defer("document") if request.resolver_match.url_name.endswith("list") else found
        )

    @admin.display(description=_("contenu"))
    def readable(self, result):
        return render_to_string(
            "admin/results/publishedresult/document.html", {"document": result.whole_document}
        )

    @admin.display(description=_("données"))
    def raw(self, result):
        text = json.dumps(result.whole_document, ensure_ascii=False, indent=2)
        return format_html("<details><summary>JSON</summary><pre>{}</pre></details>", text)
