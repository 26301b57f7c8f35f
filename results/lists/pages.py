"""The pages of the public lists, kept as long as nothing in them has changed.

Whether a list is open, and how often its lines have changed, is asked of the database each time
(`lists.open_list`): nothing is kept before the hour, and a consent taken back is obeyed at once,
or after the second for which the server repeats what it said
(`results_portal.serving.micro_cache`).
"""

import hashlib
import string
import time
from typing import NamedTuple

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response

from results.fast_path import frames
from results.lists import lists, search
from results_portal.caches import BoundedCache
from results_portal.serving import micro_cache
from results_portal.serving.cache_key import is_too_long

TEMPLATE = "results/list.html"
PER_PAGE = 100
_MOST = 500  # pages of 100 names
_SECONDS = 600  # then made anew: what is purged does not stay in memory


class _Page(NamedTuple):
    body: bytes
    etag: str
    made_at: float


_pages: BoundedCache[tuple, _Page] = BoundedCache(_MOST)


def page(request, listed):
    """The answer to a request for the list of an `lists.OpenList`, or to a search in it."""
    if request.method == "POST":
        return HttpResponse(_searched(request, listed))
    key = (*frames.always(), listed, request.get_full_path())
    kept = _pages.get(key)
    if kept is None or time.monotonic() - kept.made_at > _SECONDS:
        kept = _keep(key, _rendered(request, listed, _Asked(listed, request.GET)).encode())
    headers = {"ETag": kept.etag, "Cache-Control": "no-cache"}
    answer = HttpResponse(kept.body, headers=headers)
    answer = get_conditional_response(request, etag=kept.etag, response=answer)
    return micro_cache.cacheable(answer, kept.etag)


def _keep(key, body):
    """The `_Page` of this body, remembered unless its address is longer than any of ours."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    made = _Page(body, etag, time.monotonic())
    if not is_too_long([key[-1]]):
        _pages[key] = made
    return made


class _Asked:
    """What is asked of a list, and the names that it gives."""

    def __init__(self, listed, asked, *, words=""):
        self.all = lists.names(listed)
        self.words = words
        letter, place = asked.get("lettre", ""), asked.get("lieu", "")
        self.letter = letter if len(letter) == 1 and letter in string.ascii_uppercase else ""
        self.place = place if place in self.all.places else ""
        lines = self.all.found(words=words, letter=self.letter, place=self.place)
        self.page = Paginator(lines, PER_PAGE).get_page(asked.get("page", 1))
        self.names = self.all.at(self.page.object_list)


def _searched(request, listed):
    """The page of a search, put together from what others have left. Never kept itself."""
    asked = _Asked(listed, request.POST, words=request.POST.get("q", "")[:100])
    # No form of ours asks for a letter or with a query; without words, pages are linked by address.
    if not asked.words or asked.letter or request.META.get("QUERY_STRING"):
        return _rendered(request, listed, asked)
    key = (*frames.always(), listed, asked.place)
    return search.filled(asked, key=key, render=lambda shown: _rendered(request, listed, shown))


def _rendered(request, listed, asked):
    context = {
        "session": {"code": listed.session_code, "label": listed.session_label},
        "speciality": {"code": listed.speciality_code, "label": listed.speciality_label},
        "opened_at": listed.opens_at,
        "names": asked.names,
        "page": asked.page,
        "letters": [
            {"letter": letter, "available": letter in asked.all.letters}
            for letter in string.ascii_uppercase
        ],
        "letter": asked.letter,
        "places": asked.all.places,
        "place": asked.place,
        "q": asked.words,
    }
    return render_to_string(TEMPLATE, context, request)
