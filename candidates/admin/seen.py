"""Base classes of admin pages about candidates: who was shown a row, or its list, is kept."""

from django.contrib import admin

from candidates.models import Reading
from candidates.trail import readings


class SeenAdmin(admin.ModelAdmin):
    """Admin whose page of a row is kept in the trail when it is shown, as `seen_as`."""

    seen_as: Reading.What

    def entries_of(self, row):
        """Return the keys of the entries that the page of a row is about."""
        return [] if row.entry_id is None else [row.entry_id]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            readings.saw(request, self.seen_as, entries=self.entries_of(obj))
        return super().render_change_form(request, context, add, change, form_url, obj)


class SeenListAdmin(SeenAdmin):
    """Admin whose list shows marks or decisions: what is shown before its hour is kept."""

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        shown = (getattr(response, "context_data", None) or {}).get("cl")
        if shown is not None:
            keys = [key for row in shown.result_list for key in self.entries_of(row)]
            readings.saw_list(request, keys)
        return response
