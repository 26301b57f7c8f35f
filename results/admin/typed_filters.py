"""Filters of the list of entries by words that staff type: there are too many values to choose."""

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR
from django.utils.translation import gettext_lazy as _

from candidates.models import Entry, School
from candidates.names.likeness import SCHOOL
from candidates.names.sorting import search_key

MOST = 200  # values that may answer at once
SHOWN = 10  # of them


class TypedFilter(admin.SimpleListFilter):
    """Abstract filter by the values that hold every word typed, without accents or capitals.

    Subclasses give `column`, which has an index, and `answering`.
    """

    template = "admin/typed_filter.html"
    column: str
    hint = _("quelques mots")

    def lookups(self, request, model_admin):
        return ()

    def has_output(self):
        return True

    def answering(self, typed):
        """Return the values of the column that answer, `MOST` + 1 at most, with their names."""
        raise NotImplementedError

    def queryset(self, request, queryset):
        self.typed = " ".join((self.value() or "").split())
        self.found = self.answering(self.typed) if self.typed else {}
        if not self.typed:
            return queryset
        return queryset.filter(**{f"{self.column}__in": list(self.found)[:MOST]})

    def choices(self, changelist):
        names = sorted(self.found.values(), key=search_key)
        hidden = (self.parameter_name, PAGE_VAR)
        yield {
            "typed": self.typed,
            "kept": [pair for pair in changelist.params.items() if pair[0] not in hidden],
            "found": names[:SHOWN],
            "more": len(names) > SHOWN,
            "without": changelist.get_query_string(remove=[self.parameter_name]),
        }


class SchoolFilter(TypedFilter):
    title = _("établissement")
    parameter_name = "school"
    column = "school"
    hint = _("UAI, nom ou ville")

    def answering(self, typed):
        return {uai: f"{name}, {city}" for uai, name, city in _schools(typed)}


class PostingPlaceFilter(TypedFilter):
    title = _("lieu d’affichage")
    parameter_name = "place"
    column = "posting_place"

    def answering(self, typed):
        return _holding(Entry.objects.values_of("posting_place"), typed)


class CentreFilter(TypedFilter):
    """A centre is a name, or the UAI of a school, which is then found by its name too."""

    title = _("centre d’examen")
    parameter_name = "centre"
    column = "centre"
    hint = _("UAI ou nom")

    def answering(self, typed):
        there = Entry.objects.values_of("centre")
        schools = {uai: f"{name}, {city}" for uai, name, city in _schools(typed)}
        of_schools = {value: schools[value] for value in there if value in schools}
        return dict([*of_schools.items(), *_holding(there, typed).items()][: MOST + 1])


def _holding(values, typed):
    words = search_key(typed).split()
    found = [value for value in values if all(word in search_key(value) for word in words)]
    return {value: value for value in found[: MOST + 1]}


def _schools(typed):
    words = search_key(typed).lower().split()
    found = School.objects.alias(key=SCHOOL)
    if typed[:1].isdigit():
        found = found.filter(uai__startswith=typed.replace(" ", "").upper())
    else:
        for word in words:
            found = found.filter(key__contains=word)
        found = found if words else found.none()
    return found.order_by("uai").values_list("uai", "name", "city")[: MOST + 1]
