"""Rows that wait for staff: how many and since when, for the first page; their list, oldest first.

A `ModelAdmin` that extends `QueueAdmin` declares them by `waiting`. The first page collects those
of all tables (`results_portal.templatetags.office_home`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, Expression, F, Min, OrderBy, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

MOST = 1000  # rows that are counted; beyond it the first page says "plus de"
PARAMETER = "attente"


@dataclass(frozen=True)
class Waiting:
    """Rows of a table that wait for staff.

    `name`: of this queue, in the URL of its list. `label`: plural. `rows`: returns those of a
    queryset that wait. `since`: the field, or an expression, with the instant from which a row
    waits.
    """

    name: str
    label: str | Promise
    rows: Callable[[Any], QuerySet]
    since: str | Expression | Subquery

    @property
    def oldest_first(self) -> list[Any]:
        """The order of their list."""
        since = F(self.since) if isinstance(self.since, str) else self.since
        return [OrderBy(since), "pk"]

    def found(self, rows: QuerySet) -> tuple[int, datetime | None]:
        """Return how many of `rows` wait, `MOST` + 1 at the most, and since when. One query."""
        since, key = self.oldest_first
        waiting = self.rows(rows).annotate(waits_since=since.expression)
        oldest = waiting.order_by("waits_since", key)[: MOST + 1]
        found = oldest.aggregate(count=Count("pk"), since=Min("waits_since"))
        return found["count"], found["since"]


class WaitingFilter(admin.SimpleListFilter):
    """Filter of a list by what waits in it."""

    title = gettext_lazy("ce qui attend")
    parameter_name = PARAMETER

    def lookups(self, request, model_admin):
        self.waiting = {one.name: one for one in model_admin.waiting}
        return [(one.name, one.label) for one in model_admin.waiting]

    def queryset(self, request, queryset):
        chosen = self.waiting.get(self.value())
        return chosen.rows(queryset) if chosen else queryset


class QueueAdmin(admin.ModelAdmin):
    """Admin of a table with rows that wait for staff."""

    waiting: Sequence[Waiting] = ()

    def work(self):
        """Return what waits in this table, for `admin/home/work.html`. One query for each kind."""
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        work = []
        for one in self.waiting:
            count, since = one.found(self.model._default_manager.all())
            if since:
                work.append(
                    {
                        "label": one.label,
                        "count": min(count, MOST),
                        "more": count > MOST,
                        "since": since,
                        "when": since_when(since),
                        "address": f"{address}?{PARAMETER}={one.name}",
                    }
                )
        return work

    def get_list_filter(self, request):
        return [WaitingFilter, *super().get_list_filter(request)]

    def get_ordering(self, request):
        for one in self.waiting:
            if one.name == request.GET.get(PARAMETER):
                return one.oldest_first
        return super().get_ordering(request)


def since_when(instant: datetime) -> str:
    """Return words that follow "depuis": the hour of today, else the day and how long ago it is."""
    day, today = timezone.localtime(instant), timezone.localdate()
    if day.date() == today:
        return date_format(day, "H:i")
    days = (today - day.date()).days
    ago = ngettext("%(n)s jour", "%(n)s jours", days) % {"n": days}
    return _("le %(day)s (%(ago)s)") % {"day": date_format(day, "j F Y"), "ago": ago}
