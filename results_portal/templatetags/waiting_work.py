"""Pending work on the first page of the admin."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib import admin
from django.urls import reverse
from django.utils.http import urlencode

register = template.Library()


@register.inclusion_tag("admin/waiting_work.html", takes_context=True)
def waiting_work(context: dict[str, Any]) -> dict[str, Any]:
    """Count the pending rows of each model, with the URL of their list. One query for each.

    A `ModelAdmin` declares them by `waiting`, a list of `candidates.admin.changelists.Waiting`; by
    `alarms()` it returns sentences that staff must read first.
    """
    request = context["request"]
    work, alarms = [], []
    for model, model_admin in admin.site._registry.items():
        waiting = getattr(model_admin, "waiting", [])
        alarms_of = getattr(model_admin, "alarms", None)
        if not (waiting or alarms_of) or not model_admin.has_view_permission(request):
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        if alarms_of:
            alarms += [{"said": said, "address": reverse(name)} for said in alarms_of()]
        for rows in waiting:
            count = model._default_manager.filter(**rows.values).count()
            exact = {f"{field}__exact": value for field, value in rows.values.items()}
            query = urlencode(rows.query or exact)
            label = rows.label or model._meta.verbose_name_plural
            work.append({"label": label, "count": count, "address": f"{reverse(name)}?{query}"})
    return {"work": [item for item in work if item["count"]], "alarms": alarms}
