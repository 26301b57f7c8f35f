"""An attacker who holds all that is shown, and knows who sat, where, and who is on a list."""

from fractions import Fraction
from itertools import product


class Attacker:
    """What can be worked out from shown groups. `told`: by group, its number of each outcome.

    `cells` are those of `results.statistics.secrecy`, of which the attacker knows only how many
    people there are without a name on a list.
    """

    def __init__(self, told, cells):
        self.told = told
        self.cells = cells
        self.people = [sum(cell.numbers) for cell in cells]
        self.members = {
            group: frozenset(i for i, cell in enumerate(cells) if group in cell.groups)
            for group in told
        }

    def sets_by_sums(self):
        """Yield every set of cells whose numbers follow from sums and differences, exactly.

        All subsets are tried: for a few cells only.
        """
        basis = _echelon([self._row(members) for members in self.members.values()])
        for chosen in product([0, 1], repeat=len(self.cells)):
            if any(chosen) and not any(_reduced([Fraction(one) for one in chosen], basis)):
                yield frozenset(i for i, one in enumerate(chosen) if one)

    def bounds(self, outcome):
        """Return the least and the most people of an outcome in each cell, narrowed to the end."""
        least, most = [0] * len(self.cells), list(self.people)
        changed = True
        while changed:
            changed = False
            for group, members in self.members.items():
                total = self.told[group][outcome]
                low, high = sum(least[i] for i in members), sum(most[i] for i in members)
                for i in members:
                    fewer = max(least[i], total - (high - most[i]))
                    more = min(most[i], total - (low - least[i]))
                    if (fewer, more) != (least[i], most[i]):
                        low, high = low + fewer - least[i], high + more - most[i]
                        least[i], most[i], changed = fewer, more, True
        return list(zip(least, most, strict=True))

    def _row(self, members):
        return [Fraction(i in members) for i in range(len(self.cells))]


def _echelon(rows):
    basis = []
    for row in rows:
        row = _reduced(row, basis)
        lead = next((i for i, value in enumerate(row) if value), None)
        if lead is not None:
            basis.append((lead, [value / row[lead] for value in row]))
    return basis


def _reduced(row, basis):
    for lead, pivot in basis:
        if row[lead]:
            row = [a - row[lead] * b for a, b in zip(row, pivot, strict=True)]
    return row
