"""The page on which the marks of the second round are typed, one row for each candidate."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidates.freeze import OpeningSoon
from candidates.locks import lock_session
from candidates.models import Entry, Session, Speciality
from candidates.trail import readings
from results.admin.jury.announced import takes_two
from results.admin.jury.deeds import deed
from results.admin.refusals import Refused, refusals
from results.marks import second_round
from results.marks.second_round import CellsRefused, Place
from results.models import Regulation, Verdict
from results.publication import hours

RIGHT = "candidates.import_marks"
PAGE = 50  # rows


class SpecialityForm(forms.Form):
    """Form of the speciality shown, among those of which somebody is called."""

    specialite = forms.ModelChoiceField(
        Speciality.objects.none(),
        label=gettext_lazy("Spécialité"),
        to_field_name="code",
        empty_label=None,
    )

    def __init__(self, data: Any, *, session: Session) -> None:
        called = Entry.objects.filter(
            session=session, decisions__round=1, decisions__verdict=Verdict.CONTROL
        )
        some = Speciality.objects.filter(pk__in=called.order_by().values("speciality"))
        chosen = {"specialite": data.get("specialite") or ""}
        if not chosen["specialite"] and (first := some.order_by("code").first()):
            chosen["specialite"] = first.code
        super().__init__(chosen)
        field: Any = self.fields["specialite"]
        field.queryset = some.order_by("code")


def second_round_page(model_admin: Any, request: HttpRequest, pk: int) -> Any:
    """GET shows the marks of a page of candidates; POST writes those that differ."""
    session = get_object_or_404(Session, pk=pk)
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    context: dict[str, Any] = {"chosen": (chosen := SpecialityForm(request.GET, session=session))}
    if chosen.is_valid():
        answer = _of_speciality(request, session, chosen.cleaned_data["specialite"])
        if not isinstance(answer, dict):
            return answer
        context |= answer
    context |= {
        **model_admin.admin_site.each_context(request),
        "title": _("Notes du second tour : %(session)s") % {"session": session},
        "opts": Session._meta,
        "session": session,
    }
    return TemplateResponse(request, "admin/candidates/session/second_round.html", context)


def _of_speciality(request: HttpRequest, session: Session, speciality: Speciality) -> Any:
    try:
        tests = second_round.open_tests(session, speciality)
    except Regulation.DoesNotExist:
        return {
            "problems": [
                _("La spécialité %(code)s n’a pas de règlement d’examen.")
                % {"code": speciality.code}
            ]
        }
    called = second_round.called(session, speciality)
    page = Paginator(called, PAGE).get_page(request.GET.get("page"))
    entries = {entry.pk: entry for entry in page.object_list}
    present = second_round.given(list(entries.values()))
    places = [(entry, test.pk) for entry in entries for test in tests]
    typed = {place: present.get(place, "") for place in places}
    seen = dict(typed)
    context: dict[str, Any] = {}
    problems: dict[Place, list[str]] = {}
    if request.method == "POST":
        for place in places:
            seen[place] = request.POST.get(_name("seen", place), seen[place])
            typed[place] = (request.POST.get(_name("note", place)) or "").strip()
        changed = {place: typed[place] for place in places if not _alike(typed[place], seen[place])}
        try:
            if changed:
                _write(request, session, speciality, changed, entries, tests, seen)
        except CellsRefused as refused:
            problems = refused.problems
            seen = {place: present.get(place, "") for place in places}
        except Refused as refused:
            context["problems"] = refused.problems
        except OpeningSoon:
            now = timezone.now()
            soon = hours.opening_soon(list(entries), now=now)
            context["doubts"] = [hours.soon_sentence(one, now) for one in soon]
            context["mistyped"] = "confirmed" in request.POST
        else:
            _tell(request, len(changed))
            return redirect(request.get_full_path())
    readings.saw_list(request, entries)
    return context | {
        "speciality": speciality,
        "code": session.code,
        "page": page,
        "tests": tests,
        "wrong": len(problems),
        "rows": [
            {
                "entry": entry,
                "cells": [
                    {
                        "test": test,
                        "name": _name("note", (pk, test.pk)),
                        "seen_name": _name("seen", (pk, test.pk)),
                        "value": typed[pk, test.pk],
                        "seen": seen[pk, test.pk],
                        "errors": problems.get((pk, test.pk), []),
                    }
                    for test in tests
                ],
            }
            for pk, entry in entries.items()
        ],
    }


def _write(
    request: Any,
    session: Session,
    speciality: Speciality,
    changed: dict[Place, str],
    entries: dict[int, Entry],
    tests: list[Any],
    seen: dict[Place, str],
) -> None:
    confirmed = request.POST.get("confirmed", "").strip()
    with refusals(), transaction.atomic():
        lock_session(session)
        if takes_two(session, speciality, 2):
            raise Refused([_announced()])
        second_round.write(
            changed,
            session=session,
            entries=entries,
            tests={test.pk: test for test in tests},
            seen=seen,
            by=request.user,
            confirmed=confirmed,
        )
    codes = {test.pk: test.code for test in tests}
    said: dict[int, list[str]] = {}
    for (entry, test), text in changed.items():
        said.setdefault(entry, []).append(f"{codes[test]} : {text or '—'}")
    text = _("Notes du second tour : %(marks)s")
    LogEntry.objects.bulk_create(
        deed(entries[entry], by=request.user, said=text % {"marks": ", ".join(marks)})
        for entry, marks in said.items()
    )


def _announced() -> str:
    return _(
        "Ce tour est programmé ou public : une note se corrige depuis la fiche du candidat, ou par "
        "un fichier, et une seconde personne l’approuve si elle change une décision."
    )


def _tell(request: HttpRequest, count: int) -> None:
    if not count:
        messages.info(request, _("Rien à changer : aucune ligne n’est différente."))
        return
    said = ngettext("%(n)d note enregistrée.", "%(n)d notes enregistrées.", count)
    messages.success(request, said % {"n": count})


def _alike(typed: str, seen: str) -> bool:
    """Whether two texts are the same mark: 12 and 12,50 are not, 12,5 and 12.50 are."""
    return _plain(typed) == _plain(seen)


def _plain(text: str) -> str:
    text = text.upper().replace(".", ",")
    return text.rstrip("0").rstrip(",") if "," in text else text


def _name(kind: str, place: Place) -> str:
    return f"{kind}-{place[0]}-{place[1]}"
