"""The two steps of an edit of one entry: a form, then its effect to confirm."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from candidates.admin.proposals import lead_to_proposal
from candidates.freeze import OpeningSoon
from candidates.models import Entry, Reading
from candidates.proposals import people
from candidates.trail import readings
from results.admin import correction_proposals
from results.admin.entry_edit import EntryEdit, Rehearsal, StaleEdit
from results.admin.publication_status import status_of
from results.admin.refusals import Refused
from results.publication import hours


@method_decorator(sensitive_post_parameters(), name="dispatch")
class EditPage(View):
    """The page of one kind of `EntryEdit`.

    GET shows the form (`form_template`); POST shows the effect (`confirm_edit.html`), and with
    `_confirm` applies the edit. `may(user)` says who may.
    """

    edit_class: type[EntryEdit]
    may: Callable[[Any], bool]
    form_template: str
    seen_as: Reading.What
    title: str | Promise
    done: str | Promise

    def dispatch(self, request: HttpRequest, entry_id: int) -> HttpResponseBase:
        if not self.may(request.user):
            raise PermissionDenied
        entries = Entry.objects.select_related("session", "speciality", "candidate")
        self.entry = get_object_or_404(entries, pk=entry_id)
        return super().dispatch(request)

    def edit_of(self, data: Mapping[str, Any] | None = None) -> EntryEdit:
        """Return the edit of the entry, with the posted `data`."""
        return self.edit_class(self.entry, data)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show_form(self.edit_of())

    def post(self, request: HttpRequest) -> HttpResponse:
        edit = self.edit_of(request.POST)
        if "_edit" in request.POST or not edit.is_valid():
            return self._show_form(edit)
        if not edit.changed_values():
            edit.nothing_to_change()
            messages.info(request, _("Rien à changer : le dossier est déjà ainsi."))
            return self._back()
        try:
            if "_confirm" in request.POST and edit.up_to_date:
                return self._apply(edit)
            return self._confirm(edit)
        except Refused as refused:
            return self._show_form(edit, refused.problems)
        except OpeningSoon:
            return self._confirm(edit, mistyped="confirmed" in request.POST)
        except StaleEdit:
            self.entry.refresh_from_db()
            return self.post(request)

    @property
    def _user(self) -> User:
        return cast(User, self.request.user)  # not anonymous: it has the permission

    def _apply(self, edit: EntryEdit) -> HttpResponse:
        values = edit.changed_values()
        if people.needs_two() and self._takes_two(edit.rehearse(self._user)):
            return lead_to_proposal(
                self.request,
                lambda: correction_proposals.propose(edit, self.request.POST, by=self._user),
            )
        edit.apply(self._user, confirmed=self.request.POST.get("confirmed", "").strip())
        edit.note_in_journal(self._user, self.title, values)
        messages.success(self.request, str(self.done))
        return self._back()

    def _takes_two(self, rehearsal: Rehearsal) -> bool:
        return people.needs_two() and correction_proposals.takes_two(self.entry, rehearsal)

    def _show_form(self, edit: EntryEdit, problems: Iterable[str] = ()) -> HttpResponse:
        return self._page(self.form_template, edit, problems=problems)

    def _confirm(self, edit: EntryEdit, *, mistyped: bool = False) -> HttpResponse:
        now = timezone.now()
        soon = hours.opening_soon([self.entry.pk], now=now)
        rehearsal = edit.rehearse(self._user)
        takes_two = self._takes_two(rehearsal)
        return self._page(
            "admin/results/confirm_edit.html",
            edit,
            changes=edit.changed_values(),
            outcome=rehearsal.decisions,
            warnings=rehearsal.warnings,
            takes_two=takes_two,
            doubts=[] if takes_two else [hours.soon_sentence(release, now) for release in soon],
            code=self.entry.session.code,
            mistyped=mistyped,
            stale=not edit.up_to_date,
            effect=status_of(self.entry).effect_of(
                revisions=rehearsal.revisions, internal=edit.internal
            ),
        )

    def _page(self, template: str, edit: EntryEdit, **context: Any) -> HttpResponse:
        readings.saw(self.request, self.seen_as, entries=[self.entry.pk])
        publication = status_of(self.entry)
        context = {
            "effect": publication.effect,
            **admin.site.each_context(self.request),
            "title": self.title,
            "opts": Entry._meta,
            "entry": self.entry,
            "edit": edit,
            "publication": publication,
            **context,
        }
        return TemplateResponse(self.request, template, context)

    def _back(self) -> HttpResponse:
        return redirect("admin:candidates_entry_change", self.entry.pk)
