"""What the server may answer in front of Django for the lists: see `serving`."""

from django.http import HttpRequest, HttpResponseBase

from results_portal.serving.registry import Registry, Share


def register(registry: Registry) -> None:
    """Register the pages of lists: each is the same for all who ask for it."""
    registry.observe("results:list", _list)


def _list(request: HttpRequest, response: HttpResponseBase) -> Share | None:
    """A page of a list is named by its tag; a search is nobody else's."""
    return Share(response["ETag"]) if request.method == "GET" and "ETag" in response else None
