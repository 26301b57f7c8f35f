"""The groups of which rates are given, and what is counted in each. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from operator import add
from typing import NamedTuple

from results.rules import Verdict
from results.statistics.secrecy import Cell, shown


class Table(StrEnum):
    """The tables of a session's figures, in the order in which they are shown."""

    EXAM = "exam"
    SPECIALITY = "speciality"
    SECTOR = "sector"
    STATUS = "status"
    CENTRE = "centre"
    SCHOOL = "school"


class Group(NamedTuple):
    """A row of a table. `key`: code, UAI, sector, status or name; "" for those without a school."""

    table: str
    key: str


class EntryCount(NamedTuple):
    """Entries that are alike in all that is counted, and how many they are.

    `first`, `verdict`: after the first round, and after the last that is looked at; "" before the
    jury. `sat`: took part in one test at least. `agreed`: to be named on the web's list.
    """

    speciality: str
    school: str
    sector: str
    centre: str
    status: str
    first: str
    verdict: str
    mention: str
    sat: bool
    agreed: bool
    people: int

    @property
    def is_admitted(self) -> bool:
        return self.verdict == Verdict.ADMITTED

    @property
    def is_present(self) -> bool:
        """Whether they count among those of whom a part was admitted (présents).

        The rate of success is the admitted among those present, who took part in one test at least
        (DEPP, Repères et références statistiques, « taux de réussite »). A mark kept from another
        session is no taking part, but whoever is admitted by kept marks alone is counted. Not
        counted, as no jury has admitted or refused them yet: sans décision finale, décision
        reportée (September counts them), suspendu, incomplet. Appelé au second tour is present.
        """
        return self.is_admitted or (self.sat and self.verdict in _JUDGED)

    @property
    def groups(self) -> list[Group]:
        found = [
            Group(Table.EXAM, ""),
            Group(Table.SPECIALITY, self.speciality),
            Group(Table.SECTOR, self.sector),
            Group(Table.STATUS, self.status),
        ]
        if self.centre:
            found.append(Group(Table.CENTRE, self.centre))
        if self.school:
            found.append(Group(Table.SCHOOL, self.school))
        return found


_JUDGED = {Verdict.ADMITTED, Verdict.CONTROL, Verdict.REFUSED, Verdict.ELIMINATED}


@dataclass
class Figure:
    """What is counted in a group. `mentions`: the admitted of the first round, by mention."""

    group: Group
    entered: int = 0
    present: int = 0
    admitted: int = 0
    mentions: dict[str, int] = field(default_factory=dict)

    @property
    def rate(self) -> Decimal | None:
        return rate(self.admitted, self.present)


def rate(admitted: int | None, present: int | None) -> Decimal | None:
    """Return the admitted in percent of those present, to a tenth; None where nobody was."""
    if not present or admitted is None:
        return None
    return (Decimal(100 * admitted) / present).quantize(Decimal("0.1"), ROUND_HALF_UP)


def counted(lines: Iterable[EntryCount]) -> dict[Group, Figure]:
    """Return the figure of each group that has entries."""
    figures: dict[Group, Figure] = {}
    for line in lines:
        for group in line.groups:
            figure = figures.setdefault(group, Figure(group))
            figure.entered += line.people
            if line.is_present:
                figure.present += line.people
            if line.is_admitted:
                figure.admitted += line.people
                if line.mention:
                    known = figure.mentions.get(line.mention, 0)
                    figure.mentions[line.mention] = known + line.people
    return figures


# A school is of one sector; statuses and centres cut across, and come last: see `secrecy`.
_INTEREST = [Table.SPECIALITY, Table.SECTOR, Table.SCHOOL, Table.CENTRE, Table.STATUS]


@dataclass(frozen=True)
class PublicGroups:
    """The groups of a speciality that have numbers in public, and those that have mentions.

    Mentions are told of the whole speciality alone.
    """

    rates: set[Group]
    mentions: set[Group]


def public_groups(
    lines: Sequence[EntryCount],
    *,
    round: int = 1,
    mentions: Sequence[str] = (),
    earlier: set[Group] | None = None,
) -> PublicGroups:
    """Return what may be told of one speciality. `mentions`: those that its regulation knows.

    `earlier`: of which groups the first round told, if it did. The second tells of no other, so
    that both together tell who was admitted first, who then, and who not: each of them many.
    """
    found = {group for line in lines if line.is_present for group in line.groups}
    sizes: Counter[Group] = Counter()
    for line in lines:
        if line.is_present:
            sizes.update(dict.fromkeys(line.groups, line.people))
    order = [
        group
        for table in _INTEREST
        for group in sorted(found, key=lambda group: (-sizes[group], group))
        if group.table == table and (earlier is None or group in earlier)
    ]
    second = round == 2
    rates = shown(order, _cells(lines, lambda line: _outcomes(line, second=second)))
    if not mentions:
        return PublicGroups(rates, set())
    cells = _cells(lines, lambda line: _with_mention(line, mentions, second=second))
    whole = [group for group in order if group in rates and group.table == Table.SPECIALITY]
    return PublicGroups(rates, shown(whole, cells))


def _cells(
    lines: Sequence[EntryCount], numbers_of: Callable[[EntryCount], list[int]]
) -> list[Cell]:
    """Return the `secrecy.Cell` of those who are in the same groups; `numbers_of` a line."""
    cells: dict[frozenset[Group], list[int]] = {}
    for line in lines:
        if line.is_present:
            key = frozenset(line.groups)
            numbers = numbers_of(line)
            sums = cells.setdefault(key, [0] * len(numbers))
            sums[:] = map(add, sums, numbers)
    return [Cell(key, tuple(numbers)) for key, numbers in cells.items()]


def _outcomes(line: EntryCount, *, second: bool) -> list[int]:
    """Return how many of a line are admitted and on no public list, and how many are not admitted.

    After the second round the admitted are of two kinds: the public knows who was admitted first.
    """
    first = line.first == Verdict.ADMITTED or not second
    unnamed = line.people if line.is_admitted and not line.agreed else 0
    others = 0 if line.is_admitted else line.people
    if not second:
        return [unnamed, others]
    return [unnamed if first else 0, 0 if first else unnamed, others]


def _with_mention(line: EntryCount, mentions: Sequence[str], *, second: bool) -> list[int]:
    """Return the same, and how many have each mention, or none: no public list tells mentions."""
    told = [line.people if line.mention == mention else 0 for mention in mentions]
    without = line.people if line.is_admitted and not line.mention else 0
    return [*_outcomes(line, second=second), *told, without]
