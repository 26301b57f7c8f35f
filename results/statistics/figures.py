"""The figures of a session for the office: complete, before the release and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from candidates.models import Entry, School, Session, Speciality
from results.statistics import counting
from results.statistics.comparing import jumped, predecessors
from results.statistics.groups import Figure, Group, Table, counted

TABLES = {
    Table.EXAM: _("Ensemble"),
    Table.SPECIALITY: _("Par spécialité"),
    Table.SECTOR: _("Par secteur"),
    Table.STATUS: _("Par statut de candidat"),
    Table.CENTRE: _("Par centre d’examen"),
    Table.SCHOOL: _("Par établissement"),
}
NO_SCHOOL = _("sans établissement")


@dataclass(frozen=True)
class Row:
    """A figure, its name, and that of the last session, if any.

    `change`: of the rate, in points. `jumped`: by much, and by more than chance explains.
    """

    figure: Figure
    label: str | Promise
    before: Figure | None = None

    @property
    def title(self) -> str | Promise:
        """The name of its table."""
        return TABLES[Table(self.figure.group.table)]

    @property
    def rate_before(self) -> Decimal | None:
        return self.before.rate if self.before else None

    @property
    def change(self) -> Decimal | None:
        rate, before = self.figure.rate, self.rate_before
        return None if rate is None or before is None else rate - before

    @property
    def jumped(self) -> bool:
        now, before = self.figure, self.before
        return before is not None and jumped(
            (now.admitted, now.present), (before.admitted, before.present)
        )


@dataclass(frozen=True)
class Figures:
    """The tables of a session after a round, and the session with which they are compared."""

    round: int
    before: Session | None
    tables: dict[Table, list[Row]]

    @property
    def mentions(self) -> list[str]:
        """The mentions that somebody has, by name."""
        return sorted(label for row in self.tables[Table.EXAM] for label in row.figure.mentions)

    @property
    def jumps(self) -> list[Row]:
        """The rows whose rate is far from that of the last session."""
        return [row for rows in self.tables.values() for row in rows if row.jumped]


def of_session(session: Session) -> Figures:
    """Return the figures of a session after the last round that is decided, in eight queries."""
    round = counting.last_round(session)
    now = counted(counting.lines(session, round=round))
    last = last_session(session)
    past: Mapping[Group, Figure] = {}
    follows: Mapping[str, str] = {}
    if last:
        # The first round is compared with the first, the end with the end.
        past_round = counting.last_round(last) if round == 2 else 1
        past = counted(counting.lines(last, round=past_round))
        follows = predecessors(speciality_names(now), speciality_names(past))
    names = labels(now)
    rows = [
        Row(figure, names[group], past.get(counterpart(group, follows)))
        for group, figure in now.items()
    ]
    tables = {
        table: sorted(
            (row for row in rows if row.figure.group.table == table),
            key=lambda row: (str(row.label), row.figure.group.key),
        )
        for table in TABLES
    }
    return Figures(round, last, tables)


def jumps(session: Session) -> list[Row]:
    """Return the rows of a session whose rate is far from that of the last one."""
    return of_session(session).jumps


def last_session(session: Session, using: str = "default") -> Session | None:
    """Return the session of the same exam before this one, September's for September's."""
    before = Session.objects.using(using).filter(exam=session.exam, year__lt=session.year)
    of_september = session.replaces_id is not None
    return before.filter(replaces__isnull=not of_september).order_by("-year", "code").first()


def counterpart(group: Group, follows: Mapping[str, str]) -> Group:
    """Return the group of the last session; `follows`: its specialities, by those of now."""
    if group.table != Table.SPECIALITY:
        return group
    return Group(group.table, follows.get(group.key, ""))


def speciality_names(groups: Iterable[Group], using: str = "default") -> dict[str, str]:
    """Return the labels of the specialities among `groups`, by code. One query."""
    codes = [group.key for group in groups if group.table == Table.SPECIALITY]
    found = Speciality.objects.using(using).filter(code__in=codes)
    return dict(found.values_list("code", "label"))


def labels(groups: Iterable[Group], using: str = "default") -> dict[Group, str | Promise]:
    """Return the name of each group as readers know it. Two queries."""
    groups = list(groups)
    named = [group.key for group in groups if group.table in (Table.SCHOOL, Table.CENTRE)]
    schools = {
        school.uai: f"{school.name}, {school.city}" if school.city else school.name
        for school in School.objects.using(using).filter(uai__in=named)
    }
    by_table: dict[str, Mapping[str, str | Promise]] = {
        Table.EXAM: {"": _("tous les candidats")},
        Table.SPECIALITY: speciality_names(groups, using),
        Table.SECTOR: {"": NO_SCHOOL, **dict(School.Sector.choices)},
        Table.STATUS: dict(Entry.Status.choices),
        Table.SCHOOL: schools,
        Table.CENTRE: schools,  # where its name is a UAI
    }
    return {group: by_table[group.table].get(group.key, group.key) for group in groups}
