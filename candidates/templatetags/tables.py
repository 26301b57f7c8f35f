"""The tables of the admin, for its second page and for the side of the others."""

from __future__ import annotations

from typing import Any

from django import template

from candidates.admin.tables import Task, by_task

register = template.Library()


@register.simple_tag(takes_context=True)
def tables_by_task(context: dict[str, Any]) -> list[tuple[Task, list[dict[str, Any]]]]:
    """Return each task with the tables that somebody may see: see `candidates.admin.tables`."""
    return by_task(context.get("available_apps", []))
