"""How an address is printed on an envelope: AFNOR NF Z10-011.

Six lines at the most (seven abroad, the country last), 38 characters each, no blank line; the last
three in capitals, and in France with letters and digits only.
"""

import re
import textwrap
import unicodedata

from candidates.names.sorting import search_key

WIDTH = 38
LINES = 6
LINES_ABROAD = 7

_CAPITAL_LINES = 3
_PUNCTUATION = frozenset("’‘ʼ«»–°ºª·\u00a0\u202f")
_FRENCH_LOCALITY = re.compile(r"\d{5} \S")

# The standard shortens a line only when it is too long, so these apply one by one until it fits.
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


def postal_address(*, family_name, given_names, lines):
    """The lines to print on an envelope, the recipient's name first.

    `lines` is the address without the name, the last line being the postcode and town, or abroad
    the country. A line that stays too long after the usual abbreviations goes on to one more line
    when the standard leaves room for it, and is cut when it does not.
    """
    lines = [tidy for line in lines if (tidy := " ".join(line.split()))]
    if len(lines) > 1 and search_key(lines[-1]) == "FRANCE":
        lines.pop()
    abroad = bool(lines) and not _FRENCH_LOCALITY.match(lines[-1])
    room = (LINES_ABROAD if abroad else LINES) - 1
    return [recipient(family_name, given_names), *_fitted(_capitals(lines, abroad), room)]


def recipient(family_name, given_names):
    """`Léa DUPONT`, with an initial, then with the first part of the name, when it is too long."""
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


def postal_lines(person):
    """The lines of an address below the name; `person` has the address fields of a candidate."""
    lines = [person.address1, person.address2, person.address3]
    lines.append(f"{person.postcode} {person.city}".strip())
    if person.country.upper() != "FRANCE":
        lines.append(person.country)
    return [line.upper() for line in lines if line]


def unprintable(text):
    """The characters of `text` that no sorting machine reads, each once, in their order.

    Latin letters with any accent, digits, spaces and the punctuation of addresses are read; other
    alphabets and pictures are not. What cannot be seen (a joiner, a lone accent) is let through.
    """
    composed = unicodedata.normalize("NFC", text)
    return "".join(dict.fromkeys(c for c in composed if not _is_read(c)))


def _is_read(character):
    if character.isascii():
        return character.isprintable() or character.isspace()
    if character in _PUNCTUATION or unicodedata.category(character) in {"Mn", "Cf"}:
        return True
    return character.isalpha() and unicodedata.name(character, "").startswith("LATIN ")


def _capitals(lines, abroad):
    capital = str.upper if abroad else search_key
    return [*lines[:-_CAPITAL_LINES], *map(capital, lines[-_CAPITAL_LINES:])]


def _fitted(lines, room):
    fitted = []
    for position, line in enumerate(lines):
        last = position == len(lines) - 1
        still_to_come = len(lines) - position - 1
        spare = 1 if last else max(1, room - len(fitted) - still_to_come)
        fitted += _within_width(line)[:spare]
    return fitted[-room:]


def _within_width(line):
    if len(line) <= WIDTH:
        return [line] if line else []
    words = line.split()
    for position, word in enumerate(words):
        if len(" ".join(words)) <= WIDTH:
            break
        words[position] = _ABBREVIATIONS.get(search_key(word), word)
    return textwrap.wrap(" ".join(words), WIDTH)
