"""Registration of the lists with the server of the rush: see `serving`."""

from django.http import HttpRequest, HttpResponseBase

from results_portal.serving.registry import Registry, Share

_TRUSTED_SECONDS = 10.0  # a withdrawn list or consent does not come back in an outage


def register(registry: Registry) -> None:
    """Register the pages of lists, each shared by all who ask for it."""
    registry.observe("results:list", _list)


def _list(request: HttpRequest, response: HttpResponseBase) -> Share | None:
    """Share a page of a list under its tag; never a search."""
    return (
        Share(response["ETag"], trusted_seconds=_TRUSTED_SECONDS)
        if request.method == "GET" and "ETag" in response
        else None
    )
