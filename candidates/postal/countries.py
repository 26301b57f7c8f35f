"""The countries of addresses, as French post offices write them."""

import tomllib
from pathlib import Path

from django.utils.translation import get_language

from candidates.names.sorting import search_key
from candidates.postal.departments import OVERSEAS

FRANCE = "FRANCE"

# As search keys. 100 is its number in the official geographic code, 99100 that of the INSEE.
_FRANCE_TOO = {
    *("FRANCE", "FRANCE METROPOLITAINE", "METROPOLE", "REPUBLIQUE FRANCAISE"),
    *("FR", "FRA", "100", "99100", "REUNION"),
    *map(search_key, OVERSEAS),
}

# The names in French, each with the English one.
COUNTRIES: dict[str, str] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)


def is_france(country: str) -> bool:
    """Whether a country, as written in a file, is France: mail there does not name it."""
    return country == FRANCE or search_key(country) in _FRANCE_TOO


def choices(present: str = FRANCE) -> list[tuple[str, str]]:
    """Return the pairs of stored name (capitals) and shown name, France first.

    The stored name is the French one; names are shown, and ordered, in the language of the page.
    `present`, the country of a stored address, is one of them in any spelling.
    """
    in_english = get_language() == "en"
    known = {name.upper(): english if in_english else name for name, english in COUNTRIES.items()}
    if search_key(present) not in map(search_key, known):
        known[present] = present
    france = known.pop(FRANCE)
    return [(FRANCE, france), *sorted(known.items(), key=lambda pair: search_key(pair[1]))]


def stored(country: str, present: str = FRANCE) -> str:
    """Return `country` as `choices` stores it; a file may have written it without accents."""
    keys = {search_key(value): value for value, _shown in choices(present)}
    return keys.get(search_key(country), country)
