"""Parsers of the cells that describe schools, people and entries.

Each takes the text of a cell and returns a value, or raises `CellError` with what was expected.
"""

import re
import unicodedata
from datetime import date
from functools import partial

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from candidates.postal.countries import FRANCE, is_france
from candidates.postal.envelope import WIDTH, unprintable
from results_portal.tabular import CellError
from results_portal.tabular.values import boolean, day, text

NUMBER_LENGTH = 20
POSTCODE_LENGTH = 12
TOWN_LENGTH = 60  # the longest names of communes have 45
EMAIL_LENGTH = 254
ACCESS_CODE_LENGTH = 8
FIRST_BIRTH_YEAR = 1900

_UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_UAI = re.compile(r"(\d{7})([A-Z])")
# The four forms in use: national directory (RNIE), BEA, apprenticeship, universities (base 36).
_INE = re.compile(r"[0-9]{9}[A-Z]{2}|[0-9_]{10}[A-Z]|[0-9]{4}A[0-9]{5}[A-Z]|[0-9A-Z]{10}[0-9]")
_COUNTRY_CODE = re.compile(r"\d+|[A-Z]{2}")
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]*")
_SCIENTIFIC = re.compile(r"\d[.,]\d+E\+?\d+", re.IGNORECASE)
_FRENCH_POSTCODE = re.compile(r"\d{5}")
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+")
_SIGN = "MODIFIER LETTER"  # the apostrophe of TEʻURA
_FOREIGN_POSTCODE = re.compile(r"[0-9A-Z][0-9A-Z -]*")


def candidate_number(cell):
    """Return a candidate number: 1 to 20 letters and digits, in capitals, without spaces."""
    number = "".join(cell.split()).upper()
    if number.isascii() and number.isalnum() and len(number) <= NUMBER_LENGTH:
        return number
    if not number:
        raise CellError(_("le numéro de candidat est obligatoire"))
    if _SCIENTIFIC.fullmatch(number):
        raise CellError(
            _("numéro abîmé par le tableur : mettez la colonne au format texte et exportez-la")
        )
    raise CellError(_("lettres et chiffres seulement, 20 au plus"))


def ine(cell):
    """Return a national student number in one of its four forms, or ""."""
    number = "".join(cell.split()).upper()
    if not number or _INE.fullmatch(number):
        return number
    message = _("INE attendu : 11 caractères, comme 123456789AB ou 1234567890A")
    raise CellError(message + _zero_lost(f"0{number}") if _INE.fullmatch(f"0{number}") else message)


def _zero_lost(value):
    return _(" ; %(padded)s si le tableur a perdu le zéro") % {"padded": value}


def uai(cell):
    """Return a school's UAI: seven digits and their check letter, which the message gives."""
    code = "".join(cell.split()).upper()
    match = _UAI.fullmatch(code)
    if not match:
        if _UAI.fullmatch(f"0{code}") and uai_letter(code[:-1]) == code[-1]:
            raise CellError(_("UAI attendu : 7 chiffres et une lettre") + _zero_lost(f"0{code}"))
        raise CellError(_("UAI attendu : 7 chiffres et une lettre, comme 0750655E"))
    letter = uai_letter(match[1])
    if match[2] != letter:
        raise CellError(
            _("la lettre de contrôle d’un UAI est fausse : %(digits)s finit par %(letter)s")
            % {"digits": match[1], "letter": letter}
        )
    return code


def optional_uai(cell):
    return uai(cell) if cell.strip() else ""


def centre(cell):
    """Return where written tests are sat: the UAI of a school, or a name of 120 characters."""
    looks_like_a_uai = _UAI.fullmatch("".join(cell.split()).upper())
    return uai(cell) if looks_like_a_uai else text(cell, longest=120)


def uai_letter(digits):
    """Return the check letter of the seven digits of a UAI."""
    return _UAI_LETTERS[int(digits) % len(_UAI_LETTERS)]


def academy_code(cell):
    """Return the two digits of an académie; spreadsheets drop the zero of 01 to 09."""
    code = cell.strip()
    if code.isascii() and code.isdigit() and len(code) <= 2:
        return code.zfill(2)
    raise CellError(_("code d’académie attendu : deux chiffres, comme 01"))


def speciality_code(cell):
    code = cell.strip().upper()
    if CODE.fullmatch(code):
        return code
    raise CellError(_("code de spécialité attendu, comme MCO-2026"))


def birth_date(today):
    """Return a parser of birth dates: from 1900 on, and not after `today`."""
    return partial(_birth_date, today=today)


def _birth_date(cell, *, today):
    born = day(cell)
    if born is None:
        raise CellError(_("la date de naissance est obligatoire (JJ/MM/AAAA)"))
    if born > today:
        raise CellError(_("date de naissance dans l’avenir"))
    if born < date(FIRST_BIRTH_YEAR, 1, 1):
        raise CellError(_("date de naissance avant %(year)s") % {"year": FIRST_BIRTH_YEAR})
    return born


def today(at=None):
    return timezone.localdate(at)


def name(longest):
    """Return a parser of required names: at least one letter, at most `longest` characters."""

    def parse(cell):
        words = text(cell, required=True, longest=longest)
        if not any(map(str.isalpha, words)):
            raise CellError(_("un nom contient au moins une lettre"))
        return words

    return parse


def beyond_latin(words):
    """Return the characters that the fonts of papers may lack, each once: 王, Ω, 🎓."""
    if words.isascii():
        return ""
    return "".join(c for c in unprintable(words) if not unicodedata.name(c, "").startswith(_SIGN))


def address_line(cell):
    """Return one line of an envelope: 38 characters at most (NF Z10-011)."""
    line = text(cell, dashes=True)
    if len(line) > WIDTH:
        raise CellError(
            _("ligne d’adresse de %(length)s caractères, %(most)s au plus (norme postale)")
            % {"length": len(line), "most": WIDTH}
        )
    return line


def town(cell):
    """Return a town, which may be longer than the line of an envelope: that shortens it."""
    return text(cell, longest=TOWN_LENGTH)


def country(cell):
    """Return the country in capitals; FRANCE when empty, or in any of its names."""
    name = address_line(cell).upper()
    if not name or is_france(name):
        return FRANCE
    if _COUNTRY_CODE.fullmatch(name):
        raise CellError(_("pays attendu en toutes lettres, comme BELGIQUE"))
    return name


def postcode(cell):
    code = " ".join(cell.split()).upper()
    if not code or (_FOREIGN_POSTCODE.fullmatch(code) and len(code) <= POSTCODE_LENGTH):
        return code
    raise CellError(_("code postal attendu : lettres et chiffres, 12 au plus"))


def check_address(*, lines, postcode, city, country):
    """Yield `(column, value, message)` for each contradiction between the parts of an address."""
    if country == FRANCE and postcode and not _FRENCH_POSTCODE.fullmatch(postcode):
        yield "code_postal", postcode, _french_postcode_expected(postcode)
    if any(lines) and not city:
        yield "ville", "", _("une adresse a une ville")
    if any(lines) and country == FRANCE and not postcode:
        yield "code_postal", "", _("une adresse en France a un code postal de cinq chiffres")


def _french_postcode_expected(postcode):
    if len(postcode) == 4 and postcode.isdigit():
        return _(
            "cinq chiffres attendus : %(padded)s si le tableur a perdu le zéro ; "
            "hors de France, indiquez le pays"
        ) % {"padded": f"0{postcode}"}
    return _("cinq chiffres attendus ; hors de France, indiquez le pays")


def no_email():
    return _("adresse de courriel attendue, comme prenom.nom@exemple.fr")


def email(cell):
    """Return an e-mail address that every mail program writes unchanged, or "".

    Forms that nobody has and that programs read differently are refused: a quoted mailbox, one
    that looks like an encoded word (RFC 2047), an IP address as domain.
    """
    address = cell.strip()
    if not address:
        return ""
    try:
        validate_email(address)
        mailbox, _sign, domain = address.rpartition("@")
        validate_email(f"{mailbox}@{domain.encode('idna').decode()}")
    except (ValidationError, UnicodeError):
        raise CellError(no_email()) from None
    if not _MAILBOX.fullmatch(mailbox) or "=?" in mailbox or domain.startswith("["):
        raise CellError(no_email())
    if len(address) > EMAIL_LENGTH:
        raise CellError(_("adresse de courriel trop longue"))
    return address


def access_code(cell):
    """Return an office's own access code, without spaces, hyphens or case, or "".

    Letters and digits: the throttle refuses guesses, not who guesses right in the end.
    """
    code = "".join(c for c in unicodedata.normalize("NFKC", cell) if c not in " -\u00a0\u202f")
    mixed = any(c.isalpha() for c in code) and any(c.isdigit() for c in code)
    if not code or (
        code.isascii() and code.isalnum() and mixed and len(code) >= ACCESS_CODE_LENGTH
    ):
        return code.upper()
    raise CellError(_("code d’accès attendu : au moins 8 caractères, des lettres et des chiffres"))


def yes_no_or_nothing(cell):
    """Return True, False, or None when the cell is empty."""
    return boolean(cell) if cell.strip() else None


def sentence(message):
    """Return the message of a `CellError` as a sentence."""
    return f"{message[:1].upper()}{message[1:]}."
