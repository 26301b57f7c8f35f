"""Display, sort and search forms of names, by French rules."""

import re
import unicodedata
from functools import lru_cache

_LIGATURES = str.maketrans({"Œ": "OE", "Æ": "AE", "ẞ": "SS", "Ø": "O", "Ł": "L", "Đ": "D"})
_ACCENTS = re.compile("[\u0300-\u036f]")
_WORDS = re.compile("[0-9A-Z]+")


def display_name(family_name: str, given_names: str) -> str:
    """Return `DE LA TOUR Léa Marie`: family name in capitals, accents kept, then given names."""
    return f"{family_name.upper()} {given_names}".strip()


@lru_cache(maxsize=1 << 16)
def search_key(name: str) -> str:
    """Return the form that searches compare: capitals without accents, one space between words.

    >>> search_key("D’Être-Œuvré  Zoë")
    'D ETRE OEUVRE ZOE'
    """
    letters = name.upper()
    if not letters.isascii():
        letters = unicodedata.normalize("NFKD", letters.translate(_LIGATURES))
        letters = _ACCENTS.sub("", letters)
    if letters.isascii():
        return letters if letters.isalpha() else " ".join(_WORDS.findall(letters))
    return " ".join(
        "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split()
    )


def sort_key(family_name: str, given_names: str) -> str:
    """Return a string whose byte order is the French order of names.

    Word by word (AFNOR NF Z44-001): hyphen and apostrophe separate words, and a space comes before
    every letter (DE LA TOUR, DE SOUSA, DEBRAY). É sorts with E; accents only break a tie. A
    particle belongs to the name, as on every official list.
    """
    return "\x1f".join(
        [search_key(family_name), search_key(given_names), display_name(family_name, given_names)]
    )
