"""Bodies outside the office to which a reader may appeal or turn, with their addresses."""

from dataclasses import dataclass

from django.conf import settings

from results_portal.office.contact import lines


@dataclass(frozen=True)
class Body:
    """A body: French name, web site, and postal address in lines."""

    name: str
    website: str
    address: tuple[str, ...] = ()


CADA = Body(
    "Commission d’accès aux documents administratifs (CADA)",
    "https://www.cada.fr/",
    ("TSA 50730", "75334 Paris Cedex 07"),
)
CNIL = Body(
    "Commission nationale de l’informatique et des libertés (CNIL)",
    "https://www.cnil.fr/fr/plaintes",
    ("3 place de Fontenoy", "TSA 80715", "75334 Paris Cedex 07"),
)
RIGHTS_DEFENDER = Body(
    "Défenseur des droits",
    "https://www.defenseurdesdroits.fr/",
    ("Libre réponse 71120", "75342 Paris Cedex 07"),
)
DIGITAL_ATTESTATION = Body("Attestation numérique de diplôme", "https://diplome.gouv.fr/")

# Code de l'éducation, art. L. 23-10-1. The page says which mediator is competent (the national one
# for the SIEC, that of the académie elsewhere) and how to write to them.
MEDIATOR = Body(
    "Médiateur de l’éducation nationale et de l’enseignement supérieur",
    "https://www.service-public.fr/particuliers/vosdroits/F1897",
)
TELERECOURS = Body("Télérecours citoyens", "https://www.telerecours.fr/")


def tribunal() -> Body | None:
    """Return the administrative tribunal of the office (`OFFICE_TRIBUNAL`); None if not set."""
    name, *address = lines(settings.OFFICE_TRIBUNAL) or [""]
    return Body(name, TELERECOURS.website, tuple(address)) if name else None
