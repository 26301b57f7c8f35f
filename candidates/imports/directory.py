"""Reader of the two national files of schools, as they are published.

Open data of the ministry: the directory (fr-en-annuaire-education), and addresses with geolocation
(fr-en-adresse-et-geolocalisation-etablissements), whose columns are aliases here, in both forms of
its header. The schools among its rows, and their sector,
are derived as follows where the directory does not say.

- An agricultural or maritime private school has its contract with its own ministry (code rural,
  L. 813-1): it counts as under contract.
- A private school whose contract is not given counts as without: its pupils' diplomas then go to
  their homes, where they can at least be received.
- Of several rows of one school (annexes), the one that teaches after the baccalauréat is read, or
  the first that is no annexe.
"""

import re
from collections import Counter

from django.utils.translation import gettext_noop

from candidates.models import School
from candidates.values import academy_code, uai
from results_portal.tabular import CellError, Column
from results_portal.tabular.lost_letters import refuse_lost_letters

Sector = School.Sector

_NOT_OURS = {
    "Ecole": gettext_noop("écoles du premier degré"),
    "Service Administratif": gettext_noop("services administratifs"),
    "Information et orientation": gettext_noop("centres d’information et d’orientation"),
}
_CLOSED = gettext_noop("établissements fermés")
_ANNEXES = gettext_noop("annexes d’un établissement déjà lu")
_OTHER_MINISTRIES = re.compile(r"\b(?:AGRICULTURE|MER)\b")
_FIRST_DEGREE = "1"  # of codes of nature

COLUMNS = [
    Column(
        "identifiant_de_l_etablissement", str.strip, aliases=("numero_uai", "code établissement")
    ),
    Column("nom_etablissement", str.strip, aliases=("appellation_officielle",)),
    Column("type_etablissement", str.strip, aliases=("nature_uai_libe", "nature")),
    Column(
        "statut_public_prive",
        str.strip,
        aliases=("secteur_public_prive_libe", "secteur public/privé"),
    ),
    Column("type_contrat_prive", str.strip, aliases=("secteur_prive_libelle_type_contrat",)),
    Column("adresse_1", str.strip, aliases=("adresse_uai", "adresse")),
    Column("adresse_2", str.strip, required=False, aliases=("lieu_dit_uai", "lieu dit")),
    Column("adresse_3", str.strip, required=False),
    Column("boite_postale", str.strip, required=False, aliases=("boite_postale_uai",)),
    Column("code_postal", str.strip, aliases=("code_postal_uai",)),
    Column(
        "nom_commune",
        str.strip,
        aliases=("localite_acheminement_uai", "localite d'acheminement"),
    ),
    Column("code_academie", str.strip),
    Column("libelle_academie", str.strip, aliases=("académie",)),
    Column("etat", str.strip, required=False, aliases=("etat_etablissement_libe",)),
    # A code in one form of the header, a word in the other.
    Column("etat_etablissement", str.strip, required=False),
    Column(
        "ministere_tutelle", str.strip, required=False, aliases=("libelle_ministere", "ministère")
    ),
    Column("code_nature", str.strip, required=False, aliases=("nature_uai",)),
    Column("libelle_nature", str.strip, required=False),
    Column("post_bac", str.strip, required=False),
]
_NAMES = [column.name for column in COLUMNS]
_KEPT_AS_WRITTEN = ("nom_etablissement", "adresse_1", "adresse_2", "adresse_3", "nom_commune")


class Directory:
    """Converter from rows of the directory to rows of a school file.

    `skipped`: number of rows left out, by kind. `academies`: the names of the académies found, by
    code. `presumed`: UAI of private schools whose contract the directory does not give.
    """

    def __init__(self, log):
        self.log = log
        self.skipped: Counter[str] = Counter()
        self.academies: dict[str, str] = {}
        self.presumed: list[str] = []

    def schools(self, rows):
        """Yield `(line, uai, name, sector, address, postcode, city, academy)`, each UAI once."""
        best: dict[str, tuple] = {}
        for line, *cells in rows:
            found = dict(zip(_NAMES, (cell or "" for cell in cells), strict=True))
            if reason := _not_ours(found):
                self.skipped[reason] += 1
            elif school := self._school(line, found):
                self._keep_best(best, _rank(found), school)
        yield from sorted((school for _rank, school in best.values()), key=lambda school: school[0])

    def _keep_best(self, best, rank, school):
        kept = best.get(school[1])
        if kept:
            self.skipped[_ANNEXES] += 1
        if kept is None or rank > kept[0]:
            best[school[1]] = (rank, school)

    def _school(self, line, found):
        try:
            code = uai(found["identifiant_de_l_etablissement"])
        except CellError as refusal:
            self.log.add(line, _NAMES[0], found[_NAMES[0]], refusal)
            return None
        try:
            academy = academy_code(found["code_academie"])
        except CellError as refusal:
            self.log.add(line, "code_academie", found["code_academie"], refusal)
            return None
        if not self._letters_are_whole(line, found):
            return None
        self.academies[academy] = found["libelle_academie"]
        sector, presumed = _sector(found)
        if presumed:
            self.presumed.append(code)
        cells = {
            "name": _one_line(found["nom_etablissement"]),
            "sector": sector,
            "address": _address(found),
            "postcode": found["code_postal"],
            "city": found["nom_commune"],
        }
        return (line, code, *(_cut(name, cell) for name, cell in cells.items()), academy)

    def _letters_are_whole(self, line, found):
        """Log each cell in which letters were lost; return whether there is none."""
        errors = self.log.count
        for column in _KEPT_AS_WRITTEN:
            try:
                refuse_lost_letters(found[column])
            except CellError as refusal:
                self.log.add(line, column, found[column], refusal)
        return self.log.count == errors


def _not_ours(found):
    if (found["etat"] or found["etat_etablissement"]).upper() in {"FERME", "FERMÉ"}:
        return _CLOSED
    if found["code_nature"].startswith(_FIRST_DEGREE):
        return _NOT_OURS["Ecole"]
    return _NOT_OURS.get(found["type_etablissement"], "")


def _sector(found):
    """Return the sector, and whether it is presumed."""
    nature = (found["libelle_nature"] or found["type_etablissement"]).upper()
    contract = found["type_contrat_prive"].upper().replace("0", "O")
    if "A DISTANCE" in nature or "CNED" in found["nom_etablissement"].upper().split():
        return Sector.DISTANCE, False
    if "APPRENTIS" in nature:
        return Sector.APPRENTICE_CENTRE, False
    if found["statut_public_prive"].casefold() == "public":
        return Sector.PUBLIC, False
    if "HORS CONTRAT" in contract:
        return Sector.PRIVATE, False
    if "CONTRAT" in contract or _OTHER_MINISTRIES.search(found["ministere_tutelle"].upper()):
        return Sector.PRIVATE_UNDER_CONTRACT, False
    return Sector.PRIVATE, True


def _rank(found):
    return found["post_bac"] == "1", "annexe" not in found["nom_etablissement"].casefold()


def _address(found):
    """Return one line; the third line is left out when it repeats the postcode."""
    lines = [found["adresse_1"], found["adresse_2"]]
    if not found["adresse_3"].startswith(found["code_postal"]):
        lines.append(found["adresse_3"])
    if box := found["boite_postale"]:
        lines.append(f"BP {box}" if box.isdigit() else box)
    return ", ".join(_one_line(line) for line in lines if line)


def _one_line(text):
    return " ".join(text.split())


def _cut(field, text):
    """Cut `text` to the length of the column `field`."""
    return text[: getattr(School._meta.get_field(field), "max_length", None)]
