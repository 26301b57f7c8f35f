"""Printing of the posted lists of a session, a file for each speciality and posting place."""

from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone
from django.utils.text import slugify

from candidates.models import Session
from results.models import PublishedResult, Release
from results.posted_list.layout import ListLayout, content
from results.posted_list.posted_list import PostedList, design
from results.rules import WITHOUT_SHEET
from results_portal.printing import run as print_run

COLUMNS = ("specialite", "tour", "lieu_affichage", "heure", "admis")
PREFIX = "liste"
_NAMES = tuple(
    KeyTextTransform(key, "document__candidate")
    for key in ("usage_name", "birth_name", "given_names")
)


class NothingScheduled(Exception):
    """Refusal to print: no result of this session is scheduled yet."""


def print_posted_lists(
    session: Session,
    directory: str | Path,
    *,
    processes: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> print_run.PrintReport:
    """Print the lists of every release of `session` that is scheduled or open, into `directory`.

    Scheduled is enough: the office prints before the hour, and each list states the hour at which
    it may be posted. A place where nobody is admitted has a list that says so. Raises
    `NothingScheduled`; for the rest see `print_run.print_documents`.
    """
    releases = list(_releases(session))
    if not releases:
        raise NothingScheduled
    return print_run.print_documents(
        _sheets(releases),
        directory,
        run=f"listes {session.code}",
        layout=ListLayout(design()),
        columns=COLUMNS,
        prefix=PREFIX,
        one_file_each=True,
        processes=processes,
        progress=progress,
    )


def posted_lists(release: Release) -> Iterator[PostedList]:
    """Yield the lists of one release by posting place, from its present rows, open or not."""
    shown = _newest(release)
    listed = shown.exclude(verdict__in=WITHOUT_SHEET)
    places = listed.order_by("posting_place").values_list("posting_place", flat=True).distinct()
    admitted = (
        shown.admitted()
        .order_by("posting_place", "sort_key", "pk")
        .values_list("posting_place", *_NAMES)
    )
    by_place = groupby(admitted.iterator(chunk_size=2000), key=itemgetter(0))
    following = next(by_place, None)
    for place in places:
        names = []
        if following and following[0] == place:
            names = [(usage or birth, given) for _, usage, birth, given in following[1]]
            following = next(by_place, None)
        yield PostedList(
            names=names,
            exam=release.session.exam,
            session_label=release.session.label,
            speciality_label=release.speciality.label,
            posting_place=place,
            released_at=release.opens_at,
            round=release.round,
        )


def _releases(session: Session) -> QuerySet[Release]:
    return (
        Release.objects.filter(session=session, withdrawn_at=None)
        .select_related("session", "speciality")
        .order_by("speciality__code", "round")
    )


def _newest(release):
    newer = PublishedResult.objects.filter(
        release=release, entry=OuterRef("entry"), revision__gt=OuterRef("revision")
    )
    return PublishedResult.objects.filter(~Exists(newer), release=release)


def _sheets(releases):
    taken: set[str] = set()
    for release in releases:
        for posted in posted_lists(release):
            name = _file_name(release, posted, taken)
            cells = (
                release.speciality.code,
                str(release.round),
                posted.posting_place,
                timezone.localtime(posted.released_at).isoformat(timespec="minutes"),
                str(len(posted.names)),
            )
            yield print_run.PrintDocument(name, content(posted), cells)


def _file_name(release, posted, taken):
    parts = [release.speciality.code, slugify(posted.posting_place)[:80] or "sans-lieu"]
    name = "-".join(parts if release.round == 1 else [*parts, f"tour-{release.round}"])
    number, unique = 1, name
    while unique in taken:
        number += 1
        unique = f"{name}-{number}"
    taken.add(unique)
    return unique
