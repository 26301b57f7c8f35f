"""Views of the public lists, and of the picture to share."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from results.gate import lookup
from results.lists import card as card_file
from results.lists import lists, pages
from results_portal.web.query import reads_query


@reads_query()
@require_safe
def all_lists(request):
    now = timezone.now()
    context = {
        "sessions": lists.open_lists(),
        "releases": lookup.coming(now),
        "now": now,
    }
    return render(request, "results/lists.html", context)


@require_safe
def card(request, session, speciality):
    """Page `results:card`: a picture to share, the same for everybody."""
    listed = lists.open_list(session, speciality)
    if listed is None:
        raise Http404
    picture = card_file.card(session=listed.session_label, speciality=listed.speciality_label)
    headers = {"Cache-Control": "public, max-age=3600", "X-Robots-Tag": "noindex"}
    return HttpResponse(picture, content_type="image/png", headers=headers)


@reads_query("lettre", "lieu", "page")
@csrf_exempt  # the search changes nothing; it is posted so that no name stands in a URL or a log
@require_http_methods(["GET", "HEAD", "POST"])
def one_list(request, session, speciality):
    listed = lists.open_list(session, speciality)
    if listed is None:
        raise Http404
    return pages.page(request, listed)
