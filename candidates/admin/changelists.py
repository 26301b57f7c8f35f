"""Base classes of the admin pages: bounded counts, private searches, read-only rows."""

from django.contrib import admin, messages
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR, ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from candidates.admin import private_searches
from candidates.admin.permitted_links import PermittedAdminForm
from candidates.models.requests import TransitionError


class PlainTitles(admin.ModelAdmin):
    """Admin whose pages have the name of the model as title, and links that lead somewhere."""

    def render_change_form(self, request, context, *args, **kwargs):
        context["adminform"].form.staff = request.user
        context["adminform"].__class__ = PermittedAdminForm  # Django has no setting for it
        return super().render_change_form(request, context, *args, **kwargs)

    def add_view(self, request, form_url="", extra_context=None):
        title = {"title": _("Ajouter : %(name)s") % {"name": self.opts.verbose_name}}
        return super().add_view(request, form_url, title | (extra_context or {}))

    def changelist_view(self, request, extra_context=None):
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, title | (extra_context or {}))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        title = {"title": capfirst(self.opts.verbose_name)}
        return super().change_view(request, object_id, form_url, title | (extra_context or {}))


class BoundedPaginator(Paginator):
    """Paginator that counts and shows rows up to a bound; beyond it, staff search instead."""

    bound = 10_000
    object_list: QuerySet

    @cached_property
    def found(self):
        return self.object_list.order_by()[: self.bound + 1].count()

    @property
    def bounded(self):
        return self.found > self.bound

    @cached_property
    def count(self):
        return min(self.found, self.bound)


class PrivateSearchChangeList(ChangeList):
    """Change list that takes the search terms from the session; the URL holds a token only."""

    private_search = True

    @property
    def without_search(self):
        return self.get_query_string(remove=[SEARCH_VAR])

    def get_queryset(self, request, exclude_parameters=None):
        asked = request.GET.get(SEARCH_VAR, "")
        self.query = private_searches.kept(request, asked)
        if asked and not self.query:
            messages.warning(request, _("Cette recherche a expiré, recommencez-la."))
        return super().get_queryset(request, exclude_parameters)


class PrivateSearchAdmin(PlainTitles):
    """Admin whose searches name people: no name appears in a URL or a log."""

    def get_changelist(self, request, **kwargs):
        return PrivateSearchChangeList

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST" and SEARCH_VAR in request.POST:
            return self._keep_search(request, request.POST[SEARCH_VAR].strip())
        return super().changelist_view(request, extra_context)

    def _keep_search(self, request, terms):
        address = request.GET.copy()
        for name in (PAGE_VAR, SEARCH_VAR):
            address.pop(name, None)
        if terms:
            address[SEARCH_VAR] = private_searches.keep(request, terms)
        return HttpResponseRedirect(f"{request.path}?{address.urlencode()}")


class LargeTableAdmin(PlainTitles):
    """Admin of a table that may hold hundreds of thousands of rows."""

    paginator = BoundedPaginator
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER


class TransitionAdmin(PlainTitles):
    """Admin of rows that have states: a transition that is refused saves nothing and says why."""

    def changeform_view(self, request, *args, **kwargs):
        try:
            return super().changeform_view(request, *args, **kwargs)
        except TransitionError as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return HttpResponseRedirect(request.path)


class ReadOnlyAdmin(PlainTitles):
    """Admin that shows rows and writes none."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
