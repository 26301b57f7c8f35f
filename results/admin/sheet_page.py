"""The two steps of a change to one entry: what is typed, then what it will do, confirmed."""

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from candidates.models import Entry
from results.admin.refusals import Refused
from results.admin.sheets import Moved
from results.admin.standing import standing_of


@method_decorator(sensitive_post_parameters(), name="dispatch")
class SheetPage(View):
    """A page for one `Sheet`: `form_template` asks, `confirm.html` repeats, the sheet applies."""

    sheet_class = None
    permission = None
    form_template = None
    title = None
    done = None

    def dispatch(self, request, entry_id):
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        entries = Entry.objects.select_related("session", "speciality", "candidate")
        self.entry = get_object_or_404(entries, pk=entry_id)
        return super().dispatch(request)

    def get(self, request):
        return self._ask(self.sheet_class(self.entry))

    def post(self, request):
        sheet = self.sheet_class(self.entry, request.POST)
        if "_edit" in request.POST or not sheet.is_valid():
            return self._ask(sheet)
        if not sheet.lines():
            messages.info(request, _("Rien à changer : le dossier est déjà ainsi."))
            return self._back()
        try:
            if "_confirm" in request.POST and sheet.unmoved:
                return self._apply(sheet)
            return self._confirm(sheet)
        except Refused as refused:
            return self._ask(sheet, refused.problems)
        except Moved:
            self.entry.refresh_from_db()
            return self.post(request)

    def _apply(self, sheet):
        lines = sheet.lines()
        sheet.apply(self.request.user)
        reason = sheet.reason.cleaned_data["reason"]
        changes = " ; ".join(f"{line.what} : {line.before} → {line.after}" for line in lines)
        LogEntry.objects.log_actions(
            self.request.user.pk,
            [self.entry],
            CHANGE,
            change_message=f"{self.title} – {reason} – {changes}",
            single_object=True,
        )
        messages.success(self.request, self.done)
        return self._back()

    def _ask(self, sheet, problems=()):
        return self._page(self.form_template, sheet, problems=problems)

    def _confirm(self, sheet):
        return self._page(
            "admin/results/confirm_sheet.html",
            sheet,
            lines=sheet.lines(),
            outcome=sheet.rehearse(self.request.user),
            moved=not sheet.unmoved,
        )

    def _page(self, template, sheet, **context):
        context |= {
            **admin.site.each_context(self.request),
            "title": self.title,
            "opts": Entry._meta,
            "entry": self.entry,
            "sheet": sheet,
            "standing": standing_of(self.entry),
        }
        return TemplateResponse(self.request, template, context)

    def _back(self):
        return redirect("admin:candidates_entry_change", self.entry.pk)
