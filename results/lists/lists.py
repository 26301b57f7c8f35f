"""The public lists: names of admitted candidates who consented, and no other personal data."""

import threading
import time
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connections
from django.db.models.expressions import RawSQL

from results.gate.statements import CompiledQuery
from results.lists.names import Names
from results.models import PublishedResult, Release
from results_portal.caches import BoundedCache
from results_portal.routers import PUBLIC

FORGOTTEN_AFTER = 600  # seconds without a visit to a list
_MOST_NAMES = 500_000  # of all cached lists, some hundred bytes each
_MOST_PREPARED = 250_000  # names read before the first visit


def open_lists():
    """Return the sessions and specialities with open lists, latest session first. One query."""
    sessions: dict[int, dict[str, Any]] = {}
    releases = (
        Release.objects.for_visitors()
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
    """The open release behind a list. Equal ones have the same lines.

    `edition`: the open releases of its session and speciality, each with the number of its edition.
    """

    session_id: int
    speciality_id: int
    opens_at: datetime
    session_code: str
    session_label: str
    speciality_code: str
    speciality_label: str
    edition: str


def open_list(session_code, speciality_code):
    """Return the `OpenList` of these codes, or None: unknown and not yet open look the same."""
    rows = _OPEN.rows(session_code, speciality_code)
    return OpenList(*rows[0]) if rows else None


_EDITION = """(
    SELECT string_agg(concat_ws(':', open.id, edition.number), ',' ORDER BY open.id)
    FROM results_release AS open
    LEFT JOIN results_listedition AS edition ON edition.release_id = open.id
    WHERE open.session_id = results_release.session_id
        AND open.speciality_id = results_release.speciality_id
        AND open.opens_at <= statement_timestamp() AND open.withdrawn_at IS NULL
)"""


def _open(session_code, speciality_code):
    return (
        Release.objects.for_visitors()
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


_OPEN = CompiledQuery(_open, "the code of a session", "the code of a speciality")


def _lines(session_id, speciality_id):
    listed = PublishedResult.objects.for_visitors().current().on_the_web()
    return (
        listed.filter(release__session=session_id, release__speciality=speciality_id)
        .order_by()  # sorted in memory: the database would sort on disk
        .values_list("sort_key", "list_name", "search_key", "posting_place")
    )


_LINES = CompiledQuery(_lines, -1001, -1002)


class _CachedNames:
    """The names of an open list, and the time at which they were last used."""

    def __init__(self, listed):
        self.listed = listed
        self.names = Names(_LINES.rows(listed.session_id, listed.speciality_id))
        self.used_at = time.monotonic()


def _size(cached: _CachedNames) -> int:
    """Return the number of names; a list above the bound of the cache is kept alone."""
    return min(len(cached.names), _MOST_NAMES)


_names_of_lists: BoundedCache[tuple[int, int], _CachedNames] = BoundedCache(_MOST_NAMES, _size)
_reading = threading.Lock()  # one thread reads a list, others wait for it


def names(listed):
    """Return the `Names` of an `OpenList`. No query once this process has read them."""
    key = listed.session_id, listed.speciality_id
    cached = _names_of_lists.get(key)
    if cached is None or cached.listed != listed:
        with _reading:
            cached = _names_of_lists.get(key)
            if cached is None or cached.listed != listed:
                forget_unused()
                cached = _names_of_lists[key] = _CachedNames(listed)
    cached.used_at = time.monotonic()
    return cached.names


def forget_unused():
    """Drop lists that are not used any more: purged data must not stay in memory."""
    latest = time.monotonic() - FORGOTTEN_AFTER
    for key, cached in list(_names_of_lists.items()):
        if cached.used_at < latest:
            _names_of_lists.discard(key)


def prepare_worker(**_signal):
    """Run `prepare` in a thread of its own, and close its connection."""
    try:
        prepare()
    finally:
        connections[PUBLIC].close()


def prepare():
    """Read the newest lists before the first visit."""
    for session in open_lists():
        for speciality in session["specialities"]:
            if _names_of_lists.currsize > _MOST_PREPARED:
                return
            if listed := open_list(session["code"], speciality["code"]):
                names(listed)
