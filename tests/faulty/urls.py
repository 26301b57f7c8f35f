"""The portal's pages, and some that fail in each way."""

from django.db import OperationalError
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path

from results_portal import urls


def broken(request):
    raise RuntimeError("a fault of a page")


def without_database(request):
    raise OperationalError("no database")


def nothing(request):
    return HttpResponse(status=204)


def wrong_length(request):
    return HttpResponse("wrong", headers={"Content-Length": "0"})


def streamed_beyond_its_length(request):
    return StreamingHttpResponse([b"wrong"] * 2, headers={"Content-Length": "5"})


handler500 = urls.handler500
urlpatterns = [
    path("en-panne/", broken),
    path("sans-base/", without_database),
    path("rien/", nothing),
    path("longueur-fausse/", wrong_length),
    path("trop-long/", streamed_beyond_its_length),
    *urls.urlpatterns,
]
