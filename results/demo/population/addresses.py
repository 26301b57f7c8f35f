"""Invented postal addresses in real towns, by NF Z10-011: capitals, no punctuation."""

import random
from typing import NamedTuple

from candidates.names.sorting import search_key
from results.demo.population.draws import data, pick, words

LINE = 38
SHARE_OF_COMPLEMENTS = 0.32
LONGEST_NUMBER = len("199 BIS ")


class Town(NamedTuple):
    postcode: str
    name: str
    capitals: str


class DemoAddress(NamedTuple):
    """Lines 2 to 7 of an envelope (NF Z10-011); empty ones come last among the first three."""

    line1: str
    line2: str
    line3: str
    postcode: str
    city: str
    country: str


class Addresses:
    """Draws addresses."""

    def __init__(self, rng: random.Random) -> None:
        places = data("places")
        self.rng = rng
        self.streets = _streets(places["streets"])
        self.complements = _complements(places["streets"])
        self.towns = {code: _towns(text) for code, text in places["academies"].items()}
        self.abroad = tuple(
            (town, search_key(country))
            for country, text in places["countries"].items()
            for town in _towns(text)
        )

    def street(self) -> str:
        """Return a street line, like `12 BIS RUE DES LILAS`."""
        number = int(self.rng.random() ** 2 * 180) + 1
        bis = " BIS" if self.rng.random() < 0.04 else ""
        return f"{number}{bis} {pick(self.rng, self.streets)}"

    def town(self, academy: str) -> Town:
        """Return a town of the academy of this code."""
        return pick(self.rng, self.towns[academy])

    def home(self, academy: str) -> DemoAddress:
        """Return the home of a candidate of this academy."""
        town = self.town(academy)
        return DemoAddress(*self._lines(), town.postcode, town.capitals, "FRANCE")

    def home_abroad(self) -> DemoAddress:
        """Return the home of a candidate who lives abroad."""
        town, country = pick(self.rng, self.abroad)
        return DemoAddress(*self._lines(), town.postcode, town.capitals, country)

    def _lines(self) -> tuple[str, str, str]:
        rng, street = self.rng, self.street()
        if rng.random() > SHARE_OF_COMPLEMENTS:
            return street, "", ""
        kind = rng.random()
        if kind < 0.4:
            return f"APPARTEMENT {int(rng.random() * 90) + 1}", street, ""
        if kind < 0.8:
            return pick(rng, self.complements), street, ""
        return f"ETAGE {int(rng.random() * 9) + 1}", pick(rng, self.complements), street


def _streets(described: dict[str, str]) -> tuple[str, ...]:
    every = [
        search_key(f"{kind} {name}")
        for kind in words(described["types"])
        for name in words(described["names"])
    ]
    return tuple(street for street in every if len(street) + LONGEST_NUMBER <= LINE)


def _complements(described: dict[str, str]) -> tuple[str, ...]:
    residences = [search_key(f"résidence {name}") for name in words(described["residences"])]
    return (*residences, *(f"BATIMENT {letter}" for letter in "ABCDEFGH"))


def _towns(text: str) -> tuple[Town, ...]:
    """Parse "postal code name, …"; a Canadian code has two words, the others one."""
    towns = []
    for item in words(text):
        code, _, name = item.partition(" ")
        if name[0].isdigit():
            second, _, name = name.partition(" ")
            code = f"{code} {second}"
        towns.append(Town(code, name, search_key(name)))
    return tuple(towns)
