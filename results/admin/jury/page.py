"""The page of the grid of the borderline."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidates import typed
from candidates.freeze import OpeningSoon
from candidates.models import Session
from candidates.trail import readings
from results.admin.jury import grid
from results.admin.jury.grid import FilterForm, Grid, RowForm
from results.jury import borderline, raising
from results.jury.deliberation import DeliberationRefused
from results.models import Decision
from results.publication import hours


def grid_page(model_admin: Any, request: HttpRequest, pk: int) -> Any:
    """GET shows the grid; POST what its points would give, and with `_confirm` gives them."""
    session = get_object_or_404(Session, pk=pk)
    if not request.user.has_perm(grid.VIEW):
        raise PermissionDenied
    chosen = FilterForm(request.GET, session=session)
    context: dict[str, Any] = {"filters": chosen, "session": session}
    if chosen.is_valid():
        try:
            answer = _of_speciality(request, session, chosen.cleaned_data)
        except DeliberationRefused as refused:
            answer = {"problems": refused.problems}
        if not isinstance(answer, dict):
            return answer
        context |= answer
    context |= {
        **model_admin.admin_site.each_context(request),
        "title": _("Jury : %(session)s") % {"session": session},
        "opts": Session._meta,
    }
    return TemplateResponse(request, "admin/candidates/session/jury.html", context)


def _of_speciality(request: HttpRequest, session: Session, chosen: dict[str, Any]) -> Any:
    speciality, round = chosen["specialite"], chosen["tour"]
    may_decide = grid.may_decide(request.user, session, speciality, round)
    if request.method == "POST":
        if not may_decide:
            raise PermissionDenied
        return _posted(request, session, chosen)
    found = borderline.near(
        session,
        speciality,
        round=round,
        within=chosen["distance"],
        threshold=chosen["seuil"],
        school=chosen["etablissement"],
    )
    page = Paginator(found, grid.PAGE).get_page(request.GET.get("page"))
    shown = Grid(session, speciality, round=round, rows=page.object_list)
    return _context(request, shown) | {
        "page": page,
        "may_decide": may_decide,
        "full": len(found) >= borderline.MOST,
        "decided": Decision.objects.filter(
            entry__session=session, entry__speciality=speciality, round=round
        ).exists(),
    }


def _posted(request: HttpRequest, session: Session, chosen: dict[str, Any]) -> Any:
    speciality, round = chosen["specialite"], chosen["tour"]
    keys = [typed.primary_key(key) for key in request.POST.getlist("row")[: grid.PAGE]]
    found = borderline.read(
        session, speciality, round=round, entry_ids=[key for key in keys if key]
    )
    rows = sorted(found.values(), key=lambda row: (row.distance, row.entry.number))
    posted = Grid(session, speciality, round=round, rows=rows, data=request.POST)
    changed = posted.changed
    soon = hours.opening_soon([form.row.entry.pk for form in changed], now=timezone.now())
    mistyped = False
    if "_confirm" in request.POST and changed:
        confirmed = request.POST.get("confirmed", "").strip()
        try:
            done = posted.apply(request.user, confirmed=confirmed)  # type: ignore[arg-type]
        except OpeningSoon:
            mistyped = "confirmed" in request.POST
        else:
            if done:
                said = ngettext(
                    "%(n)d décision du jury enregistrée.",
                    "%(n)d décisions du jury enregistrées.",
                    len(done),
                )
                messages.success(request, said % {"n": len(done)})
            if not posted.refused:
                return redirect(request.get_full_path())
            posted.rows = [form for form in posted.rows if form not in done]
            changed = []
    elif not changed and not posted.refused:
        messages.info(request, _("Rien à changer : aucune ligne n’est différente."))
    to_confirm = bool(changed) and not posted.refused and "_edit" not in request.POST
    if to_confirm:
        posted.freeze()
    now = timezone.now()
    return _context(request, posted, weighed=True) | {
        "may_decide": True,
        "decided": True,
        "to_confirm": to_confirm,
        "doubts": [hours.soon_sentence(release, now) for release in soon],
        "code": session.code,
        "mistyped": mistyped,
    }


def _context(request: HttpRequest, shown: Grid, *, weighed: bool = False) -> dict[str, Any]:
    readings.saw_list(request, [form.row.entry.pk for form in shown.rows])
    filters: QueryDict = request.GET.copy()
    filters.pop("page", None)
    return {
        "grid": shown,
        "query": filters.urlencode(),
        "rows": [_row(form, weighed=weighed) for form in shown.rows],
    }


def _row(form: RowForm, *, weighed: bool) -> dict[str, Any]:
    row = form.row
    wanted = form.wanted if weighed and not form.errors else None
    return {
        "form": form,
        "entry": row.entry,
        "granted": row.granted,
        "marks": grid.marks_in_words(row),
        "missing": raising.missing(row.nearest) if row.nearest else "",
        "outcome": raising.outcome_of(row.nearest) if row.nearest else "",
        "by_rule": grid.outcome_in_words(row.with_points(None)),
        "now": row.decision.in_words,
        "weighed": grid.outcome_in_words(row.with_points(wanted[0])) if wanted else "",
    }
