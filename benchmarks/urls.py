"""The portal's URLs, a constant answer, and the result page by ORM and template alone."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import include, path

from candidates.identification.cookie import identified
from results.models import PublishedResult

# About the bytes of a result page on the wire; plain text, which the portal does not compress.
# `rush` has it answered by plain Django (`FAST_PATH=off`), whatever serves the measured page.
CONSTANT = b"x" * 4096


def constant(request):
    return HttpResponse(CONSTANT, content_type="text/plain")


def plain(request):
    """Render the result page with one ORM query and the template, for each visit."""
    result = (
        PublishedResult.objects.for_visitors()
        .open()
        .shown_to(identified(request))
        .newest_first()
        .select_related("release__session", "release__speciality")
        .first()
    )
    context = {"document": result.whole_document, "score_sheet_bytes": None}
    return render(request, "results/result.html", context)


urlpatterns = [
    path("bench/constant/", constant),
    path("bench/plain/", plain),
    path("", include("results_portal.urls")),
]
