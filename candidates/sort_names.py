"""How names are shown on lists, sorted and searched, the French way."""

import unicodedata
from functools import lru_cache

_LIGATURES = str.maketrans({"Œ": "OE", "Æ": "AE", "ẞ": "SS", "Ø": "O", "Ł": "L", "Đ": "D"})


def display_name(family_name, given_names):
    """`DE LA TOUR Léa Marie`: family name in capitals, accents kept, then given names."""
    return f"{family_name.upper()} {given_names}".strip()


@lru_cache(maxsize=1 << 16)
def search_key(name):
    """Capitals without accents, words parted by one space: what a search compares.

    >>> search_key("D’Être-Œuvré  Zoë")
    'D ETRE OEUVRE ZOE'
    """
    letters = unicodedata.normalize("NFKD", name.upper().translate(_LIGATURES))
    return " ".join(
        "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split()
    )


def sort_key(family_name, given_names):
    """A string whose byte order is the French order of names.

    Word by word as AFNOR NF Z44-001 sorts: hyphen and apostrophe part words, and a space comes
    before every letter (DE LA TOUR, DE SOUSA, DEBRAY). É sorts with E; accents only settle a tie.
    A particle belongs to the name, as on every official list.
    """
    return "\x1f".join(
        [search_key(family_name), search_key(given_names), display_name(family_name, given_names)]
    )
