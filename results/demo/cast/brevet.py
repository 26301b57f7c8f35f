"""Candidates of the brevet: shares, a cap, an option; no second round."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from results.demo.cast.situations import ABSENT, EXEMPT, Situation

LANGUAGES = {"CC-LV1": "Anglais", "CC-LV2": "Espagnol"}
LATIN = "Langues et cultures de l’Antiquité : latin"


def dnb(key, sees, name, born, verdict, marks, *, option="", **more):
    """Return a situation of the série générale, whose continuous assessment is by subject."""
    subjects = LANGUAGES | ({"CC-OPT": option} if option else {})
    more = {"subjects": subjects, "academy": "24"} | more
    return Situation(key, "DNB-2026", "DNB-G", sees, name, born, verdict, marks, **more)


DNB = (
    dnb(
        "dnb-capped",
        _("admise au brevet, félicitations ; l’option porte le contrôle continu à 20, pas au-delà"),
        ("Gauthier", "", "Lison Marie"),
        date(2011, 4, 9),
        "ADMITTED",
        {"continuous": 19.5, "terminal": (18, 19), "CC-OPT": 18},
        option=LATIN,
        mention="Très bien avec les félicitations du jury",
    ),
    dnb(
        "dnb-option-helps",
        _("admis au brevet grâce aux points de son option"),
        ("Konaté", "", "Ismaël"),
        date(2011, 11, 22),
        "ADMITTED",
        {"continuous": 10.4, "terminal": 9.5, "CC-OPT": 16},
        option="Langue des signes française",
        academy="01",
    ),
    dnb(
        "dnb-exempt",
        _("admis au brevet, mention bien ; dispensé d’une langue, qui ne compte pas"),
        ("Legrand", "", "Tom Gabriel"),
        date(2011, 2, 3),
        "ADMITTED",
        {"continuous": 15, "terminal": (14, 15)},
        instead={"CC-LV2": (None, EXEMPT, None)},
        mention="Bien",
        sector="PRIVE_SOUS_CONTRAT",
    ),
    dnb(
        "dnb-absent",
        _("refusée au brevet ; une absence non justifiée, comptée zéro"),
        ("Mansouri", "", "Lina"),
        date(2011, 8, 17),
        "REFUSED",
        {"continuous": 11, "terminal": 10, "MAT": ABSENT},
        academy="25",
    ),
    Situation(
        "dnb-exactly-ten",
        "DNB-2026",
        "DNB-P",
        _("admise au brevet, série professionnelle ; dix exactement"),
        ("Vasseur", "", "Éloïse"),
        date(2010, 12, 30),
        "ADMITTED",
        {"CC": 13, "FRA": 9, "MAT": 8, "HG": 7, "EMC": 7, "SCI": 7, "ORA": 9},
    ),
    Situation(
        "dnb-shown-as-9.99",
        "DNB-2026",
        "DNB-P",
        _("refusé au brevet ; moyenne affichée 9,99, jamais arrondie à 10"),
        ("Ndiaye", "", "Ousmane"),
        date(2011, 6, 14),
        "REFUSED",
        {"CC": 12.99, "FRA": 9, "MAT": 8, "HG": 7, "EMC": 7, "SCI": 7, "ORA": 9},
        academy="25",
    ),
    Situation(
        "dnb-individual",
        "DNB-2026",
        "DNB-IND",
        _("admise au brevet, candidate individuelle : les épreuves seules"),
        ("Silva Ramos", "", "Teresa"),
        date(1988, 10, 5),
        "ADMITTED",
        {"*": (12, 13)},
        subjects={"LV": "Anglais"},
        mention="Assez bien",
        sector="",
        status="INDIVIDUEL",
        born_at="Porto (Portugal)",
    ),
)
