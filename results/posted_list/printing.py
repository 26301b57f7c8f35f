"""Printing of the posted lists of a session, a file for each speciality and posting place."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class ListChoice:
    """The lists to print: of specialities (by code), a round and a posting place; or of all."""

    specialities: Sequence[str] = ()
    round: int | None = None
    place: str | None = None

    @property
    def words(self) -> list[str]:
        """The choice as words, which name a run."""
        round, place = self.round and f"tour {self.round}", self.place
        return [word for word in (*sorted(self.specialities), round, place) if word]


EVERY_LIST = ListChoice()


def print_posted_lists(
    session: Session,
    directory: str | Path,
    *,
    choice: ListChoice = EVERY_LIST,
    processes: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> print_run.PrintReport:
    """Print the lists of every release of `session` that is scheduled or open, into `directory`.

    Scheduled is enough: the office prints before the hour, and each list states the hour at which
    it may be posted. A place where nobody is admitted has a list that says so. `choice`: some of
    them. Raises `NothingScheduled`; for the rest see `print_run.print_documents`.
    """
    releases = list(_releases(session, choice))
    if not releases:
        raise NothingScheduled
    return print_run.print_documents(
        _sheets(releases, choice.place),
        directory,
        run=" ".join(["listes", session.code, *choice.words]),
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


def places_of(session: Session) -> list[str]:
    """Return the posting places of the lists of a session, in order."""
    listed = PublishedResult.objects.filter(
        release__session=session, release__withdrawn_at=None
    ).exclude(verdict__in=WITHOUT_SHEET)
    return sorted(listed.order_by().values_list("posting_place", flat=True).distinct())


def _releases(session: Session, choice: ListChoice) -> QuerySet[Release]:
    found = Release.objects.announced().filter(session=session)
    if choice.specialities:
        found = found.filter(speciality__code__in=choice.specialities)
    if choice.round is not None:
        found = found.filter(round=choice.round)
    return found.select_related("session", "speciality").order_by("speciality__code", "round")


def _newest(release):
    newer = PublishedResult.objects.filter(
        release=release, entry=OuterRef("entry"), revision__gt=OuterRef("revision")
    )
    return PublishedResult.objects.filter(~Exists(newer), release=release)


def _sheets(releases, place):
    taken: set[str] = set()
    for release in releases:
        for posted in posted_lists(release):
            if place is not None and posted.posting_place != place:
                continue
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
