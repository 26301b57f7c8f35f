"""Views of a school's head: their schools, a school's sessions, its pupils' results."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import override
from django.views.decorators.http import require_safe

from candidates.admin.rights import may_read_own_pupils
from candidates.models import Reading, School
from candidates.trail import readings
from results.school_heads import pupils
from results_portal.tabular.tables import write_csv
from results_portal.web.private_page import private_page
from results_portal.web.query import reads_query


def _of_own_school(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """View decorator: the school of the address, if it is one of the reader's (else 404)."""

    @wraps(view)
    def guarded(request: HttpRequest, uai: str, *args: Any, **kwargs: Any) -> HttpResponse:
        own = get_object_or_404(School.objects.headed_by(request.user), pk=uai)
        return view(request, own, *args, **kwargs)

    return for_heads(guarded)


def for_heads(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """View decorator: a page for the heads of schools, which nobody stores."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_read_own_pupils(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    signed_in = login_required(guarded, login_url="admin:login")
    return reads_query()(require_safe(private_page(signed_in)))


@for_heads
def schools(request: HttpRequest) -> HttpResponse:
    """Page `results:school`: the choice of a school; the only one is chosen already."""
    found = list(School.objects.headed_by(request.user))
    if len(found) == 1:
        return redirect("results:school_sessions", found[0].pk)
    return render(request, "results/school/schools.html", {"schools": found})


@_of_own_school
def sessions(request: HttpRequest, school: School) -> HttpResponse:
    context = {
        "school": school,
        "sessions": pupils.sessions_of(school),
        "several": School.objects.headed_by(request.user).count() > 1,
    }
    return render(request, "results/school/sessions.html", context)


@_of_own_school
def session(request: HttpRequest, school: School, code: str) -> HttpResponse:
    found = _found(school, code)
    context = {
        "school": school,
        "code": code,
        "label": found[0].session_label,
        "total": len(found),
        "specialities": pupils.by_speciality(found),
    }
    return render(request, "results/school/session.html", context)


@_of_own_school
def table(request: HttpRequest, school: School, code: str) -> HttpResponse:
    """Send the results of a session as CSV, in French whatever the reader's language."""
    with override("fr"):
        found = _found(school, code)
    readings.saw(request, Reading.What.PUPIL, entries=[row.entry_id for row in found])
    name = f"resultats-{school.pk}-{code}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    response = HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
    write_csv(response, pupils.HEADER, pupils.rows(found))
    return response


@_of_own_school
def pupil(request: HttpRequest, school: School, code: str, pupil: int) -> HttpResponse:
    found = pupils.pupil_of(school, code, pupil)
    if found is None:
        raise Http404
    readings.saw(request, Reading.What.PUPIL, entries=[found.entry_id])
    context = {"school": school, "code": code, "pupil": found}
    return render(request, "results/school/pupil.html", context)


def _found(school: School, code: str) -> list[pupils.Pupil]:
    """Return the pupils with a result in a session; without any there is no such page."""
    found = pupils.pupils_of(school, code)
    if not found:
        raise Http404
    return found
