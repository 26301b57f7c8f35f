"""Public pages of figures: a session, and one of its specialities."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from results.statistics import reading
from results_portal.web.query import reads_query


@reads_query()
@require_safe
def session(request, session):
    """Page `results:figures`: the specialities of a session, beside those of the last one."""
    found = reading.of_session(session)
    if found is None:
        raise Http404
    return render(request, "results/figures.html", {"figures": found})


@reads_query()
@require_safe
def speciality(request, session, speciality):
    """Page `results:speciality_figures`: the groups of one speciality."""
    found = reading.of_speciality(session, speciality)
    if found is None:
        raise Http404
    return render(request, "results/speciality_figures.html", {"figures": found})
