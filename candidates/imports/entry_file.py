"""Columns of an entries file, and its rows for the staging table."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidates import values
from candidates.identification import access_codes
from candidates.imports import enrolment, office_codes
from candidates.models import Entry
from results_portal.tabular import Column
from results_portal.tabular.values import boolean, choice, optional_text

# The columns of the staging table, in order.
STAGING = {
    "line": "integer",
    "number": "text",
    "ine": "text",
    "birth_name": "text",
    "usage_name": "text",
    "given_names": "text",
    "birth_date": "date",
    "birth_place": "text",
    "email": "text",
    "address1": "text",
    "address2": "text",
    "address3": "text",
    "postcode": "text",
    "city": "text",
    "country": "text",
    "speciality": "text",
    "status": "text",
    "school": "text",
    "academy": "text",
    "posting_place": "text",
    "centre": "text",
    "web_consent": "boolean",
    "withheld": "boolean",
    "form": "text",
    "units": "text",
    "subjects": "text",
    "code_given": "boolean",
    "digest": "bytea",
    "credential": "bytea",
    "office_code": "bytea",
}
_PLACES = {name: place for place, name in enumerate(STAGING)}
_ADDRESS = slice(_PLACES["address1"] - 1, _PLACES["country"])
_NUMBER, _BIRTH_DATE, _CODE = _PLACES["number"], _PLACES["birth_date"], _PLACES["code_given"]
_NAMES = slice(_PLACES["birth_name"] - 1, _PLACES["given_names"])
_WORDS = [
    (column, _PLACES[name])
    for column, name in [
        ("nom", "birth_name"),
        ("nom_usage", "usage_name"),
        ("prenoms", "given_names"),
        ("lieu_naissance", "birth_place"),
        ("adresse1", "address1"),
        ("adresse2", "address2"),
        ("adresse3", "address3"),
        ("ville", "city"),
    ]
]
_WARNINGS = 20


def columns(today):
    """Return the columns of the file; birth dates must not be after `today`."""
    return [
        Column("numero", values.candidate_number),
        Column("ine", values.ine, required=False),
        Column("nom", values.name(80)),
        Column("nom_usage", optional_text(80), required=False),
        Column("prenoms", values.name(120), aliases=("prenom",)),
        Column("date_naissance", values.birth_date(today)),
        Column("lieu_naissance", optional_text(80), required=False),
        Column("courriel", values.email, required=False, aliases=("email",)),
        Column("adresse1", values.address_line),
        Column("adresse2", values.address_line, required=False),
        Column("adresse3", values.address_line, required=False),
        Column("code_postal", values.postcode),
        Column("ville", values.town),
        Column("pays", values.country, required=False),
        Column("specialite", values.speciality_code),
        Column("statut", choice(*Entry.Status.values)),
        Column("etablissement", values.optional_uai),
        Column("academie", values.academy_code),
        Column("lieu_affichage", optional_text(120), required=False),
        Column("centre", values.centre, required=False),
        Column("publication_web", boolean, required=False),
        Column("suspendu", values.yes_no_or_nothing, required=False),
        Column("forme", choice(*Entry.Form.values, default=Entry.Form.WHOLE), required=False),
        Column("unites", enrolment.units, required=False),
        Column("matieres", enrolment.subjects, required=False),
        Column("code_acces", values.access_code, required=False),
    ]


def check(row):
    """Yield the contradictions between the cells of a row, as `values.check_address` does."""
    *lines, postcode, city, country = row[_ADDRESS]
    yield from values.check_address(
        lines=lines, postcode=postcode, city=city, country=country or values.FRANCE
    )
    number, birth_date, code = (row[place - 1] for place in (_NUMBER, _BIRTH_DATE, _CODE))
    if code:
        weakness = office_codes.weakness(
            code, number=number, birth_date=birth_date, names=[name for name in row[_NAMES] if name]
        )
        if weakness:
            yield "code_acces", "", weakness


def watched(rows, log):
    """Yield the rows, and warn of characters that papers may not show."""
    more = 0
    for row in rows:
        for column, place in _WORDS:
            cell = row[place]
            if cell and not cell.isascii() and (characters := values.beyond_latin(cell)):
                if len(log.warnings) < _WARNINGS:
                    log.warn(row[0], column, _beyond_latin(characters))
                else:
                    more += 1
        yield row
    if more:
        message = ngettext(
            "un autre texte hors de l’alphabet latin",
            "%(n)s autres textes hors de l’alphabet latin",
            more,
        )
        log.warn(1, _("fichier"), message % {"n": more})


def _beyond_latin(characters):
    return _("hors de l’alphabet latin : %(characters)s ; à vérifier sur les papiers") % {
        "characters": " ".join(characters)
    }


def staged(rows, *, session_code):
    """Yield the staging rows, with the digest and credential in place of the access code.

    An entry without a code of the office's gets the one that `access_codes.generate` derives.
    """
    for row in rows:
        number, code = row[_NUMBER], row[_CODE]
        digest = access_codes.digest(number, code or access_codes.generate(session_code, number))
        credential = access_codes.credential(number, row[_BIRTH_DATE], digest)
        office_code = code and access_codes.office_digest(session_code, code)
        yield (
            *row[:_CODE],
            bool(code),
            f"\\x{digest.hex()}",
            f"\\x{credential.hex()}",
            f"\\x{office_code.hex()}" if office_code else None,
        )
