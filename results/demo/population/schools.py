"""Invented schools with well-formed UAIs, in numbers that no real school has."""

import random
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from candidates.values import uai_letter
from results.demo.population.addresses import Addresses
from results.demo.population.draws import data, pick, table, words

FIRST_NUMBER = 9000  # in each department; real numbers stay far below
MANAGED = ("01", "24", "25")
ACADEMIES = {"01": 26, "24": 31, "25": 33} | dict.fromkeys(
    ("09", "10", "14", "18", "19", "20", "28", "31", "70"), 1.2
)
SECTORS = {
    "PUBLIC": ("public", 55),
    "PRIVE_SOUS_CONTRAT": ("under_contract", 22),
    "PRIVE_HORS_CONTRAT": ("private", 9),
    "CFA": ("apprentice", 14),
}
COLLEGES = {
    "PUBLIC": "college",
    "PRIVE_SOUS_CONTRAT": "private_college",
    "PRIVE_HORS_CONTRAT": "private_college",
}
POSTING_PLACES, LONGEST_PLACE = 4, 90  # in each managed academy; characters
HEADER = "uai;nom;secteur;adresse;code_postal;ville;academie"


class DemoSchool(NamedTuple):
    """A row of the schools file."""

    uai: str
    name: str
    sector: str
    address: str
    postcode: str
    city: str
    academy: str


class SchoolMap:
    """The schools of the demo, by academy and sector."""

    def __init__(self, rng: random.Random, addresses: Addresses, count: int) -> None:
        self._rng, self._addresses = rng, addresses
        self._numbers: dict[str, int] = {}
        self._named: set[tuple[str, str]] = set()
        self._kinds = data("places")["schools"]
        self._endings = tuple(words(self._kinds["names"]))
        self.schools = [*self._one_of_each(), *self._many(count)]
        self._found: dict[tuple[str, str], list[DemoSchool]] = {}
        for school in self.schools:
            self._found.setdefault((school.academy, school.sector), []).append(school)
        self._colleges = {
            (academy, sector): [self._school(academy, sector, kind)]
            for academy in ACADEMIES
            for sector, kind in COLLEGES.items()
        }
        self.schools += chain.from_iterable(self._colleges.values())
        self._posting_places = {academy: self._places_in(academy) for academy in MANAGED}

    def of(self, academy: str, sector: str, exam: str = "") -> Sequence[DemoSchool]:
        """Return the schools of this academy (its code) and sector; collèges for the DNB."""
        if exam == "DNB":
            return self._colleges.get((academy, sector), ())
        return self._found.get((academy, sector), ())

    def posting_place(self, academy: str, draw: int) -> str:
        """Return a posting place of the lists for `academy`; `draw` chooses one of a few.

        Candidates of academies that the office does not manage have one of Paris.
        """
        places = self._posting_places[academy if academy in MANAGED else "01"]
        return places[draw % len(places)]

    def _places_in(self, academy: str) -> list[str]:
        places = [f"{school.name}, {school.city}" for school in self.of(academy, "PUBLIC")]
        return [place for place in places if len(place) <= LONGEST_PLACE][:POSTING_PLACES]

    def _one_of_each(self) -> Iterator[DemoSchool]:
        for academy in ACADEMIES:
            for sector, (kind, _) in SECTORS.items():
                yield self._school(academy, sector, kind)
        for academy in MANAGED:
            yield self._school(academy, "DISTANCE", "distance")
        yield self._school("24", "PUBLIC", "long")

    def _many(self, count: int) -> Iterator[DemoSchool]:
        academies = table(ACADEMIES)
        sectors = table({(sector, kind): weight for sector, (kind, weight) in SECTORS.items()})
        for _ in range(count):
            yield self._school(pick(self._rng, academies), *pick(self._rng, sectors))

    def _school(self, academy: str, sector: str, kind: str) -> DemoSchool:
        town = self._addresses.town(academy)
        return DemoSchool(
            self._uai(town.postcode),
            self._name(kind, town.postcode),
            sector,
            self._addresses.street(),
            town.postcode,
            town.name,
            academy,
        )

    def _name(self, kind: str, postcode: str) -> str:
        kinds = [self._kinds[kind]] if kind == "long" else words(self._kinds[kind])
        while True:
            name = f"{pick(self._rng, kinds)} {pick(self._rng, self._endings)}"
            if (name, postcode) not in self._named:
                self._named.add((name, postcode))
                return name

    def _uai(self, postcode: str) -> str:
        department = postcode[:3] if postcode.startswith("97") else f"0{postcode[:2]}"
        number = self._numbers.get(department, FIRST_NUMBER)
        self._numbers[department] = number + 1
        digits = f"{department}{number}"
        return f"{digits}{uai_letter(digits)}"
