"""Cells of an entries file that say what a candidate has entered."""

import re

from django.utils.translation import gettext as _

from results_portal.tabular import CellError

LONGEST_UNITS, LONGEST_SUBJECTS = 500, 1000

_CODE = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,19}")


def units(cell):
    """Return codes of tests, or parts, in capitals, separated by spaces: "U1 U5".

    Raises `CellError`.
    """
    codes = list(dict.fromkeys(cell.upper().replace(",", " ").split()))
    for code in codes:
        _check_code(code)
    return _short(" ".join(codes), LONGEST_UNITS)


def subjects(cell):
    """Return the names that tests have for a candidate: "LVA=Anglais|LVB=Espagnol".

    Raises `CellError`.
    """
    named: dict[str, str] = {}
    for pair in filter(str.strip, cell.split("|")):
        code, equals, name = (words.strip() for words in pair.partition("="))
        code, name = code.upper(), " ".join(name.split())
        if not equals or not name:
            raise CellError(_("attendu : CODE=matière, séparés par |, comme LVA=Anglais"))
        _check_code(code)
        if code in named:
            raise CellError(_("%s a deux matières") % code)
        named[code] = name
    return _short("|".join(f"{code}={name}" for code, name in named.items()), LONGEST_SUBJECTS)


def not_offered(subjects, offered):
    """Return, as "CODE=subject", those of `subjects` that their test does not offer.

    `offered`: names by code of test; a test with none has any.
    """
    pairs = [pair.partition("=") for pair in subjects.split("|") if pair]
    return [
        f"{code}={name}"
        for code, _equals, name in pairs
        if offered.get(code) and name not in offered[code]
    ]


def offer(pair, offered):
    """Return the sentence that refuses a pair of `not_offered`."""
    code, _equals, _name = pair.partition("=")
    return _("matière que l’épreuve ne propose pas (proposées : %s)") % ", ".join(offered[code])


def _check_code(code):
    if not _CODE.fullmatch(code):
        raise CellError(_("code d’épreuve attendu, comme U4"))


def _short(text, longest):
    if len(text) > longest:
        raise CellError(
            _("%(length)d caractères, %(longest)d au plus")
            % {"length": len(text), "longest": longest}
        )
    return text
