"""Filters of the staff's lists."""

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from candidates import typed
from candidates.models import Session, Speciality
from results.admin.lifecycle import CALLED_AND_LACKING_A_MARK, LACKING_A_MARK
from results.admin.publication_status import COMING, OPEN, STATES, WITHDRAWN
from results.models import ROUNDS, VERDICT_CHOICES, Decision, Verdict

_ROUNDS = [str(round) for round, _name in ROUNDS]


class RoundFilter(admin.SimpleListFilter):
    """Filter by the round of a decision, which `VerdictFilter` then takes for the last one."""

    title = _("tour")
    parameter_name = "round"

    def lookups(self, request, model_admin):
        return ROUNDS

    def queryset(self, request, queryset):
        round = self.value()
        if round not in _ROUNDS or request.GET.get(VerdictFilter.parameter_name):
            return queryset
        decided = Decision.objects.filter(entry=OuterRef("pk"), round=int(round))
        return queryset.filter(Exists(decided))


class VerdictFilter(admin.SimpleListFilter):
    title = _("décision")
    parameter_name = "verdict"

    def lookups(self, request, model_admin):
        return [*VERDICT_CHOICES, ("none", _("pas encore délibéré"))]

    def queryset(self, request, queryset):
        of_entry = Decision.objects.filter(entry=OuterRef("pk"))
        round = request.GET.get(RoundFilter.parameter_name)
        if round in _ROUNDS:
            of_entry = of_entry.filter(round=round)
        if self.value() == "none":
            return queryset.filter(~Exists(of_entry))
        if self.value() in set(Verdict) and round in _ROUNDS:
            return queryset.filter(Exists(of_entry.filter(verdict=self.value())))
        if self.value() in set(Verdict):
            later = Decision.objects.filter(entry=OuterRef("entry"), round__gt=OuterRef("round"))
            last = of_entry.filter(~Exists(later), verdict=self.value())
            return queryset.filter(Exists(last))
        return queryset


class LackingFilter(admin.SimpleListFilter):
    """Filter those who lack a mark of a round, and are not decided but as incomplete."""

    title = _("notes manquantes")
    parameter_name = "lacking"

    def lookups(self, request, model_admin):
        return ROUNDS

    def queryset(self, request, queryset):
        lacking = {"1": LACKING_A_MARK, "2": CALLED_AND_LACKING_A_MARK}.get(self.value() or "")
        if lacking is None:
            return queryset
        chosen = typed.primary_key(request.GET.get("session__id__exact", ""))
        sessions = [chosen] if chosen else list(_every_session())
        return queryset.filter(pk__in=RawSQL(lacking, [sessions]))  # noqa: S611 - SQL of ours


def _every_session():
    return Session.objects.values_list("pk", flat=True)


class SpecialityFilter(admin.RelatedFieldListFilter):
    """Filter by code: specialities of different sessions may have the same label."""

    def field_choices(self, field, request, model_admin):
        found = Speciality.objects.order_by("code")
        return [(speciality.pk, speciality.code) for speciality in found]


class StateFilter(admin.SimpleListFilter):
    title = _("état")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return STATES.items()

    def queryset(self, request, queryset):
        return {
            OPEN: queryset.open,
            COMING: queryset.upcoming,
            WITHDRAWN: lambda: queryset.filter(withdrawn_at__isnull=False),
        }.get(self.value() or "", lambda: queryset)()
