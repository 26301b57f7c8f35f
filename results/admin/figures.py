"""The page of a session's figures, for the office: complete, before the release and after."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from candidates.models import Session
from results.models import Decision, Release
from results.statistics import figures

RIGHT = "results.view_decision"


class SessionFigures(admin.ModelAdmin):
    """Adds the page of figures to the admin of sessions, for who may read decisions."""

    def get_urls(self):
        page = self.admin_site.admin_view(self.figures_page)
        return [
            path("<int:pk>/chiffres/", page, name="candidates_session_figures"),
            *super().get_urls(),
        ]

    def figures_page(self, request, pk):
        session = get_object_or_404(Session, pk=pk)
        if not (self.has_view_permission(request, session) and request.user.has_perm(RIGHT)):
            raise PermissionDenied
        found = figures.of_session(session)
        shown = [(table, figures.TABLES[table], rows) for table, rows in found.tables.items()]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Chiffres : %(session)s") % {"session": session},
            "opts": self.opts,
            "session": session,
            "figures": found,
            "tables": [one for one in shown if one[2]],
            "to_come": _is_to_come(session),
        }
        return TemplateResponse(request, "admin/candidates/session/figures.html", context)


def _is_to_come(session):
    """Whether anything that is decided is not public."""
    seen = Release.objects.open().filter(
        session=session, speciality=OuterRef("entry__speciality"), round=OuterRef("round")
    )
    return Decision.objects.filter(~Exists(seen), entry__session=session).exists()
