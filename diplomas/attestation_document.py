"""The document of an attestation, as plain data, and its PDF.

Names, dates and places are those of the published result, or of the office's register; dates are
ISO strings. A document without a kind is of success.
"""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from diplomas.models import Attestation
from results.document import verification_code
from results.score_sheet import sheet
from results_portal.documents import html_to_pdf, seal
from results_portal.templatetags.portal import isodate

VERSION = 1
STYLESHEET = "diplomas/pdf/attestation.css"
REGISTER, PORTAL = "register", "portal"
SUCCESS, BLOCKS = Attestation.Kind.SUCCESS.value, Attestation.Kind.BLOCKS.value

_TEMPLATES = {
    SUCCESS: "diplomas/pdf/attestation.html",
    BLOCKS: "diplomas/pdf/attestation_of_blocks.html",
}
_REASONS = {
    SUCCESS: "Attestation de réussite délivrée par le service des examens",
    BLOCKS: "Attestation de blocs de compétences délivrée par le service des examens",
}

_CANDIDATE = ("birth_name", "usage_name", "given_names", "birth_date", "birth_place")
IN_FRENCH = "fr"
_FROM_MARK_BEFORE = "10"  # of attestations that do not hold theirs
_HALF_WIDTH = 30  # characters of a field that shares its line


def of_result(published: dict[str, Any], *, reference: str, issued_at: str) -> dict[str, Any]:
    """Return the document of the attestation of a published, admitted result."""
    of_result = _of_result(published, reference=reference, issued_at=issued_at)
    return of_result | {"kind": SUCCESS, "mention": published["mention"]}


def of_blocks(published: dict[str, Any], *, reference: str, issued_at: str) -> dict[str, Any]:
    """Return the document of the attestation of the blocks of a published result.

    `units`: the `PublishedBlock`s of the result, each with its `label`. `from_mark`: the least mark
    that acquires one. `law`: the text that has them attested.
    """
    of_result = _of_result(published, reference=reference, issued_at=issued_at)
    kept = published["rules"]["kept"]
    return of_result | {
        "kind": BLOCKS,
        "law": kept["blocks"],
        "from_mark": kept["from_mark"],
        "units": units_of(published),
    }


def units_of(published: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the blocks of a published result, each with the label of its test or part."""
    labels = {
        each["code"]: each["label"]
        for test in published["tests"]
        for each in (test, *test["parts"])
    }
    return [unit | {"label": labels[unit["code"]]} for unit in published["blocks"]]


def _of_result(published, *, reference, issued_at):
    with override("fr"):
        diploma = sheet.front(published)["exam"]
    label = published["speciality"]["label"]
    return {
        "version": VERSION,
        "source": PORTAL,
        "reference": reference,
        "candidate": {name: published["candidate"][name] for name in _CANDIDATE},
        "diploma": diploma,
        "speciality": "" if label == diploma else label,
        "session": published["session"]["year"],
        "academy": published["entry"]["academy"]["name"],
        "decided_on": published["issued_at"],
        "issued_at": issued_at,
        "office": _office(),
    }


def of_register(
    read: dict[str, Any], *, reference: str, academy: str, issued_at: str
) -> dict[str, Any]:
    """Return the document of an attestation from the office's register.

    `read`: the names, birth date and birth place of the person; `diploma`, `speciality`, `session`
    (a year), `mention` and `decided_on`. Dates are `datetime.date`.
    """
    person = {name: read[name] for name in _CANDIDATE}
    return {
        "version": VERSION,
        "kind": SUCCESS,
        "source": REGISTER,
        "reference": reference,
        "candidate": person | {"birth_date": read["birth_date"].isoformat()},
        "diploma": read["diploma"],
        "speciality": read["speciality"],
        "session": read["session"],
        "mention": read["mention"],
        "academy": academy,
        "decided_on": read["decided_on"].isoformat(),
        "issued_at": issued_at,
        "office": _office(),
    }


def front(document: dict[str, Any]) -> dict[str, Any]:
    """Return the content of an attestation in the present language, for the PDF and the page.

    `kind`, `name`, then lists of labelled fields: `person`, `diploma` and `issued`; empty fields
    are left out. The PDF prints the first fields of `diploma`, up to the mention, large. `units`:
    those of an attestation of blocks, each with `from_mark` or more.
    """
    candidate = document["candidate"]
    family_name = candidate["usage_name"] or candidate["birth_name"]
    return {
        "kind": kind_of(document),
        "name": f"{candidate['given_names']} {family_name.upper()}",
        "person": _fields(_person(candidate)),
        "diploma": _fields(_diploma(document)),
        "units": document.get("units", []),
        "from_mark": document.get("from_mark", _FROM_MARK_BEFORE),
        "issued": _fields(_issued(document)),
    }


def sealed(document: dict[str, Any], *, code: UUID) -> bytes:
    """Return the attestation as a tagged PDF of one page, with the office's seal."""
    return seal.seal(render(document, code=code), reason=_REASONS[kind_of(document)])


def render(document: dict[str, Any], *, code: UUID) -> bytes:
    """Return the attestation as a tagged PDF of one page; `code` is its verification code."""
    with override("fr"):
        context = {
            **document,
            "front": front(document),
            "office": document["office"],
            "verification": verification_code.printed(
                code, title="Code QR : la page qui confirme cette attestation"
            ),
        }
        markup = html_to_pdf.html(_TEMPLATES[kind_of(document)], context)
    return html_to_pdf.to_pdf(
        markup,
        css=html_to_pdf.stylesheet(STYLESHEET),
        static=html_to_pdf.static_directories(),
        pages=1,
    )


def kind_of(document: dict[str, Any]) -> str:
    """Return the kind of an attestation: a value of `Attestation.Kind`."""
    return document.get("kind", SUCCESS)


def _office():
    """Return the office that signs, from the settings of the day of issue."""
    names = ("name", "address", "city", "signatory", "site")
    return {name: value for name, value in sheet.office().items() if name in names}


def _person(candidate):
    born = isodate(candidate["birth_date"])
    if place := candidate["birth_place"]:
        born = _("%(date)s à %(place)s") % {"date": born, "place": place}
    return [
        (_("Nom de naissance"), candidate["birth_name"].upper()),
        (_("Prénoms"), candidate["given_names"]),
        (_("Nom d’usage"), candidate["usage_name"].upper()),
        (_("Naissance"), born),
    ]


def _diploma(document):
    decided = _("Résultat publié le") if document["source"] == PORTAL else _("Décision du jury du")
    exam = _("Examen") if kind_of(document) == BLOCKS else _("Diplôme")
    return [
        (exam, document["diploma"], IN_FRENCH),
        (_("Spécialité"), document["speciality"], IN_FRENCH),
        (_("Session"), str(document["session"])),
        (_("Mention"), document.get("mention"), IN_FRENCH),
        (_("Académie"), document["academy"]),
        (decided, isodate(document["decided_on"])),
    ]


def _issued(document):
    office = document["office"]
    return [
        (_("Référence"), document["reference"]),
        (_("Établie le"), isodate(document["issued_at"])),
        (_("Fait à"), office["city"]),
        (_("Signé"), office["signatory"], IN_FRENCH),
        (_("Service"), office["name"], IN_FRENCH),
        (_("Texte appliqué"), document.get("law"), IN_FRENCH),
    ]


def _fields(parts):
    """Return fields of `parts`: label, value, and a third item if the value is always French."""
    return [
        {"label": label, "value": value, "in_french": bool(tongue), "wide": _is_wide(value)}
        for label, value, *tongue in parts
        if value
    ]


def _is_wide(value):
    return len(value) > _HALF_WIDTH
