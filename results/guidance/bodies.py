"""National bodies to which a reader may appeal or turn, with their addresses."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Body:
    """A national body: French name, web site, and postal address in lines."""

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
