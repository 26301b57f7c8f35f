"""Pages on which an identified candidate follows their diploma."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from candidates.identification import cookie
from candidates.identification.entry import goes_on
from diplomas.models import DiplomaState
from diplomas.tracking import collection, tracking
from results.gate import lookup
from results.models import Verdict
from results.result_page.calendar import CONTENT_TYPE
from results_portal.web.private_page import private_page


@private_page
@require_safe
def mine(request):
    """Page `diplomas:mine`: the steps of the diploma, the place, and what to bring."""
    visit = cookie.identified(request)
    result = visit and lookup.result_for(visit)
    if not visit or not (result or goes_on(visit)):
        return cookie.ask(request, "diplomas:mine")
    if result is None:
        return render(request, "diplomas/not_open.html")
    document = lookup.shown_document(result)
    if result.verdict != Verdict.ADMITTED:
        return render(request, "diplomas/none.html", {"document": document})
    found = tracking.tracking_of(result, visit, document=document)
    return render(request, "diplomas/mine.html", {"tracking": found, "document": document})


@private_page
@require_safe
def proxy_form(request):
    """Download the form to let another person collect the diploma."""
    found = _to_collect(request)
    if not found:
        return redirect("diplomas:mine")
    return _file(collection.proxy_form(found), "application/pdf", "procuration.pdf")


@private_page
@require_safe
def calendar(request):
    """Download the days of collection at school as a calendar file."""
    found = _to_collect(request)
    if not found or not found.at_school:
        return redirect("diplomas:mine")
    url = request.build_absolute_uri("/diplome/")
    return _file(collection.calendar(found, url=url), CONTENT_TYPE, "retrait-du-diplome.ics")


def _to_collect(request):
    visit = cookie.identified(request)
    result = visit and lookup.result_for(visit)
    if not result or result.verdict != Verdict.ADMITTED:
        return None
    found = tracking.tracking_of(result, visit, document=lookup.shown_document(result))
    return found if found.to_collect and found.state != DiplomaState.COLLECTED else None


def _file(content, content_type, name):
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": disposition}
    )
