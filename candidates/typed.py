"""What people type or paste, read generously: pure functions from a text to a value.

Every form that asks for such a value reads it here.
"""

import re
import unicodedata
from datetime import date

from candidates.values import FIRST_BIRTH_YEAR

_LABEL = re.compile(r".*[:°º№]", re.DOTALL)
_DATE = re.compile(
    r"[^\W_][\w\s./,;:'’\\\N{MIDDLE DOT}\N{HYPHEN}-\N{HORIZONTAL BAR}\N{MINUS SIGN}-]*"
)
_PARTS = re.compile(r"\d+|[^\W\d_]+")
_FIRST_OF_MONTH = re.compile(r"\b1(?:er|st)\b", re.IGNORECASE)
_MONTHS = [
    ("janvier", "january"),
    ("fevrier", "february"),
    ("mars", "march"),
    ("avril", "april"),
    ("mai", "may"),
    ("juin", "june"),
    ("juillet", "july"),
    ("aout", "august"),
    ("septembre", "september"),
    ("octobre", "october"),
    ("novembre", "november"),
    ("decembre", "december"),
]
_LONGEST_DATE = 60  # characters
_LONGEST_KEY = 18  # digits, of the 19 that the database holds


def visible(text: str) -> str:
    """Return the text without invisible characters, its blanks as spaces.

    Full-width letters and digits become the usual ones (NFKC).
    """
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFKC", text)
    spaced = "".join(" " if c.isspace() else c for c in composed)
    return "".join(c for c in spaced if unicodedata.category(c) != "Cf")


def bare(text: str) -> str:
    """Return the text in capitals, without spaces, punctuation or invisible characters."""
    return "".join(filter(_is_kept, visible(text).upper()))


def _is_kept(character: str) -> bool:
    return unicodedata.category(character)[0] not in "PZ" and character != "\N{MINUS SIGN}"


def number(text: str) -> str:
    """Return a candidate number in capitals; what precedes "N°" or a colon is its label."""
    return bare(_LABEL.sub("", text))


def reference(text: str) -> str:
    """Return the reference of a request, like ADR-7K3M-Q2PX, or what was typed, in capitals."""
    characters = bare(_LABEL.sub("", text))
    if len(characters) != 11:
        return characters
    return "-".join((characters[:3], characters[3:7], characters[7:]))


def birth_date(text: str, *, today: date) -> date | None:
    """Return a date from 1900 to `today`, or None.

    Day first, or year first with four digits; a month may be a French or English word, and eight or
    six digits stand alone. A year of two digits is the last such year that is not to come.
    """
    words = visible(text[:_LONGEST_DATE]).strip()
    if not _DATE.fullmatch(words):
        return None
    parts = _PARTS.findall(_FIRST_OF_MONTH.sub("1", words))
    for day, month, year in _readings(parts):
        if born := _day(day, month, year, today):
            return born
    return None


def _readings(parts: list[str]) -> list[tuple[str, str, str]]:
    """Return what may be day, month and year in these parts: one reading at most is possible."""
    if len(parts) == 1 and parts[0].isdecimal() and len(parts[0]) in {6, 8}:
        (digits,) = parts
        first = (digits[:2], digits[2:4], digits[4:])
        return [first] if len(digits) == 6 else [first, (digits[6:], digits[4:6], digits[:4])]
    if len(parts) != 3:
        return []
    if len(parts[0]) == 4:
        year, month, day = parts
    elif parts[0].isalpha():
        month, day, year = parts
    else:
        day, month, year = parts
    return [(day, month, year)]


def _day(day: str, month: str, year: str, today: date) -> date | None:
    numbers = (day, year, _month(month))
    if not all(map(str.isdecimal, numbers)) or len(day) > 2 or len(year) not in {2, 4}:
        return None
    centuries = (0,) if len(year) == 4 else (today.year // 100 * 100, today.year // 100 * 100 - 100)
    for century in centuries:
        try:
            found = date(century + int(year), int(_month(month)), int(day))
        except ValueError:
            continue
        if is_birth_date(found, today=today):
            return found
    return None


def is_birth_date(day: date, *, today: date) -> bool:
    """Whether somebody may have been born that day: from 1900 to `today`."""
    return day.year >= FIRST_BIRTH_YEAR and day <= today


def _month(word: str) -> str:
    """Return the digits of a month, given in digits or as a word of three letters or more."""
    if word.isdecimal():
        return word if len(word) <= 2 else ""
    letters = unicodedata.normalize("NFD", word.casefold())
    bare_word = "".join(c for c in letters if not unicodedata.combining(c))
    found = [
        place
        for place, names in enumerate(_MONTHS, 1)
        if len(bare_word) >= 3 and any(name.startswith(bare_word) for name in names)
    ]
    return str(found[0]) if len(found) == 1 else ""


def french_postcode(text: str) -> str:
    """Return five digits without what separates them; else the text."""
    digits = bare(text)
    return digits if len(digits) == 5 and digits.isascii() and digits.isdigit() else text


def primary_key(text: str) -> int | None:
    """Return the primary key that an address or a form gives, None for any other text."""
    return int(text) if text.isdecimal() and len(text) <= _LONGEST_KEY else None
