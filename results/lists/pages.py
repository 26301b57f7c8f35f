"""The pages of the public lists, cached until something in them changes.

Each visit reads from the database whether a list is open and how often its lines have changed
(`lists.open_list`): nothing is cached before the hour, and a withdrawn consent takes effect at
once, or after the second for which the server shares the page (`results.lists.registration`).
"""

import hashlib
import string
import time
from typing import NamedTuple

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response

from candidates.identification import cookie
from candidates.typed import visible
from results.lists import lists, search
from results_portal.caches import BoundedCache
from results_portal.web.page_key import language_and_office

TEMPLATE = "results/list.html"
PER_PAGE = 100
_LONGEST = 1000  # characters of an address of ours
_LONGEST_WORDS = 100  # characters of a search
_MOST = 500  # pages of 100 names
_SECONDS = 600  # then rendered again: purged data must not stay in memory


class _Page(NamedTuple):
    body: bytes
    etag: str
    made_at: float


_pages: BoundedCache[tuple, _Page] = BoundedCache(_MOST)


def page(request, listed):
    """Return the response to a request for the list of a `lists.OpenList`, or a search in it."""
    if cookie.identified(request):  # the page says so
        return HttpResponse(_of_nobody_else(request, listed))
    if request.method == "POST":
        return HttpResponse(_search_page(request, listed))
    key = (*language_and_office(), listed, request.get_full_path())
    kept = _pages.get(key)
    if kept is None or time.monotonic() - kept.made_at > _SECONDS:
        kept = _keep(key, _rendered(request, listed, _ListRequest(listed, request.GET)).encode())
    headers = {"ETag": kept.etag, "Cache-Control": "no-cache"}
    whole = HttpResponse(kept.body, headers=headers)
    return get_conditional_response(request, etag=kept.etag, response=whole) or whole


def _of_nobody_else(request, listed):
    words = _words(request)
    parameters = request.POST if request.method == "POST" else request.GET
    return _rendered(request, listed, _ListRequest(listed, parameters, words=words))


def _words(request):
    return visible(request.POST.get("q", "")[:_LONGEST_WORDS])


def _keep(key, body):
    """Return the `_Page` of this body, cached unless its address is too long to be one of ours."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    made = _Page(body, etag, time.monotonic())
    if len(key[-1]) <= _LONGEST:
        _pages[key] = made
    return made


class _ListRequest:
    """Criteria of a request for a list, and the names that match."""

    def __init__(self, listed, parameters, *, words=""):
        self.all = lists.names(listed)
        self.words = words
        letter, place = parameters.get("lettre", ""), parameters.get("lieu", "")
        self.letter = letter if len(letter) == 1 and letter in string.ascii_uppercase else ""
        self.place = place if place in self.all.places else ""
        lines = self.all.found(words=words, letter=self.letter, place=self.place)
        self.page = Paginator(lines, PER_PAGE).get_page(parameters.get("page", 1))
        self.names = self.all.at(self.page.object_list)
        self.count, self.is_one = self.page.paginator.count, self.page.paginator.count == 1


def _search_page(request, listed):
    """Return the page of a search, in a cached frame. The page itself is never cached."""
    criteria = _ListRequest(listed, request.POST, words=_words(request))
    # No form of ours posts a letter or a query string; without words, pages have addresses.
    if not criteria.words or criteria.letter or request.META.get("QUERY_STRING"):
        return _rendered(request, listed, criteria)
    key = (*language_and_office(), listed, criteria.place)
    return search.fill_page(
        criteria, key=key, render=lambda shown: _rendered(request, listed, shown)
    )


def _rendered(request, listed, criteria):
    context = {
        "session": {"code": listed.session_code, "label": listed.session_label},
        "speciality": {"code": listed.speciality_code, "label": listed.speciality_label},
        "opened_at": listed.opens_at,
        "names": criteria.names,
        "page": criteria.page,
        "letters": [
            {"letter": letter, "available": letter in criteria.all.letters}
            for letter in string.ascii_uppercase
        ],
        "letter": criteria.letter,
        "places": criteria.all.places,
        "place": criteria.place,
        "q": criteria.words,
        "count": criteria.count,
        "is_one": criteria.is_one,
    }
    return render_to_string(TEMPLATE, context, request)
