"""Codes on letters and lists of diplomas: short, without personal data, with a check character.

A diploma has its number and the check character (`D00000123` and one more), a batch the letters of
its reference (`LOT-7K3M-Q2PX` is `L7K3MQ2PX` and one more).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.utils.safestring import SafeString

from diplomas.models import Diploma, DispatchBatch
from results_portal.documents import bar_code
from results_portal.stamping import qr_code
from results_portal.stamping.qr_code import QRCodes

LENGTH = 10
_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIPLOMA, _BATCH = re.compile(r"D\d{8}"), re.compile(r"L[0-9A-Z]{8}")
# A scanner set up for an American keyboard types so on a French one: 1 is "&", Q is A, M a comma.
_DIGITS_UNSHIFTED = re.compile(r"[à&é\"'(è_ç]")
_FRENCH_KEYS = str.maketrans("à&é\"'(-è_çQAWZ,?", "0123456789AQZWMM")


@dataclass(frozen=True)
class Code:
    """What a code names: the key of a diploma, or the reference of a batch."""

    text: str
    diploma: int | None = None
    batch: str = ""


def of_diploma(diploma: Diploma) -> str:
    return _checked(diploma.number)


def of_batch(batch: DispatchBatch) -> str:
    return _checked("L" + batch.reference.removeprefix("LOT").replace("-", ""))


def read(typed: str) -> Code | None:
    """Return what a scanner or a person typed; None for what is no code, or was misread."""
    if _DIGITS_UNSHIFTED.search(typed):
        text = typed.strip().translate(_FRENCH_KEYS)
    else:
        text = re.sub(r"[\s-]", "", typed).upper()
    if len(text) != LENGTH or check(text[:-1]) != text[-1]:
        return None
    if _DIPLOMA.fullmatch(text[:-1]):
        return Code(text, diploma=int(text[1:-1]))
    if _BATCH.fullmatch(text[:-1]):
        return Code(text, batch=f"LOT-{text[1:5]}-{text[5:9]}")
    return None


def check(text: str) -> str:
    """Return the check character of digits and capitals, by ISO/IEC 7064, MOD 37,36.

    It tells any one wrong character, and any two that have changed places. "" for other signs.
    """
    total = 36
    for character in text:
        value = _CHARACTERS.find(character)
        if value < 0:
            return ""
        total = (total + value) % 36 or 36
        total = total * 2 % 37
    return _CHARACTERS[(37 - total) % 36]


def drawings(code: str) -> dict[str, str | SafeString]:
    """Return a code as a paper shows it: `square` (QR), `bars` (Code 128) and `text`."""
    return {
        "text": code,
        "square": qr_code.svg(_squares().drawing(code), title=code, css_class="square"),
        "bars": bar_code.svg(code, css_class="bars"),
    }


def _checked(text: str) -> str:
    return text + check(text)


@lru_cache(maxsize=1)
def _squares() -> QRCodes:
    return QRCodes("", LENGTH)
