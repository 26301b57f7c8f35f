"""The pages of the public lists, kept as long as nothing in them has changed.

Whether a list is open, and how often its lines have changed, is asked of the database each time
(`lists.open_list`): nothing is kept before the hour, and a consent taken back is obeyed at once,
or after the second for which the server repeats what it said (`results_portal.moment`).
"""

import hashlib
import time
from typing import NamedTuple

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response

from results import frames, lists
from results_portal import moment

_MOST = 500  # pages of 200 names
_SECONDS = 600  # then made anew: what is purged does not stay in memory


class _Page(NamedTuple):
    body: bytes
    etag: str
    made_at: float


_pages: dict[tuple, _Page] = {}


def page(request, listed):
    """The answer to a request for the list of an `lists.OpenList`, or to a search in it."""
    if request.method == "POST":
        return HttpResponse(_rendered(request, listed, request.POST))
    key = (*frames.always(), listed, request.get_full_path())
    kept = _pages.get(key)
    if kept is None or time.monotonic() - kept.made_at > _SECONDS:
        kept = _keep(key, _rendered(request, listed, request.GET).encode())
    headers = {"ETag": kept.etag, "Cache-Control": "no-cache"}
    answer = HttpResponse(kept.body, headers=headers)
    answer = get_conditional_response(request, etag=kept.etag, response=answer)
    return moment.share(answer, kept.etag)


def _keep(key, body):
    if len(_pages) >= _MOST:
        _pages.clear()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    kept = _pages[key] = _Page(body, etag, time.monotonic())
    return kept


def _rendered(request, listed, asked):
    found = lists.PublicList(
        listed,
        words=request.POST.get("q", "")[:100],
        letter=asked.get("lettre", ""),
        place=asked.get("lieu", ""),
        page=asked.get("page", 1),
    )
    context = {
        "session": {"code": listed.session_code, "label": listed.session_label},
        "speciality": {"code": listed.speciality_code, "label": listed.speciality_label},
        "opened_at": listed.opens_at,
        "names": list(found.page),
        "page": found.page,
        "letters": found.alphabet,
        "letter": found.letter,
        "places": found.places,
        "place": found.place,
        "q": found.words,
    }
    return render_to_string("results/list.html", context, request)
