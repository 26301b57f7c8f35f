"""Import of files in the browser: send one, read its check, confirm or give it up; history."""

from typing import cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from candidates.admin.changelists import LargeTableAdmin, ReadOnlyAdmin
from candidates.admin.jobs import situation_of
from candidates.admin.proposals import lead_to_proposal
from candidates.admin.tables import Task
from candidates.admin.waiting import QueueAdmin, Waiting
from candidates.file_imports import checking, kinds, proposing, storing, undoing
from candidates.jobs import queue
from candidates.models import FileImport, Session
from candidates.proposals import people
from results_portal.uploads.body_size import takes_files

_State = FileImport.State
_MEGABYTE = 1024 * 1024


class UploadForm(forms.Form):
    """Form of a file and what it holds, of the kinds that someone may import."""

    kind = forms.ChoiceField(label=gettext_lazy("Contenu"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=gettext_lazy("Fichier"),
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choisissez un fichier.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    reason = forms.CharField(
        label=gettext_lazy("Motif"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "Pour des corrections : chaque candidat dont le résultat change le lira."
        ),
    )

    def __init__(self, *args, of_kinds, **kwargs):
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["kind"])
        field.choices = [(k.name, capfirst(str(k.label))) for k in of_kinds]
        self.reasoned = {kind.name for kind in of_kinds if kind.reasoned}
        if not self.reasoned:
            del self.fields["reason"]

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if not upload.size:
            raise forms.ValidationError(_("Ce fichier est vide."))
        if upload.size > storing.LARGEST:
            sizes = {"size": -(-upload.size // _MEGABYTE), "most": storing.LARGEST // _MEGABYTE}
            raise forms.ValidationError(
                _(
                    "Ce fichier pèse %(size)s Mo ; %(most)s Mo au plus ici. Coupez-le en "
                    "plusieurs, ou demandez l’import par une commande."
                )
                % sizes
            )
        return upload

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if data.get("kind") not in self.reasoned:
            data["reason"] = ""
        elif not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Indiquez le motif des corrections."))
        return data


@admin.register(FileImport)
class FileImportAdmin(ReadOnlyAdmin, LargeTableAdmin, QueueAdmin):
    task = Task.WORK
    list_display = ["name", "content", "state", "rows", "sent", "short_digest"]
    list_filter = ["state", "session"]
    list_select_related = ["session", "author"]
    ordering = ["-pk"]
    sortable_by = []
    actions = None
    waiting = [
        Waiting(
            "a-confirmer",
            gettext_lazy("imports à confirmer"),
            rows=lambda imports: imports.filter(state=_State.READY),
            since="created_at",
        ),
        Waiting(
            "avec-erreurs",
            gettext_lazy("imports refusés, dont le fichier corrigé n’est pas venu"),
            rows=lambda imports: imports.to_send_again(),
            since="finished_at",
        ),
    ]

    @admin.display(description=gettext_lazy("Contenu"))
    def content(self, row):
        return f"{row.label}, {row.session.code}" if row.session else row.label

    @admin.display(description=gettext_lazy("Lignes"))
    def rows(self, row):
        if row.errors:
            return ngettext("%(n)d erreur", "%(n)d erreurs", row.errors) % {"n": row.errors}
        return checking.counts(row) if row.digest else "—"

    @admin.display(description=gettext_lazy("Déposé"))
    def sent(self, row):
        hour = date_format(timezone.localtime(row.created_at), "d/m/Y H:i")
        return f"{hour}, {row.author}"

    @admin.display(description="SHA-256")
    def short_digest(self, row):
        return f"{row.sha256[:8]}…"

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path(
                "deposer/<int:session_pk>/",
                wrap(self.upload_page),
                name="candidates_fileimport_upload",
            ),
            path(
                "<int:pk>/importer/", wrap(self.confirm_page), name="candidates_fileimport_confirm"
            ),
            path("<int:pk>/abandonner/", wrap(self.drop_page), name="candidates_fileimport_drop"),
            path("<int:pk>/annuler/", wrap(self.undo_page), name="candidates_fileimport_undo"),
            *super().get_urls(),
        ]

    @takes_files(storing.MOST_SENT)
    def upload_page(self, request, session_pk):
        session = get_object_or_404(Session, pk=session_pk)
        open_kinds = kinds.open_to(request.user)
        if not open_kinds:
            raise PermissionDenied
        form = UploadForm(
            request.POST or None,
            request.FILES or None,
            of_kinds=open_kinds,
            initial={"kind": request.GET.get("kind")},
        )
        if form.is_valid():
            kind = kinds.get(form.cleaned_data["kind"])
            upload, reason = form.cleaned_data["file"], form.cleaned_data["reason"]
            with transaction.atomic():
                row = storing.receive(kind, upload, session=session, by=request.user, reason=reason)
                checking.ask(row, checking.CHECK, by=request.user)
            return redirect("admin:candidates_fileimport_change", row.pk)
        context = {
            "title": _("Importer un fichier : %(session)s") % {"session": session},
            "session": session,
            "form": form,
            "kinds": open_kinds,
            "most": storing.LARGEST // _MEGABYTE,
            "recent": FileImport.objects.filter(session=session).select_related("author")[:10],
        }
        return self._page(request, "upload", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        context = {
            "title": row.name,
            "row": row,
            "may_act": request.user.has_perm(kinds.get(row.kind).right),
            "may_undo": undoing.is_possible(row),
            "previous": storing.previous(row),
            "by_two": _takes_two(row),
            "proposals": row.proposals.select_related("proposed_by", "decided_by"),
            **situation_of(row.job),
        }
        return self._page(request, "page", context)

    @method_decorator(require_POST)
    def confirm_page(self, request, pk):
        """POST of `seen`, the digest that the page showed; `confirmed`, the session's code."""
        with transaction.atomic():
            row = self._row(request, pk)
            typed = request.POST.get("confirmed", "").replace("\0", "").strip()
            if row.state != _State.READY:
                messages.info(request, _("Cet import n’attend pas de confirmation."))
            elif request.POST.get("seen") != row.digest:
                messages.warning(request, _("Le contrôle a été refait depuis : relisez-le."))
            elif "doubts" in row.report and typed != row.report["code"]:
                messages.error(request, _("Tapez le code de la session pour confirmer."))
            elif _takes_two(row):
                return lead_to_proposal(request, lambda: proposing.propose(row, by=request.user))
            else:
                checking.ask(row, checking.IMPORT, by=request.user, confirmed=typed)
        return redirect("admin:candidates_fileimport_change", pk)

    @method_decorator(require_POST)
    def drop_page(self, request, pk):
        with transaction.atomic():
            row = self._row(request, pk)
            if row.state == _State.READY:
                storing.finish(row, _State.CANCELLED)
            elif row.state in FileImport.UNFINISHED and row.job:
                queue.cancel(row.job)
        return redirect("admin:candidates_fileimport_change", pk)

    def undo_page(self, request, pk):
        """GET asks whether to take an import back, POST does it."""
        with transaction.atomic():
            row = self._row(request, pk)
            possible = undoing.is_possible(row)
            if request.method == "POST" and possible:
                undoing.ask(row, by=request.user)
        if request.method == "POST" or not possible:
            if not possible:
                messages.info(request, _("Cet import ne s’annule pas."))
            return redirect("admin:candidates_fileimport_change", pk)
        title = _("Annuler cet import ?")
        return self._page(request, "undo", {"title": title, "row": row})

    def _row(self, request, pk):
        row = get_object_or_404(FileImport.objects.select_for_update(of=("self",)), pk=pk)
        if not request.user.has_perm(kinds.get(row.kind).right):
            raise PermissionDenied
        return row

    def _page(self, request, template, context):
        context |= {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, f"admin/candidates/fileimport/{template}.html", context)


def _takes_two(row):
    return people.needs_two() and kinds.get(row.kind).by_two(row)
