"""Addresses as printed on envelopes (AFNOR NF Z10-011).

At most six lines (seven abroad, the country last) of 38 characters, none blank; the last three in
capitals, and in France with letters and digits only.
"""

import re
import textwrap
import unicodedata
from collections.abc import Iterable
from typing import Protocol

from candidates.names.sorting import search_key
from candidates.postal.countries import is_france

WIDTH = 38
LINES = 6
LINES_ABROAD = 7

_CAPITAL_LINES = 3
_PUNCTUATION = frozenset("’‘ʼ«»–°ºª·\u00a0\u202f")
_FRENCH_LOCALITY = re.compile(r"\d{5} \S")

# The standard shortens only lines that are too long: these apply one by one until the line fits.
_ABBREVIATIONS = {
    "APPARTEMENT": "APT",
    "BATIMENT": "BAT",
    "RESIDENCE": "RES",
    "IMMEUBLE": "IMM",
    "ESCALIER": "ESC",
    "ETAGE": "ETG",
    "LOTISSEMENT": "LOT",
    "ENTREE": "ENT",
    "BOULEVARD": "BD",
    "AVENUE": "AV",
    "ALLEES": "ALL",
    "ALLEE": "ALL",
    "IMPASSE": "IMP",
    "FAUBOURG": "FG",
    "CHEMIN": "CHE",
    "PASSAGE": "PAS",
    "SQUARE": "SQ",
    "PLACE": "PL",
    "ROUTE": "RTE",
    "QUARTIER": "QUA",
    "HAMEAU": "HAM",
    "ESPLANADE": "ESP",
    "PROMENADE": "PROM",
    "MARECHAL": "MAL",
    "GENERAL": "GAL",
    "COMMANDANT": "CDT",
    "CAPITAINE": "CNE",
    "COLONEL": "COL",
    "LIEUTENANT": "LT",
    "PRESIDENT": "PDT",
    "PROFESSEUR": "PR",
    "DOCTEUR": "DR",
    "SAINTE": "STE",
    "SAINT": "ST",
}


class HasAddress(Protocol):
    """The address fields of a candidate."""

    @property
    def address1(self) -> str: ...
    @property
    def address2(self) -> str: ...
    @property
    def address3(self) -> str: ...
    @property
    def postcode(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def country(self) -> str: ...


def postal_address(*, family_name: str, given_names: str, lines: Iterable[str]) -> list[str]:
    """Return the lines to print on an envelope, the recipient's name first.

    `lines` is the address without the name; its last line is the postcode and town, or abroad the
    country. A line that is too long even with the usual abbreviations takes one more line if the
    standard leaves room for it, and is cut otherwise.
    """
    return [recipient(family_name, given_names), *_fitted(*_tidy(lines))]


def is_cut(lines: Iterable[str]) -> bool:
    """Whether `postal_address` leaves words of an address out."""
    tidy, room = _tidy(lines)
    return len(_fitted(tidy, room)) < sum(len(_within_width(line)) for line in tidy)


def recipient(family_name: str, given_names: str) -> str:
    """Return `Léa DUPONT`; if too long, with initials, then with the first parts of the name."""
    family_name = family_name.upper()
    first = given_names.split()[0] if given_names.split() else ""
    initials = "-".join(f"{part[0]}." for part in first.split("-") if part)
    for name in (f"{first} {family_name}", f"{initials} {family_name}", family_name):
        if len(name.strip()) <= WIDTH:
            return name.strip()
    parts = re.findall(r"[^ -]+[ -]*", family_name)
    while len(parts) > 1 and len("".join(parts).rstrip(" -")) > WIDTH:
        parts.pop()
    return "".join(parts)[:WIDTH].rstrip(" -")


def postal_lines(person: HasAddress) -> list[str]:
    """Return the lines of an address below the name."""
    lines = [person.address1, person.address2, person.address3]
    lines.append(f"{person.postcode} {person.city}".strip())
    if not is_france(person.country):
        lines.append(person.country)
    return [line.upper() for line in lines if line]


def unprintable(text: str) -> str:
    """Return the characters of `text` that no sorting machine reads, each once, in order.

    Latin letters with any accent, digits, spaces and the punctuation of addresses are read; other
    alphabets and pictures are not. Invisible characters (a joiner, a lone accent) are accepted.
    """
    composed = unicodedata.normalize("NFC", text)
    return "".join(dict.fromkeys(c for c in composed if not _is_read(c)))


def _is_read(character: str) -> bool:
    if character.isascii():
        return character.isprintable() or character.isspace()
    if character in _PUNCTUATION or unicodedata.category(character) in {"Mn", "Cf"}:
        return True
    return character.isalpha() and unicodedata.name(character, "").startswith("LATIN ")


def _tidy(lines: Iterable[str]) -> tuple[list[str], int]:
    """Return the lines as written on an envelope, and how many there is room for."""
    tidy = [line for line in (" ".join(line.split()) for line in lines) if line]
    if len(tidy) > 1 and is_france(tidy[-1]):
        tidy.pop()
    abroad = bool(tidy) and not _FRENCH_LOCALITY.match(tidy[-1])
    return _capitals(tidy, abroad), (LINES_ABROAD if abroad else LINES) - 1


def _capitals(lines: list[str], abroad: bool) -> list[str]:
    capital = str.upper if abroad else search_key
    return [*lines[:-_CAPITAL_LINES], *map(capital, lines[-_CAPITAL_LINES:])]


def _fitted(lines: list[str], room: int) -> list[str]:
    fitted: list[str] = []
    for position, line in enumerate(lines):
        last = position == len(lines) - 1
        still_to_come = len(lines) - position - 1
        spare = 1 if last else max(1, room - len(fitted) - still_to_come)
        fitted += _within_width(line)[:spare]
    return fitted[-room:]


def _within_width(line: str) -> list[str]:
    if len(line) <= WIDTH:
        return [line] if line else []
    words = line.split()
    for position, word in enumerate(words):
        if len(" ".join(words)) <= WIDTH:
            break
        words[position] = _ABBREVIATIONS.get(search_key(word), word)
    return textwrap.wrap(" ".join(words), WIDTH)
