"""The page of the journal: who did and saw what, in words, to search and to take out."""

import json
from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidates import typed
from candidates.admin import private_searches, rights
from candidates.admin.changelists import ReadOnlyAdmin
from candidates.admin.people import found_people
from candidates.admin.tables import Task
from candidates.models import Candidate, Reading
from candidates.trail import journal, readings, sources
from results_portal.tabular.tables import write_csv

SIZE = 50  # lines on a page
MOST = 10_000  # lines that pages reach, and that a file holds
MOST_PEOPLE = 20


def _day():
    return forms.DateInput({"type": "date"}, "%Y-%m-%d")


class JournalForm(forms.Form):
    """Form of what is looked for. Posted: it may name people."""

    who = forms.CharField(
        label=gettext_lazy("Compte"),
        required=False,
        max_length=150,
        help_text=gettext_lazy("Identifiant, prénom ou nom."),
    )
    whom = forms.CharField(
        label=gettext_lazy("Candidat"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Numéro, ou nom et prénom."),
    )
    table = forms.ChoiceField(label=gettext_lazy("Quoi"), required=False)
    since = forms.DateField(label=gettext_lazy("Du"), required=False, widget=_day())
    until = forms.DateField(label=gettext_lazy("Au"), required=False, widget=_day())

    def __init__(self, data: Any, *, open_to: list[sources.TrailTable]) -> None:
        super().__init__(data)
        choices = [(source.name, str(source.label).capitalize()) for source in open_to]
        tables = cast(forms.ChoiceField, self.fields["table"])
        tables.choices = [("", str(_("Tout"))), *choices]
        self._open_to = open_to
        if all(source.of_accounts for source in open_to):
            del self.fields["whom"]

    def clean_who(self) -> list[int] | None:
        if not (name := self.cleaned_data["who"].strip()):
            return None
        found = Q(username__iexact=name)
        for word in name.split():
            found |= Q(first_name__istartswith=word) | Q(last_name__istartswith=word)
        keys = get_user_model().objects.filter(found).order_by("pk").values_list("pk", flat=True)
        if not keys:
            raise forms.ValidationError(_("Aucun compte ne porte ce nom."))
        return list(keys[:MOST_PEOPLE])

    def clean_whom(self) -> sources.Whom | None:
        if not (name := self.cleaned_data["whom"].strip()):
            return None
        rows = found_people(Candidate.objects.order_by("pk"), name).prefetch_related("entries")
        found = list(rows[: MOST_PEOPLE + 1])
        if not found:
            raise forms.ValidationError(_("Aucun candidat ne répond à cela."))
        if len(found) > MOST_PEOPLE:
            raise forms.ValidationError(
                _("Plus de %(n)d candidats répondent : précisez.") % {"n": MOST_PEOPLE}
            )
        entries = [entry for person in found for entry in person.entries.all()]
        return sources.Whom(
            [person.pk for person in found],
            [entry.pk for entry in entries],
            [entry.session_id for entry in entries],
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("Ce jour est avant le premier."))
        return cleaned

    def search(self) -> journal.Search:
        """Return the search; the form is valid."""
        cleaned = self.cleaned_data
        table = cleaned["table"]
        return journal.Search(
            [source for source in self._open_to if table in ("", source.name)],
            users=cleaned["who"],
            whom=cleaned.get("whom"),
            since=cleaned["since"],
            until=cleaned["until"],
        )


def open_to(user: Any) -> list[sources.TrailTable]:
    """Return the sources that someone may read (`candidates.admin.rights`)."""
    may = {
        False: rights.may_read_trail(user),
        True: rights.may_read_trail_of_accounts(user),
    }
    return [source for source in sources.every() if may[source.of_accounts]]


@admin.register(Reading)
class JournalAdmin(ReadOnlyAdmin):
    """The journal, in place of a list of rows. What it says of candidates is itself a reading."""

    task = Task.HISTORY
    actions = None

    def has_view_permission(self, request, obj=None):
        return rights.may_read_trail(request.user) or rights.may_read_trail_of_accounts(
            request.user
        )

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def get_urls(self):
        page = self.admin_site.admin_view(self.page)
        return [path("", page, name="candidates_reading_changelist")]

    def page(self, request):
        """Show a page of lines. POST keeps a search, or makes a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_read = open_to(request.user)
        token = request.GET.get("q", "")
        if request.method == "POST":
            form = JournalForm(request.POST, open_to=may_read)
            if form.is_valid() and "file" in request.POST:
                return self._file(request, form.search())
            if form.is_valid():
                asked = {name: request.POST.get(name, "") for name in form.fields}
                kept = private_searches.keep(request, json.dumps(asked))
                return HttpResponseRedirect(f"{request.path}?{urlencode({'q': kept})}")
        else:
            kept = private_searches.kept(request, token)
            if token and not kept:
                messages.warning(request, _("Cette recherche a expiré, recommencez-la."))
            form = JournalForm(json.loads(kept) if kept else {}, open_to=may_read)
        number = typed.primary_key(request.GET.get("p", "")) or 1
        number = min(number, MOST // SIZE)
        lines, more = [], False
        if form.is_valid():
            search, first = form.search(), (number - 1) * SIZE
            keys = search.keys(first, SIZE + 1)
            lines, more = list(journal.told(keys[:SIZE])), len(keys) > SIZE
            self._note(request, search, lines)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Journal"),
            "opts": self.opts,
            "form": form,
            "lines": lines,
            "number": number,
            "token": token,
            "more": more and number < MOST // SIZE,
            "bounded": more and number == MOST // SIZE,
            "most": MOST,
        }
        return TemplateResponse(request, "admin/candidates/reading/journal.html", context)

    def _note(self, request, search, lines):
        """Keep what the page tells: of the candidates looked for, or of marks before their hour."""
        if search.whom:
            readings.saw(request, Reading.What.JOURNAL, entries=search.whom.entries)
        else:
            told = [line.line for line in lines if line.line.changes]
            readings.saw_list(request, [line.entry for line in told if line.entry])

    def _file(self, request, search):
        """Send the lines as CSV; that it was taken is in the journal."""
        entries = search.whom.entries if search.whom else ()
        readings.saw(request, Reading.What.JOURNAL_FILE, entries=entries)
        header = [
            _("le"),
            _("qui"),
            _("comment"),
            _("quoi"),
            _("candidat"),
            _("valeur"),
            _("avant"),
            _("après"),
            _("motif ou détail"),
            _("avant l’heure"),
        ]
        name = f"journal-{timezone.localtime():%Y-%m-%d-%Hh%M}.csv"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        }
        response = HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
        lines = journal.told(search.keys(0, MOST))
        write_csv(response, header, (row for line in lines for row in _rows(line)))
        return response


def _rows(told: journal.Told) -> Iterator[list[str]]:
    """Yield the rows of a file for a line: one for each value that changed, one without any."""
    line, about = told.line, told.entry.number if told.entry else ""
    for change in line.changes or [("", "", "")]:
        yield [
            f"{timezone.localtime(line.at):%d/%m/%Y %H:%M:%S}",
            told.who,
            told.way,
            str(line.what),
            about or (told.candidate.list_name if told.candidate else ""),
            *change,
            str(line.said) or told.reason,
            _("oui") if line.before_release else "",
        ]
