"""Parsers of cells, for any file: text in, value out, or `CellError`."""

import re
import unicodedata
from datetime import date
from functools import partial

from django.utils.translation import gettext as _

from results_portal.tabular.errors import CellError
from results_portal.tabular.lost_letters import refuse_lost_letters, with_apostrophes

_FORMULA_STARTS = ("=", "+", "-", "@")
# With a letter, and without what calls a function or another program.
_WORDS_AFTER_A_DASH = re.compile(r"[+-](?=.*[^\W\d_])[\w\s.,:;°º'’/-]*$")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d+)")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MIDNIGHT = re.compile(r"[ T]0?0:00(:00(\.0+)?)?$")
_TRUE = {"O", "OUI", "1", "VRAI"}
_FALSE = {"N", "NON", "0", "FAUX"}


def text(cell, *, required=False, longest=None, dashes=False):
    """Return a line of text with single spaces, composed accents and no invisible character.

    Raise `CellError` for traces of lost letters, and for what a spreadsheet would run as a
    formula: our exports are opened too. With `dashes`, words may follow a - or +: « - Bât. B ».
    """
    cell = with_apostrophes(cell)
    refuse_lost_letters(cell)
    words = " ".join(cell.split())
    if not words.isascii() or not words.isprintable():
        words = _visible(words)
    if required and not words:
        raise CellError(_("cette valeur est obligatoire"))
    if words.startswith(_FORMULA_STARTS) and not (dashes and _WORDS_AFTER_A_DASH.match(words)):
        raise CellError(_("un texte ne commence pas par =, +, - ou @ (formule de tableur)"))
    if longest and len(words) > longest:
        raise CellError(
            _("%(length)s caractères, %(longest)s au plus")
            % {"length": len(words), "longest": longest}
        )
    return words


def required_text(longest=None):
    return partial(text, required=True, longest=longest)


def optional_text(longest=None):
    return partial(text, longest=longest)


def day(cell):
    """Return a date, written day first or ISO, or None when empty; refuse two-digit years."""
    words = _MIDNIGHT.sub("", cell.strip())
    if not words:
        return None
    if match := _YEAR_FIRST.fullmatch(words):
        year, month, number = map(int, match.groups())
    elif match := _DAY_FIRST.fullmatch(words):
        if len(match[3]) != 4:
            raise CellError(_("l’année s’écrit avec quatre chiffres (JJ/MM/AAAA)"))
        number, month, year = map(int, match.groups())
    else:
        raise CellError(_("date attendue : JJ/MM/AAAA ou AAAA-MM-JJ"))
    try:
        return date(year, month, number)
    except ValueError:
        raise CellError(_("cette date n’existe pas (JJ/MM/AAAA)")) from None


def boolean(cell):
    """Return whether the cell is O, OUI, 1 or VRAI; N, NON, 0, FAUX and empty are no."""
    word = cell.strip().upper()
    if not word or word in _FALSE:
        return False
    if word in _TRUE:
        return True
    raise CellError(_("O ou N attendu"))


def choice(*allowed, default=None):
    """Return a parser of the words `allowed`, without case or accents; empty is `default`."""
    by_plain_name = {_bare(word): word for word in allowed}
    expected = ", ".join(word for word in allowed if word)

    def parse(cell):
        word = by_plain_name.get(_bare(cell))
        if word is not None:
            return word
        if not cell.strip() and default is not None:
            return default
        raise CellError(_("attendu : %(words)s") % {"words": expected})

    return parse


def _bare(word):
    letters = unicodedata.normalize("NFKD", word).upper()
    return "".join(c for c in letters if c.isalnum())


def _visible(words):
    words = unicodedata.normalize("NFC", words.translate(_INVISIBLE)).strip()
    for character in words:
        if not character.isprintable():
            raise CellError(_("caractère interdit U+%(code)s") % {"code": f"{ord(character):04X}"})
    return words
