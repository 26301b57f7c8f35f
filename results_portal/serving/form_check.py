"""Read a short form in front of Django, if the browser says that a page of ours sent it."""

import io

from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest

from results_portal.serving.registry import Environ
from results_portal.web.origin import FormOrigin, origin_of

_TYPE = "application/x-www-form-urlencoded"


def short_form(environ: Environ) -> WSGIRequest | None:
    """Return the request of a short form of ours, or None where Django must decide.

    Its body can be read again afterwards.
    """
    if environ.get("CONTENT_TYPE") != _TYPE or environ["QUERY_STRING"]:
        return None
    body = environ["wsgi.input"].read()
    environ["wsgi.input"] = io.BytesIO(body)
    request = WSGIRequest({**environ, "wsgi.input": io.BytesIO(body)})
    try:
        return request if origin_of(request) is FormOrigin.OWN else None
    except DisallowedHost:
        return None
