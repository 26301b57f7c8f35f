"""The public lists: names of the admitted who consented, and nothing else of anyone."""

import threading
import time
from datetime import datetime
from typing import NamedTuple

from django.db import connections
from django.db.models.expressions import RawSQL

from results.gate.statements import CompiledQuery
from results.lists.names import Names
from results.models import PublishedResult, Release
from results_portal.caches import BoundedCache
from results_portal.routers import PUBLIC

FORGOTTEN_AFTER = 600  # seconds in which nobody asked for a list
_MOST_NAMES = 500_000  # of all lists that a process keeps, some hundred bytes each
_MOST_PREPARED = 250_000  # names read before anybody asks


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


_OPEN = CompiledQuery(_open, "the code of a session", "the code of a speciality")


def _lines(session_id, speciality_id):
    listed = PublishedResult.objects.using(PUBLIC).current().on_the_web()
    return (
        listed.filter(release__session=session_id, release__speciality=speciality_id)
        .order_by()  # sorted in memory, or the database sorts on its disk
        .values_list("sort_key", "list_name", "search_key", "posting_place")
    )


_LINES = CompiledQuery(_lines, -1001, -1002)


class _Kept:
    """The names of a list that is open, and when somebody last asked for them."""

    def __init__(self, listed):
        self.listed = listed
        self.names = Names(_LINES.rows(listed.session_id, listed.speciality_id))
        self.asked_at = time.monotonic()


def _size(kept: _Kept) -> int:
    """The names of a list; one with more than all may hold is kept alone."""
    return min(len(kept.names), _MOST_NAMES)


_kept: BoundedCache[tuple[int, int], _Kept] = BoundedCache(_MOST_NAMES, _size)
_reading = threading.Lock()  # one reads a list, and who asks for it meanwhile waits for that


def names(listed):
    """The `Names` of an `OpenList`. No query once this process has read them."""
    key = listed.session_id, listed.speciality_id
    kept = _kept.get(key)
    if kept is None or kept.listed != listed:
        with _reading:
            kept = _kept.get(key)
            if kept is None or kept.listed != listed:
                forget_unused()
                kept = _kept[key] = _Kept(listed)
    kept.asked_at = time.monotonic()
    return kept.names


def forget_unused():
    """Forget what nobody asks for any more: what is purged does not stay in memory."""
    latest = time.monotonic() - FORGOTTEN_AFTER
    for key, kept in list(_kept.items()):
        if kept.asked_at < latest:
            _kept.discard(key)


def prepare_worker(**_signal):
    """`prepare` in a thread of its own, whose connection nobody else closes."""
    try:
        prepare()
    finally:
        connections[PUBLIC].close()


def prepare():
    """Read the newest lists, so that nobody waits for it."""
    for session in open_lists():
        for speciality in session["specialities"]:
            if _kept.currsize > _MOST_PREPARED:
                return
            if listed := open_list(session["code"], speciality["code"]):
                names(listed)
