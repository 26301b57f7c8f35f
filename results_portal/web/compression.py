"""Pages compressed on the way out, wherever that cannot tell a secret.

The length of a compressed page tells how much of it is repeated (the attack named BREACH): a page
must not hold a secret beside words that somebody else chose. So nothing is compressed under
`settings.STAFF_PREFIX`, nor what an identified candidate asks with a query or a body, which pages
repeat. The CSRF token needs no such care: Django masks it anew in every page.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from isal import isal_zlib

# A third of the time that zlib takes at its quickest, for fewer bytes.
_LEVEL = 2
_GZIP = 16 + isal_zlib.MAX_WBITS
_WORTH_IT = 500  # bytes
_ACCEPTED = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")


class CompressionMiddleware:
    """Compress HTML with gzip for browsers that read it, as browsers do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _is_whole_page(response) and not may_tell_a_secret(request):
            patch_vary_headers(response, ["Accept-Encoding"])
            if _ACCEPTED.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
                _compress(response)
        return response


def may_tell_a_secret(request: HttpRequest) -> bool:
    """Whether the answer may hold a secret and words that a third party put into the request."""
    if request.path_info.startswith(settings.STAFF_PREFIX):
        return True
    chosen = request.method not in {"GET", "HEAD"} or bool(request.META.get("QUERY_STRING"))
    return chosen and settings.IDENTIFICATION_COOKIE in request.COOKIES


def _is_whole_page(response: HttpResponse) -> bool:
    return (
        not response.streaming
        and not response.has_header("Content-Encoding")
        and response.get("Content-Type", "").startswith("text/html")
        and len(response.content) >= _WORTH_IT
    )


def _compress(response: HttpResponse) -> None:
    # A page with a tag is the same for many: it is kept, and so is what it is packed into.
    pack = _packed_once if response.has_header("ETag") else packed
    response.content = pack(response.content)
    response["Content-Encoding"] = "gzip"
    response["Content-Length"] = str(len(response.content))
    if response.get("ETag", "").startswith('"'):
        response["ETag"] = "W/" + response["ETag"]


def packed(page: bytes) -> bytes:
    """`page` in gzip."""
    packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP)
    return packer.compress(page) + packer.flush()


_packed_once = lru_cache(maxsize=128)(packed)
