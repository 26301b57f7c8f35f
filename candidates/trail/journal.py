"""The journal: who did and saw what, from every table of the trail, newest first."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import BigIntegerField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from candidates.models import Candidate, Entry
from candidates.trail import words
from candidates.trail.sources import TrailLine, TrailTable, Whom, get

Key = tuple[datetime.datetime, str, int]
_AT_ONCE = 500  # rows put into words


@dataclass(frozen=True)
class Search:
    """What is looked for in `sources`: accounts by their keys, candidates, days (both included)."""

    sources: Sequence[TrailTable]
    users: Sequence[int] | None = None
    whom: Whom | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None

    def keys(self, first: int, most: int) -> list[Key]:
        """Return the keys of lines, the newest first, from place `first` on. One query.

        Each table is read by its index of times, down to the last of these lines.
        """
        branches = [
            self._rows(source)
            .annotate(
                trail_at=F(source.at),
                trail_of=Value(source.name, TextField()),
                trail_key=Cast("pk", BigIntegerField()),
            )
            .order_by(f"-{source.at}", "-pk")
            .values_list("trail_at", "trail_of", "trail_key")[: first + most]
            for source in self.sources
            if self._may_have(source)
        ]
        if not branches:
            return []
        joined = branches[0].union(*branches[1:], all=True) if branches[1:] else branches[0]
        if branches[1:]:
            joined = joined.order_by("-trail_at", "trail_of", "-trail_key")
        return list(joined[first : first + most])

    def _may_have(self, source: TrailTable) -> bool:
        of_nobody = self.users is not None and source.user is None
        return not of_nobody and (self.whom is None or source.about is not None)

    def _rows(self, source: TrailTable) -> QuerySet[Any]:
        found = source.rows()
        if self.users is not None:
            found = found.filter(**{f"{source.user}__in": self.users})
        if self.whom is not None and source.about:
            found = found.filter(source.about(self.whom))
        if self.since:
            found = found.filter(**{f"{source.at}__gte": _midnight(self.since)})
        if self.until:
            after = self.until + datetime.timedelta(days=1)
            found = found.filter(**{f"{source.at}__lt": _midnight(after)})
        return found


@dataclass(frozen=True)
class Told:
    """A line with the names of those that it is about."""

    line: TrailLine
    who: str
    way: str
    entry: Entry | None
    candidate: Candidate | None

    @property
    def reason(self) -> str:
        return str(self.line.context.get("reason") or "")


def told(keys: Sequence[Key]) -> Iterator[Told]:
    """Yield the lines of `keys`, in their order: a bounded number of queries for five hundred."""
    for start in range(0, len(keys), _AT_ONCE):
        yield from _told(keys[start : start + _AT_ONCE])


def _told(keys: Sequence[Key]) -> Iterator[Told]:
    lines: dict[tuple[str, int], TrailLine] = {}
    for name in sorted({of for _at, of, _key in keys}):
        source = get(name)
        wanted = [key for _at, of, key in keys if of == name]
        rows = sorted(source.rows().filter(pk__in=wanted).order_by(), key=attrgetter("pk"))
        lines |= {(name, row.pk): line for row, line in zip(rows, source.lines(rows), strict=True)}
    shown = [lines[of, key] for _at, of, key in keys]
    users = get_user_model().objects.in_bulk({line.user for line in shown if line.user})
    entries = Entry.objects.in_bulk({line.entry for line in shown if line.entry})
    people = Candidate.objects.in_bulk({line.candidate for line in shown if line.candidate})
    for line in shown:
        yield Told(
            line,
            words.author(users.get(line.user), line.context),
            words.way(line.context),
            entries.get(line.entry),
            people.get(line.candidate),
        )


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
