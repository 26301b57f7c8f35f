"""Names that tests have for a candidate: languages, specialities, options."""

import random
from collections.abc import Collection

from results.demo.population.draws import pick, table
from results.rules import ExamRules, TestRule

FIRST_LANGUAGES = table({"Anglais": 90, "Allemand": 5, "Espagnol": 4, "Italien": 1})
OTHER_LANGUAGES = table(
    {"Espagnol": 68, "Allemand": 15, "Italien": 8, "Arabe": 3, "Chinois": 3, "Portugais": 3}
)
MATHEMATICS, PHYSICS = "Mathématiques", "Physique-chimie"
BIOLOGY, COMPUTING = "Sciences de la vie et de la Terre", "Numérique et sciences informatiques"
ECONOMICS = "Sciences économiques et sociales"
GEOPOLITICS = "Histoire-géographie, géopolitique et sciences politiques"
HUMANITIES = "Humanités, littérature et philosophie"
LITERATURE = "Langues, littératures et cultures étrangères et régionales : anglais"
# The specialities of the baccalauréat général; the third is left after première.
SPECIALITIES = table(
    {
        (MATHEMATICS, PHYSICS, BIOLOGY): 22,
        (PHYSICS, BIOLOGY, MATHEMATICS): 12,
        (MATHEMATICS, ECONOMICS, GEOPOLITICS): 14,
        (ECONOMICS, GEOPOLITICS, LITERATURE): 18,
        (MATHEMATICS, COMPUTING, PHYSICS): 8,
        (HUMANITIES, LITERATURE, GEOPOLITICS): 11,
        (ECONOMICS, LITERATURE, MATHEMATICS): 9,
        (GEOPOLITICS, HUMANITIES, ECONOMICS): 6,
    }
)
CHOSEN = ("SPE1", "SPE2", "SPE3")
LANGUAGES = (("LVA", "LVB"), ("CC-LV1", "CC-LV2"))  # of one candidate, never the same


class Namer:
    """Draws the names of the tests of one regulation."""

    def __init__(self, rng: random.Random, regulation: ExamRules) -> None:
        self.rng = rng
        self._offered = {
            test.code: names
            for test in regulation.tests
            if (names := _offered(test)) and regulation.exam != "BTS"  # labels: written and oral
        }
        self._chooses_specialities = regulation.code.startswith("BAC-G-")

    def names(self, codes: Collection[str]) -> dict[str, str]:
        """Return a name for each of these tests that has one."""
        named = {
            code: pick(self.rng, names) for code, names in self._offered.items() if code in codes
        }
        for first, other in LANGUAGES:
            if other in named and named[other] == named.get(first):
                named[other] = "Anglais"
        if self._chooses_specialities:
            named |= zip(CHOSEN, pick(self.rng, SPECIALITIES), strict=True)
        return named


def _offered(test: TestRule) -> tuple[str, ...]:
    if test.subjects:
        return test.subjects
    if not test.label.startswith("Langue vivante"):
        return ()
    return OTHER_LANGUAGES if test.label.endswith((" B", " 2")) else FIRST_LANGUAGES
