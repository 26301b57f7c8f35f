"""Figures as the public reads them: rows of open releases, by the rights of visitors' pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.functional import Promise

from candidates.models import Session
from results.models import PublicFigure, Release
from results.statistics import figures
from results.statistics.comparing import predecessors
from results.statistics.groups import Group, Table, rate
from results_portal.routers import PUBLIC

_ORDER = [Table.SPECIALITY, Table.SECTOR, Table.STATUS, Table.CENTRE, Table.SCHOOL]
_LONG = [Table.CENTRE, Table.SCHOOL]


@dataclass(frozen=True)
class PublicRow:
    """A group in public. `present` is None where its numbers are hidden, and so is the rest."""

    group: Group
    label: str | Promise
    present: int | None
    admitted: int | None
    mentions: Mapping[str, int] = field(default_factory=dict)
    before: Decimal | None = None

    @property
    def rate(self) -> Decimal | None:
        return rate(self.admitted, self.present)

    @property
    def change(self) -> Decimal | None:
        return None if self.rate is None or self.before is None else self.rate - self.before


@dataclass(frozen=True)
class PublicTable:
    name: Table
    title: str | Promise
    rows: list[PublicRow]
    hidden: int = 0


@dataclass(frozen=True)
class PublicFigures:
    """What a page shows. `release`: of one speciality; `total`: of the specialities shown."""

    session: Session
    round: int
    before: Session | None
    tables: list[PublicTable]
    release: Release | None = None
    total: PublicRow | None = None


def of_session(code: str) -> PublicFigures | None:
    """Return the specialities of a session with an open release; None where there is none.

    Their total is that of the specialities shown: it tells nothing that these do not.
    """
    releases = _last_releases(code)
    if not releases:
        return None
    session = releases[0].session
    rows = _rows(releases, tables=[Table.SPECIALITY])
    shown = [row for row in rows if row.present is not None]
    total = PublicRow(
        Group(Table.EXAM, ""),
        figures.TABLES[Table.EXAM],
        sum(row.present or 0 for row in shown),
        sum(row.admitted or 0 for row in shown),
    )
    return PublicFigures(
        session,
        max(release.round for release in releases),
        _session_before(session),
        _tables(rows),
        total=total if len(shown) > 1 else None,
    )


def of_speciality(session_code: str, speciality_code: str) -> PublicFigures | None:
    """Return the tables of one speciality; None where no release of it is open."""
    releases = _last_releases(session_code, speciality__code=speciality_code)
    if not releases:
        return None
    (release,) = releases
    before = _session_before(release.session)
    tables = _tables(_rows(releases, tables=_ORDER))
    return PublicFigures(release.session, release.round, before, tables, release)


def public_rows(session: Session) -> list[PublicRow]:
    """Return every public row of a session, for a file: what the pages show, and no more."""
    releases = _last_releases(session.code)
    return _rows(releases, tables=_ORDER) if releases else []


def _releases(session_code: str, **wanted: str) -> list[Release]:
    return list(
        Release.objects.for_visitors()
        .open()
        .filter(session__code=session_code, **wanted)
        .select_related("session", "speciality")
        .order_by("speciality__label", "speciality__code", "round")
    )


def _last_releases(session_code: str, **wanted: str) -> list[Release]:
    """Return the open release of each speciality with the highest round."""
    found = _releases(session_code, **wanted)
    return list({release.speciality_id: release for release in found}.values())


def _rows(releases: list[Release], *, tables: Iterable[Table]) -> list[PublicRow]:
    """Return the rows of releases, each beside the rate of the last session."""
    wanted = PublicFigure.objects.for_visitors().open()
    found = list(wanted.filter(release__in=releases, table__in=list(tables)))
    groups = {_group(row) for row in found}
    names = figures.labels(groups, using=PUBLIC)
    past = _past_rates(releases)
    of_release = {release.pk: release.speciality.code for release in releases}
    rows = [
        PublicRow(
            _group(row),
            names[_group(row)],
            row.present,
            row.admitted,
            dict(row.mentions or []),
            past.get((of_release[row.release_id], _without_code(_group(row)))),
        )
        for row in found
    ]
    return sorted(rows, key=lambda row: (str(row.label), row.group.key))


def _past_rates(releases: list[Release]) -> dict[tuple[str, Group], Decimal | None]:
    """Return the rates of the last session, by the speciality of now that follows its own.

    They are those after the same round, or after the only one that there was.
    """
    before = _session_before(releases[0].session)
    if before is None:
        return {}
    past = _releases(before.code)
    follows = predecessors(
        {release.speciality.code: release.speciality.label for release in releases},
        {release.speciality.code: release.speciality.label for release in past},
    )
    rounds = {release.speciality.code: release.round for release in releases}
    of_release = {}
    for code, code_before in follows.items():
        found = {one.round: one for one in past if one.speciality.code == code_before}
        of_release[found.get(rounds[code], found[min(found)]).pk] = code
    rows = PublicFigure.objects.for_visitors().open().filter(release__in=of_release)
    return {
        (of_release[row.release_id], _without_code(_group(row))): rate(row.admitted, row.present)
        for row in rows
    }


def _session_before(session: Session) -> Session | None:
    return figures.last_session(session, using=PUBLIC)


def _group(row: PublicFigure) -> Group:
    return Group(row.table, row.key)


def _without_code(group: Group) -> Group:
    """Return a group that compares with that of another session, whose speciality has its code."""
    return group._replace(key="") if group.table == Table.SPECIALITY else group


def _tables(rows: list[PublicRow]) -> list[PublicTable]:
    found = []
    for table in _ORDER:
        of_table = [row for row in rows if row.group.table == table]
        shown = [row for row in of_table if row.present is not None or table not in _LONG]
        if of_table:
            title = figures.TABLES[table]
            found.append(PublicTable(table, title, shown, hidden=len(of_table) - len(shown)))
    return found
