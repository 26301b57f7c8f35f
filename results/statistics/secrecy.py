"""Statistical secrecy: which groups may be shown so that nobody's result is told. Pure.

No text fixes a threshold for results of exams. The rule here is that of a table of frequencies:
*of each number told, at least five people* (`FEWEST`), whichever numbers are put together.

An attacker knows who sat, in which school and centre; has every list of the admitted who agreed to
be named; and adds up and takes away what is shown. Say that two people are *alike* when exactly the
same shown groups hold them. Whatever is added up or taken away counts whole sets of people who are
alike, and never less. So nothing is told when each such set, on its own, could be shown:

- at least five of them were admitted and are not named on a public list, and at least five were not
  admitted. A rate of 100 % or 0 %, or one next to it, is therefore never shown, however large the
  group;
- where more is told (admitted at the first or at the second round; each mention), at least five for
  each outcome told.

Groups are taken in the order of their interest; one that would make a set too small is hidden
whole, how many sat as well. So small groups are hidden, and those that would give them away by
difference.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

FEWEST = 5  # people, of each outcome that is told

Group = TypeVar("Group", bound=Hashable)


@dataclass(frozen=True)
class Cell:
    """People whom no group tells apart.

    `numbers`: how many there are of each outcome that is told, without those of whom it is known
    anyway, like the admitted whom a public list names. Who has no outcome (did not sit, suspended,
    deferred) is not counted.
    """

    groups: frozenset[Hashable]
    numbers: tuple[int, ...]


def may_be_told(numbers: Iterable[int]) -> bool:
    """Whether numbers of people, one for each outcome, may be shown."""
    return all(number >= FEWEST for number in numbers)


def shown(groups: Iterable[Group], cells: Sequence[Cell]) -> set[Group]:
    """Return those of `groups`, the most interesting first, that may be shown together.

    A group without people is shown: it tells nothing of anybody.
    """
    cells_of: dict[Hashable, list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        for group in cell.groups:
            cells_of[group].append(place)
    alike = [0] * len(cells)  # the set of each cell; 0: in no shown group
    numbers = {0: _sum(cell.numbers for cell in cells)}
    sizes = {0: len(cells)}  # in cells
    found = set()
    for group in groups:
        inside: dict[int, list[int]] = defaultdict(list)
        for place in cells_of[group]:
            inside[alike[place]].append(place)
        parts = {old: _sum(cells[place].numbers for place in some) for old, some in inside.items()}
        if not all(
            may_be_told(part)
            # Of people outside all that is shown nothing is known, however few are left.
            and (
                old == 0
                or len(inside[old]) == sizes[old]
                or may_be_told(_difference(numbers[old], part))
            )
            for old, part in parts.items()
        ):
            continue
        found.add(group)
        for old, part in parts.items():
            if old and len(inside[old]) == sizes[old]:
                continue
            new = len(numbers)
            numbers[new], sizes[new] = part, len(inside[old])
            numbers[old], sizes[old] = _difference(numbers[old], part), sizes[old] - sizes[new]
            for place in inside[old]:
                alike[place] = new
    return found


def _sum(numbers: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*numbers, strict=True)))


def _difference(all: tuple[int, ...], part: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(one - other for one, other in zip(all, part, strict=True))
