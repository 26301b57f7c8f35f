"""ISO-8859-15 told from Windows-1252: the same letters, but for eight.

The bytes of € Š š Ž ž Œ œ Ÿ are ¤ ¦ ¨ ´ ¸ ¼ ½ ¾ in Windows-1252, which has those letters elsewhere.
A library that guesses from frequencies was tried: charset-normalizer reads some files of both as a
third encoding (LEBžUF, LÉVĘQUE).
"""

import re
from mmap import ACCESS_READ, mmap
from pathlib import Path

LATIN_9 = "iso8859-15"

_DIFFERENT = re.compile(rb"[\xa4\xa6\xa8\xb4\xb8\xbc\xbd\xbe]")
_IN_WINDOWS_1252_ALONE = re.compile(rb"[\x80-\x9f]")
_CELL_ENDS = re.compile(r"[;,\t\"\r\n]")
_SHOWN = 40  # bytes on each side


def first_letter_of_latin_9(path: Path) -> int | None:
    """Return the offset of the first letter that proves a text to be in ISO-8859-15, or None.

    Each of the eight must stand where its letter may, and one where nobody types its sign: « ½ » is
    within no word, while « ¨ », « ´ » and « ¸ » may be an accent typed apart (D´ANGELO).
    """
    proof = None
    with path.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as content:
        if _IN_WINDOWS_1252_ALONE.search(content):
            return None
        for found in _DIFFERENT.finditer(content):
            at = found.start()
            before = content[max(0, at - 2) : at].decode(LATIN_9).rjust(2)
            letter = content[at : at + 1].decode(LATIN_9)
            after = content[at + 1 : at + 3].decode(LATIN_9).ljust(2)
            if not _may_stand(before, letter, after):
                return None
            if proof is None and _is_proof(before, letter):
                proof = at
    return proof


def cell_at(path: Path, offset: int, encoding: str) -> str:
    """Return the cell around an offset, shortened, for a message."""
    start = max(0, offset - _SHOWN)
    with path.open("rb") as stream:
        stream.seek(start)
        around = stream.read(offset - start + _SHOWN)
    before = around[: offset - start].decode(encoding, "replace")
    after = around[offset - start :].decode(encoding, "replace")
    return _CELL_ENDS.split(before)[-1] + _CELL_ENDS.split(after)[0]


def _may_stand(before, letter, after):
    last, following, second = before[-1], after[0], after[1]
    within, leads = last.isalpha(), following.isalpha()
    if letter == "€":
        return not within and not leads
    if (not within and not leads) or _is_fraction(before, letter):
        return False
    if letter.isupper():
        if within:
            return last.isupper() and not following.islower()
        return not (following.isupper() and second.islower())
    if within:
        return not following.isupper() and (last.islower() or not before[0].isalpha())
    return following.islower()


def _is_fraction(before, letter):
    return letter in "ŒœŸ" and (before[-1].isdigit() or (before[0].isdigit() and before[1] == " "))


def _is_proof(before, letter):
    return letter == "Š" or (letter in "ŒœŸ" and before[-1].isalpha())
