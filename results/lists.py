"""The public lists: names of the admitted who consented, and nothing else of anyone."""

import string
from datetime import datetime
from typing import NamedTuple

from django.core.paginator import Paginator
from django.db.models.expressions import RawSQL
from django.db.models.functions import Substr

from candidates.sort_names import search_key
from results.models import PublishedResult, Release
from results.statements import PUBLIC, Statement

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


class OpenList(NamedTuple):
    """The open release behind a list. Two that are equal have the same lines: `edition` tells the
    open releases of its session and speciality, and how often their lines have changed."""

    session_id: int
    speciality_id: int
    opens_at: datetime
    session_code: str
    session_label: str
    speciality_code: str
    speciality_label: str
    edition: str


def open_list(session_code, speciality_code):
    """The `OpenList` of these codes, or None: unknown and not yet open look the same."""
    rows = _OPEN.rows(session_code, speciality_code)
    return OpenList(*rows[0]) if rows else None


_EDITION = """(
    SELECT concat_ws(':', string_agg(DISTINCT open.id::text, ','), count(change.id))
    FROM results_release AS open
    LEFT JOIN results_listchange AS change ON change.release_id = open.id
    WHERE open.session_id = results_release.session_id
        AND open.speciality_id = results_release.speciality_id
        AND open.opens_at <= statement_timestamp() AND open.withdrawn_at IS NULL
)"""


def _open(session_code, speciality_code):
    return (
        Release.objects.using(PUBLIC)
        .open()
        .filter(session__code=session_code, speciality__code=speciality_code)
        .order_by("-round")
        .annotate(edition=RawSQL(_EDITION, []))  # noqa: S611  nothing of a request in it
        .values_list(
            "session_id",
            "speciality_id",
            "opens_at",
            "session__code",
            "session__label",
            "speciality__code",
            "speciality__label",
            "edition",
        )[:1]
    )


_OPEN = Statement(_open, "the code of a session", "the code of a speciality")


class PublicList:
    """The names of one session and speciality on the web, as one page asks for them.

    Three queries: the letters and places there are, the count of the page's names, the names.
    """

    def __init__(self, listed, *, words="", letter="", place="", page=1):
        self.listed = (
            PublishedResult.objects.using(PUBLIC)
            .current()
            .on_the_web()
            .filter(
                release__session=listed.session_id,
                release__speciality=listed.speciality_id,
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
