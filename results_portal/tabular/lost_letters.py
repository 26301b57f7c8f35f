"""Traces of letters that a conversion has lost or changed, in the text of a cell.

A file read in the wrong encoding gives signs where names have letters: LEB¼UF, Andr‚, LÃ©a, Ren?.
"""

import re
import unicodedata
from functools import lru_cache

from django.utils.translation import gettext as _

from results_portal.tabular.errors import CellError

_LOST_CHARACTER = "\ufffd"
_ESCAPED = re.compile(
    r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31}\d{0,2});"  # &eacute; &#039;
    r"|\\(?:[\"'’\\]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})"  # \' \u00e9
)
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])[´`](?=[^\W\d_])")
_QUESTION = re.compile(r"[^\W\d_]\?|\?[^\W\d_]")
# The bytes 80 to BF, which follow the first one of a letter in UTF-8, as Windows-1252 reads them.
_FOLLOWING = bytes(range(0x80, 0xC0)).decode("cp1252", "ignore")
_UTF8_MISREAD = re.compile(f"[ÂÃÄÅ][{re.escape(_FOLLOWING)}]|â€")
# Letters at 80 to 9F of Windows-1252, in a case that no name has: LŽa is Léa from a Macintosh.
_WRONG_CASE = re.compile(r"[a-zà-öø-ÿ][ŠŒŽŸ]|[^\W\d_][ŠŒŽŸ][a-zà-öø-ÿ]|[A-ZÀ-ÖØ-Þ][šž][A-ZÀ-ÖØ-Þ]")
_PLAIN = re.compile("[\x00-\x7f°’À-ÖØ-öø-ÿŒœŸ]*")

# No name has one of them beside a letter, but they are no symbols for Unicode.
_NO_SYMBOLS = frozenset("ƒ‚„…†‡ˆ‰‹›•¡¿§¶µ")
_MAY_TOUCH_LETTERS = frozenset("°©®™²³¹")  # n° 3, 12 m²
_SYMBOLS = frozenset({"Sm", "Sc", "Sk", "So", "No"})
_MIDDLE_DOT = "·"


class LostLetter(CellError):
    """Refusal of a sign that stands for a letter."""

    @property
    def in_a_file(self) -> str:
        """Return the message for whoever can make the file again."""
        return _("%(problem)s, ou exportez de nouveau le fichier en UTF-8") % {"problem": self}


def with_apostrophes(words: str) -> str:
    """Return the text with an apostrophe for each accent that stands between letters: D´ANGELO."""
    if "´" in words or "`" in words:
        return _APOSTROPHE.sub("'", words)
    return words


def refuse_lost_letters(words: str) -> None:
    """Raise `CellError` for a text in which letters were lost."""
    if ("&" in words or "\\" in words) and (found := _ESCAPED.search(words)):
        raise CellError(
            _("« %(sign)s » est le code d’un caractère : écrivez le caractère lui-même")
            % {"sign": found[0]}
        )
    if "?" in words and _QUESTION.search(words):
        raise badly_converted("?")
    if not words.isascii():
        _refuse_wrong_letters(words)


def _refuse_wrong_letters(words):
    if _LOST_CHARACTER in words:
        raise CellError(_("un caractère a été perdu (�) : exportez de nouveau le fichier en UTF-8"))
    if found := _UTF8_MISREAD.search(words) or _WRONG_CASE.search(words):
        raise badly_converted(found[0])
    if _PLAIN.fullmatch(words):
        return
    for place, character in enumerate(words):
        if not character.isascii() and _is_no_part_of_a_name(character, words, place):
            raise badly_converted(character)


def badly_converted(sign: str) -> LostLetter:
    """Return the refusal of a sign that stands where a letter was."""
    return LostLetter(
        _("« %(sign)s » dans un mot est sans doute une lettre mal convertie : écrivez la lettre")
        % {"sign": sign}
    )


def _is_no_part_of_a_name(character, words, place):
    if character == _MIDDLE_DOT:  # Catalan has it in l·l alone
        return _touches_a_letter(words, place) and words[place - 1 : place + 2].lower() != "l·l"
    return _is_a_sign(character) and _touches_a_letter(words, place)


@lru_cache(maxsize=2000)
def _is_a_sign(character):
    if character in _MAY_TOUCH_LETTERS:
        return False
    return character in _NO_SYMBOLS or unicodedata.category(character) in _SYMBOLS


def _touches_a_letter(words, place):
    """Whether a letter stands before, or after unless a digit is before: 12½ RUE, 3…SOLEIL."""
    if words[place - 1 : place].isalpha():
        return True
    after, digit = words[place + 1 : place + 2], words[:place].rstrip()[-1:]
    return after.isalpha() and not digit.isdecimal()
