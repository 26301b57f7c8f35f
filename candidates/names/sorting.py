"""Display, sort and search forms of names, by French rules."""

import re
import unicodedata
from functools import lru_cache

# The parts of a search key. `searching.BareName` builds the same key in SQL: there, too, regular
# expressions read \uXXXX.
NO_LETTERS = r"[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]"  # accents, invisible characters
BETWEEN_WORDS = (
    r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u02b9-\u02ff"
    r"\u2000-\u2bff\u2e00-\u2e7f\u3000-\u303f\ua78b\ua78c\U0001f000-\U0001faff]+"
)
# Letters that no decomposition makes plain.
PAIRS = {"Œ": "OE", "Æ": "AE", "ẞ": "SS", "Þ": "TH", "œ": "OE", "æ": "AE", "ß": "SS", "þ": "TH"}
STROKES = ("ØŁĐÐĦŦøłđðħŧı", "OLDDHTOLDDHTI")
_LETTERS = str.maketrans(PAIRS) | str.maketrans(*STROKES)
_NO_LETTERS = re.compile(NO_LETTERS)
_BETWEEN_WORDS = re.compile(BETWEEN_WORDS)


def display_name(family_name: str, given_names: str) -> str:
    """Return `DE LA TOUR Léa Marie`: family name in capitals, accents kept, then given names."""
    return f"{family_name.upper()} {given_names}".strip()


@lru_cache(maxsize=1 << 16)
def search_key(name: str) -> str:
    """Return the form that searches compare: capitals without accents, one space between words.

    >>> search_key("D’Être-Œuvré  Zoë")
    'D ETRE OEUVRE ZOE'

    A change here needs a migration that rebuilds the indexes of `Candidate` (`BareName`).
    """
    letters = name
    if not letters.isascii():
        letters = _NO_LETTERS.sub("", unicodedata.normalize("NFKD", letters)).translate(_LETTERS)
    letters = letters.upper()
    plain = letters.isascii() and letters.isalpha()
    return letters if plain else _BETWEEN_WORDS.sub(" ", letters).strip()


def sort_key(family_name: str, given_names: str) -> str:
    """Return a string whose byte order is the French order of names.

    Word by word (AFNOR NF Z44-001): hyphens and apostrophes of any form separate words, and a space
    comes before every letter (DE LA TOUR, DE SOUSA, DEBRAY). É sorts with E; accents only break a
    tie. A particle belongs to the name, as on every official list.
    """
    return "\x1f".join(
        [search_key(family_name), search_key(given_names), display_name(family_name, given_names)]
    )
