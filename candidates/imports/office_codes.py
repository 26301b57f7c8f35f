"""Access codes that an office makes itself: what would make one easy to guess.

All is compared as a candidate's typing is read (`access_codes.normalise`): O as 0, I and L as 1.
"""

import re
from itertools import product

from django.utils.translation import gettext as _

from candidates.identification.access_codes import normalise
from candidates.names.sorting import search_key

_SHORTEST_NUMBER, _SHORTEST_DATE, _SHORTEST_NAME = 4, 5, 3  # in less, chance would find them
_MONTHS = ("JAN", "FEV", "MAR", "AVR", "MAI", "JUI", "JUI", "AOU", "SEP", "OCT", "NOV", "DEC")
_LETTERS = re.compile("[A-Z]+")


def weakness(code, *, number, birth_date, names):
    """Return what others know in the code of a candidate, as a message; "" if there is nothing.

    `names`: family and given names, as the file writes them.
    """
    typed = normalise(code)
    if len(number) >= _SHORTEST_NUMBER and normalise(number) in typed:
        return _("le code d’accès contient le numéro du candidat")
    if any(normalise(written) in typed for written in _dates(birth_date)):
        return _("le code d’accès contient la date de naissance")
    if any(_has_name(code, typed, name) for name in _words(names)):
        return _("le code d’accès contient un nom du candidat")
    return ""


def _dates(birth_date):
    """Yield the usual writings of a date, without separators."""
    days = {f"{birth_date:%d}", str(birth_date.day)}
    months = {f"{birth_date:%m}", str(birth_date.month)}
    years = {f"{birth_date:%Y}", f"{birth_date:%y}"}
    for day, month, year in product(days, months, years):
        for written in (day + month + year, year + month + day, month + day + year):
            if len(written) >= _SHORTEST_DATE:
                yield written
    yield from (day + _MONTHS[birth_date.month - 1] for day in days)


def _words(names):
    for name in names:
        words = search_key(name).split()
        yield from {*words, "".join(words)} - {""}


def _has_name(code, typed, name):
    """Whether a code holds a name; one of two letters, as all the letters between its digits."""
    if len(name) >= _SHORTEST_NAME:
        return normalise(name) in typed
    return name in _LETTERS.findall(code)
