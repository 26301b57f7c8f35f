"""The first page of the admin: what its tables declare."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib import admin
from django.urls import reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def office_home(context: dict[str, Any]) -> dict[str, Any]:
    """Collect what the tables that somebody may see declare for the first page.

    By `alarms()`, a `ModelAdmin` returns sentences that staff must read before all; by
    `home_section()`, a dictionary with its `template`, which finds it as `section`; by `work()`,
    what waits (`candidates.admin.waiting`), which is sorted, the oldest first.
    """
    alarms: list[dict[str, str]] = []
    sections: list[dict[str, Any]] = []
    work: list[dict[str, Any]] = []
    for table in admin.site._registry.values():
        if not table.has_view_permission(context["request"]):
            continue
        if hasattr(table, "alarms"):
            name = f"admin:{table.opts.app_label}_{table.opts.model_name}_changelist"
            alarms += [{"said": said, "address": reverse(name)} for said in table.alarms()]
        if hasattr(table, "home_section"):
            sections.append(table.home_section())
        if hasattr(table, "work"):
            work += table.work()
    work.sort(key=lambda waiting: waiting["since"])
    return {"alarms": alarms, "sections": sections, "work": work}
