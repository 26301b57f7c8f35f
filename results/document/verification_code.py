"""Verification codes of documents: 128 random bits in Crockford's base 32, as access codes.

26 characters in groups of four; no letter can be taken for a digit.
"""

import re
import secrets
from functools import lru_cache
from typing import Any
from uuid import UUID

from candidates.typed import bare
from results_portal import links
from results_portal.stamping import qr_code
from results_portal.stamping.qr_code import QRCode, QRCodes

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_DIGITS_OF_INT = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
LENGTH = 26
_TYPED_ALIKE = str.maketrans("OIL", "011")
_TO_INT = str.maketrans(_ALPHABET, _DIGITS_OF_INT)
_ADDRESS = re.compile(r".*/verifier/([^/?#]*).*", re.DOTALL | re.IGNORECASE)
_PLAIN = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")


def generate() -> str:
    """Return a new code from the system's source of randomness, for a column of type uuid."""
    return secrets.token_hex(16)


def plain(code: UUID) -> str:
    """Return the 26 characters of a code without separators, as in addresses."""
    return "".join(_ALPHABET[code.int >> shift & 31] for shift in range(125, -1, -5))


def groups(code: UUID) -> list[str]:
    """Return the groups of characters that a document prints: six of four, then two."""
    characters = plain(code)
    return [characters[start : start + 4] for start in range(0, LENGTH, 4)]


def parse(typed: str) -> UUID | None:
    """Return the code that was typed, or the address of its page; None if invalid.

    In any case, with any spaces, punctuation and invisible characters; what precedes a colon is a
    label. O is read as 0, I and L as 1.
    """
    characters = _characters(typed)
    if not _PLAIN.fullmatch(characters):
        return None
    return UUID(int=int(characters.translate(_TO_INT), 32))


def wrong_length(typed: str) -> int | None:
    """Return how many characters were typed if a code has more or less, otherwise None."""
    length = len(_characters(typed))
    return length if length != LENGTH else None


def _characters(typed: str) -> str:
    code = _ADDRESS.sub(r"\1", typed).rpartition(":")[2]
    return bare(code).translate(_TYPED_ALIKE)


def address(code: UUID) -> str:
    """Return the address of the page that confirms the document, as in its QR code."""
    before, after = _around()
    return f"{before}{plain(code)}{after}"


def lines(code: UUID) -> list[str]:
    """Return the code as a document prints it, on two lines."""
    four = groups(code)
    return ["-".join(four[:4]), "-".join(four[4:])]


def square(code: UUID) -> QRCode:
    """Return the address of the code, as a QR code."""
    return _codes(_around()).drawing(plain(code))


def printed(code: UUID, *, title: str) -> dict[str, Any]:
    """Return what a document prints: the QR code as SVG, with a `title`, and two `lines`."""
    return {
        "square": qr_code.svg(square(code), title=title, css_class="square"),
        "lines": lines(code),
    }


def _around() -> tuple[str, str]:
    return f"{links.site()}/verifier/", "/"


@lru_cache(maxsize=8)
def _codes(around: tuple[str, str]) -> QRCodes:
    before, after = around
    return QRCodes(before, LENGTH, after)
