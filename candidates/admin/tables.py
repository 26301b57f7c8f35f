"""Second page of the admin: its tables by task, each task's in French alphabetical order."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from candidates.names.sorting import search_key


class Task(models.TextChoices):
    """A task of the office: a `ModelAdmin` says by `task` which one its table serves."""

    SESSIONS = "sessions", _("Sessions et référentiel")
    CANDIDATES = "candidats", _("Candidats")
    RESULTS = "resultats", _("Résultats")
    PAPERS = "diplomes", _("Diplômes et attestations")
    REQUESTS = "demandes", _("Demandes et courriels")
    WORK = "travaux", _("Imports et tâches")
    ACCOUNTS = "comptes", _("Comptes et connexions")
    HISTORY = "historique", _("Historique")


def by_task(apps: list[dict[str, Any]]) -> list[tuple[Task, list[dict[str, Any]]]]:
    """Return each task with its tables, as Django describes them in the `models` of `apps`."""
    tables: dict[Task, list[dict[str, Any]]] = {task: [] for task in Task}
    for app in apps:
        for table in app["models"]:
            task = getattr(admin.site._registry[table["model"]], "task", Task.HISTORY)
            tables[task].append(table)
    return [
        (task, sorted(found, key=lambda table: search_key(str(table["name"]))))
        for task, found in tables.items()
        if found
    ]


def page(request: HttpRequest) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": _("Tables")}
    return TemplateResponse(request, "admin/tables.html", context)
