"""Invented people: names of many origins, birth places and dates, e-mail addresses."""

import random
from datetime import date, timedelta
from typing import Any, NamedTuple

from candidates.names.sorting import display_name, search_key
from results.demo.population.draws import by_rank, data, pick, table, words

LINE = 38  # NF Z10-011: no line of an envelope is longer
EMAIL_DOMAINS = ("example.org", "example.net", "example.com")
SHARE_OF_DOUBLE_NAMES = 0.04
SHARE_OF_USAGE_NAMES = 0.04
SHARE_BORN_ELSEWHERE = 0.14


class Name(NamedTuple):
    """A name as shown, and as written in an e-mail address."""

    shown: str
    slug: str


class Person(NamedTuple):
    """The identity of an invented candidate."""

    birth_name: str
    usage_name: str
    given_names: str
    birth_date: date
    birth_place: str
    email: str


class Origin(NamedTuple):
    """Names and birth places of people of one origin.

    `first_names`: of women, of men. `mixed`: share of French first names, 0 to 1. `elsewhere`:
    birth places outside France.
    """

    surnames: tuple[Name, ...]
    first_names: tuple[tuple[Name, ...], tuple[Name, ...]]
    mixed: float
    elsewhere: tuple[str, ...]


def fits(family_name: str, given_names: str) -> bool:
    """Whether the name fits on one line of a list or an envelope."""
    return len(display_name(family_name, given_names)) <= LINE


class Population:
    """Draws people."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        named = data("names")
        self.origins = table({_origin(o): o["weight"] for o in named.values()})
        self.french = _origin(named["french"])
        self.french_towns = tuple(words(data("places")["birth"]["france"]))

    def person(self, birth_date: date, mark: int) -> Person:
        """Return a person; `mark` distinguishes namesakes in the e-mail address."""
        rng = self.rng
        origin = pick(rng, self.origins)
        sex = rng.random() < 0.5
        family = self._family_name(origin)
        first, given_names = self._given_names(origin, sex, family.shown)
        return Person(
            family.shown,
            self._usage_name(family.shown, given_names),
            given_names,
            birth_date,
            self._birth_place(origin),
            f"{first.slug}.{family.slug}{mark}@{pick(rng, EMAIL_DOMAINS)}",
        )

    def _family_name(self, origin: Origin) -> Name:
        family = pick(self.rng, origin.surnames)
        if self.rng.random() > SHARE_OF_DOUBLE_NAMES:
            return family
        other = pick(self.rng, pick(self.rng, self.origins).surnames)
        if other == family or len(family.shown) + len(other.shown) > 18:
            return family
        return Name(f"{family.shown}-{other.shown}", f"{family.slug}-{other.slug}")

    def _given_names(self, origin: Origin, sex: bool, family_name: str) -> tuple[Name, str]:
        """Return the first given name, and all of them as one text."""
        rng = self.rng
        own, french = origin.first_names[sex], self.french.first_names[sex]
        first = pick(rng, french if rng.random() < origin.mixed else own)
        given_names = first.shown
        for _ in range(int(rng.random() * 2.6)):
            further = pick(rng, french if rng.random() < origin.mixed else own).shown
            if further not in given_names and fits(family_name, f"{given_names} {further}"):
                given_names = f"{given_names} {further}"
        return first, given_names

    def _usage_name(self, family_name: str, given_names: str) -> str:
        if self.rng.random() > SHARE_OF_USAGE_NAMES:
            return ""
        other = pick(self.rng, self.french.surnames).shown
        doubled = f"{family_name}-{other}"
        chosen = doubled if self.rng.random() < 0.5 else other
        return chosen if other != family_name and fits(chosen, given_names) else ""

    def _birth_place(self, origin: Origin) -> str:
        elsewhere = self.rng.random() < SHARE_BORN_ELSEWHERE
        return pick(self.rng, origin.elsewhere if elsewhere else self.french_towns)


def birth_dates(first_year: int, last_year: int) -> tuple[date, ...]:
    """Return every day from 1 January of one year to 31 December of the other."""
    first = date(first_year, 1, 1)
    days = (date(last_year + 1, 1, 1) - first).days
    return tuple(first + timedelta(days=n) for n in range(days))


def _origin(described: dict[str, Any]) -> Origin:
    def names(key: str) -> tuple[Name, ...]:
        return by_rank([Name(n, _slug(n)) for n in words(described[key])])

    return Origin(
        names("surnames"),
        (names("women"), names("men")),
        described["mixed"] / 100,
        tuple(words(described["elsewhere"])),
    )


def _slug(name: str) -> str:
    return search_key(name).lower().replace(" ", "-")
