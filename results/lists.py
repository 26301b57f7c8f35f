"""The public lists: names of the admitted who consented, and nothing else of anyone."""

import string

from django.core.paginator import Paginator
from django.db.models.functions import Substr

from candidates.sort_names import search_key
from results.lookup import PUBLIC
from results.models import PublishedResult, Release

PER_PAGE = 200


def open_lists():
    """The sessions and specialities whose lists are open, the latest session first. One query."""
    sessions = {}
    releases = (
        Release.objects.using(PUBLIC)
        .open()
        .select_related("session", "speciality")
        .order_by("-session__year", "session__code", "speciality__label", "round")
    )
    for release in releases:
        session = sessions.setdefault(
            release.session_id,
            {
                "code": release.session.code,
                "label": release.session.label,
                "specialities": {},
            },
        )
        session["specialities"][release.speciality_id] = {
            "code": release.speciality.code,
            "label": release.speciality.label,
            "opened_at": release.opens_at,
        }
    for session in sessions.values():
        session["specialities"] = list(session["specialities"].values())
    return list(sessions.values())


def latest_open_release(session_code, speciality_code):
    """The open release behind a list, or None: unknown and not yet open look the same."""
    return (
        Release.objects.using(PUBLIC)
        .open()
        .filter(session__code=session_code, speciality__code=speciality_code)
        .select_related("session", "speciality")
        .order_by("-round")
        .first()
    )


class PublicList:
    """The names of one session and speciality on the web, as one page asks for them.

    Three queries: the letters and places there are, the count of the page's names, the names.
    """

    def __init__(self, release, *, words="", letter="", place="", page=1):
        self.listed = (
            PublishedResult.objects.using(PUBLIC)
            .current()
            .on_the_web()
            .filter(
                release__session=release.session_id,
                release__speciality=release.speciality_id,
            )
        )
        self.places, self.letters = self._places_and_letters()
        self.place = place if place in self.places else ""
        self.letter = letter if letter in string.ascii_uppercase else ""
        self.words = words
        self.page = Paginator(self._names(), PER_PAGE).get_page(page)

    @property
    def alphabet(self):
        return [
            {"letter": letter, "available": letter in self.letters}
            for letter in string.ascii_uppercase
        ]

    def _places_and_letters(self):
        pairs = set(
            self.listed.order_by()
            .annotate(initial=Substr("sort_key", 1, 1))
            .values_list("posting_place", "initial")
            .distinct()
        )
        return sorted({place for place, _ in pairs if place}), {letter for _, letter in pairs}

    def _names(self):
        names = self.listed.order_by("sort_key", "pk")
        if self.place:
            names = names.filter(posting_place=self.place)
        if self.letter:
            names = names.filter(sort_key__startswith=self.letter)
        for word in search_key(self.words).split():
            names = names.filter(search_key__contains=word)
        if self.words and not search_key(self.words):
            names = names.none()
        return names.values_list("list_name", flat=True)
