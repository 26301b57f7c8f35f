"""Candidates of the baccalauréats général and technologique: mentions, second group, options."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from results.demo.cast.situations import BENEFIT, EXEMPT, FORCE_MAJEURE, Situation
from results.demo.subjects import (
    BIOLOGY,
    CHOSEN,
    ECONOMICS,
    GEOPOLITICS,
    HUMANITIES,
    LITERATURE,
    MATHEMATICS,
    PHYSICS,
)

LANGUAGES = {"LVA": "Anglais", "LVB": "Espagnol"}
SCIENCES = dict(zip(CHOSEN, (MATHEMATICS, PHYSICS, BIOLOGY), strict=True))


def bac(key, sees, name, born, verdict, marks, series="BAC-G", *, chosen=None, **more):
    """Return a situation of the baccalauréat of this series, whose second group is over."""
    subjects = LANGUAGES | (SCIENCES if series == "BAC-G" else {}) | (chosen or {})
    more["subjects"] = subjects
    return Situation(key, "BAC-2026", series, sees, name, born, verdict, marks, **more)


BAC = (
    bac(
        "no-mention",
        _("admis sans mention au baccalauréat ; enseignement à distance"),
        ("Pereira", "", "Diogo"),
        date(2008, 2, 11),
        "ADMITTED",
        {"*": (10, 12, 11)},
        sector="DISTANCE",
        status="DISTANCE",
    ),
    bac(
        "mention-ab",
        _("admise, mention assez bien (12 exactement) ; la mention n’est sur aucune liste"),
        ("Camara", "", "Fanta"),
        date(2008, 6, 3),
        "ADMITTED",
        {"*": 12},
        mention="Assez bien",
        academy="01",
        sector="PRIVE_HORS_CONTRAT",
    ),
    bac(
        "mention-b",
        _("admis, mention bien"),
        ("Roche", "", "Paul-Émile"),
        date(2008, 9, 29),
        "ADMITTED",
        {"terminal": (14, 15), "continuous": 14.5},
        mention="Bien",
        academy="25",
        sector="PRIVE_SOUS_CONTRAT",
    ),
    bac(
        "mention-tb",
        _("admise, mention très bien"),
        ("Chen", "", "Mei Louise"),
        date(2008, 12, 1),
        "ADMITTED",
        {"*": (16, 17)},
        mention="Très bien",
        academy="25",
    ),
    bac(
        "mention-honours",
        _("admise, mention très bien avec les félicitations du jury"),
        ("El Idrissi", "", "Salma"),
        date(2008, 1, 30),
        "ADMITTED",
        {"*": (19, 18, 20)},
        mention="Très bien avec les félicitations du jury",
    ),
    bac(
        "kept-marks-no-mention",
        _("admis à 13,95 de moyenne, sans mention parce qu’il a gardé une note de 2025"),
        ("Fontaine", "", "Hippolyte"),
        date(2001, 4, 17),
        "ADMITTED",
        {"*": 14},
        instead={"FRE": (13, BENEFIT, 2025)},
        sector="",
        status="INDIVIDUEL",
    ),
    bac(
        "admitted-at-second-group",
        _("admise au second groupe, donc sans mention"),
        ("Rakotomalala", "", "Miora"),
        date(2008, 7, 21),
        "ADMITTED",
        {"terminal": (9, 10), "continuous": 9.5},
        second=(12, 13),
    ),
    bac(
        "refused-at-second-group",
        _("refusé après le second groupe"),
        ("Girard", "", "Enzo"),
        date(2008, 10, 8),
        "REFUSED",
        {"terminal": (8, 9), "continuous": 8.5},
        second=(9, 7),
        academy="25",
    ),
    bac(
        "refused-bac",
        _("refusée au premier groupe ; moyenne sous 8"),
        ("Ba", "", "Coumba"),
        date(2008, 3, 5),
        "REFUSED",
        {"*": (6, 8)},
    ),
    bac(
        "bac-options",
        _("admis, mention bien grâce à deux options, comptées en entier"),
        ("Ollivier", "", "Maxence"),
        date(2008, 5, 2),
        "ADMITTED",
        {"terminal": 14, "continuous": 13.6, "OPT1": 18, "OPT2": 16},
        chosen={"OPT1": "Latin", "OPT2": "Mathématiques expertes"},
        mention="Bien",
    ),
    bac(
        "bac-exempt",
        _("admise, mention assez bien ; dispensée d’éducation physique, qui ne compte pas"),
        ("Perrin", "", "Adèle"),
        date(2008, 8, 24),
        "ADMITTED",
        {"terminal": (12, 13), "continuous": 13.4},
        instead={"EPS": (None, EXEMPT, None)},
        chosen=dict(zip(CHOSEN, (ECONOMICS, GEOPOLITICS, LITERATURE), strict=True)),
        mention="Assez bien",
        academy="01",
    ),
    bac(
        "deferred",
        _("décision reportée à septembre : force majeure en philosophie"),
        ("Lefèvre", "", "Anouk"),
        date(2008, 4, 14),
        "DEFERRED",
        {"terminal": (13, 12), "continuous": 12.3, "PHI": FORCE_MAJEURE},
        chosen=dict(zip(CHOSEN, (HUMANITIES, GEOPOLITICS, LITERATURE), strict=True)),
    ),
    bac(
        "deferred-stmg",
        _("décision reportée à septembre en STMG ; force majeure à une épreuve de spécialité"),
        ("Barbier", "", "Ryan"),
        date(2008, 11, 5),
        "DEFERRED",
        {"terminal": (9, 10), "continuous": 9.4, "SPE2": FORCE_MAJEURE},
        "BAC-STMG",
        academy="25",
    ),
    bac(
        "stmg-mention",
        _("admise au baccalauréat technologique STMG, mention assez bien"),
        ("Touré", "", "Assa"),
        date(2008, 10, 20),
        "ADMITTED",
        {"terminal": (12, 13), "continuous": 12.7},
        "BAC-STMG",
        mention="Assez bien",
    ),
    bac(
        "st2s-second-group",
        _("admise au baccalauréat technologique ST2S après le second groupe"),
        ("Maillard", "", "Jeanne"),
        date(2008, 2, 7),
        "ADMITTED",
        {"terminal": (9, 10), "continuous": 9.4},
        "BAC-ST2S",
        second=(13, 12),
        academy="25",
    ),
    bac(
        "sti2d-refused",
        _("refusé au baccalauréat technologique STI2D"),
        ("Cordier", "", "Sacha"),
        date(2008, 6, 26),
        "REFUSED",
        {"terminal": (7, 6), "continuous": 8.8},
        "BAC-STI2D",
    ),
)

SEPTEMBER = (
    Situation(
        "decided-in-september",
        "BAC-2026-S",
        "BAC-G",
        _("admise en septembre, à la session de remplacement ; la page de juillet reste"),
        ("Lefèvre", "", "Anouk"),
        date(2008, 4, 14),
        "ADMITTED",
        {"PHI": 14},
        mention="Assez bien",
        known_as="deferred",
    ),
    Situation(
        "second-group-in-september",
        "BAC-2026-S",
        "BAC-STMG",
        _("admis au second groupe de la session de remplacement"),
        ("Barbier", "", "Ryan"),
        date(2008, 11, 5),
        "ADMITTED",
        {"SPE2": 8},
        second=(13, 12),
        known_as="deferred-stmg",
    ),
)
