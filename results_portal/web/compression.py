"""Compression of pages, except where their length could reveal a secret.

The length of a compressed page shows how much of it is repeated (the BREACH attack): a page must
not contain both a secret and text that somebody else chose. So pages under
`settings.STAFF_PREFIX` are not compressed, nor those that an identified candidate requests with a
query or a body, which pages repeat. The CSRF token needs no such care: Django masks it differently
in every page.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from isal import isal_zlib

# A third of the time of zlib at its fastest level, and fewer bytes.
_LEVEL = 2
_GZIP = 16 + isal_zlib.MAX_WBITS
_MIN_BYTES = 500
_ACCEPTED = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")


class CompressionMiddleware:
    """Middleware that compresses HTML with gzip for browsers that accept it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _is_whole_page(response) and not may_leak_a_secret(request):
            patch_vary_headers(response, ["Accept-Encoding"])
            if _ACCEPTED.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
                _compress(response)
        return response


def may_leak_a_secret(request: HttpRequest) -> bool:
    """Whether the response may hold both a secret and text that a third party chose."""
    if request.path_info.startswith(settings.STAFF_PREFIX):
        return True
    repeats_input = request.method not in {"GET", "HEAD"} or bool(request.META.get("QUERY_STRING"))
    return repeats_input and settings.IDENTIFICATION_COOKIE in request.COOKIES


def _is_whole_page(response: HttpResponse) -> bool:
    return (
        not response.streaming
        and not response.has_header("Content-Encoding")
        and response.get("Content-Type", "").startswith("text/html")
        and len(response.content) >= _MIN_BYTES
    )


def _compress(response: HttpResponse) -> None:
    # A page with an ETag is the same for many, so its compressed form is cached too.
    pack = _packed_once if response.has_header("ETag") else packed
    response.content = pack(response.content)
    response["Content-Encoding"] = "gzip"
    response["Content-Length"] = str(len(response.content))
    if response.get("ETag", "").startswith('"'):
        response["ETag"] = "W/" + response["ETag"]


def packed(page: bytes) -> bytes:
    """Return `page` compressed with gzip."""
    packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP)
    return packer.compress(page) + packer.flush()


_packed_once = lru_cache(maxsize=128)(packed)
