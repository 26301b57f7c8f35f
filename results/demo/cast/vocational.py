"""Candidates of the baccalauréat professionnel, the CAP and the brevet professionnel."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from results.demo.cast.situations import ABSENT, BENEFIT, CARRIED, Situation

ENGLISH = {"U4": "Anglais"}


def pro(key, speciality, sees, name, born, verdict, marks, **more):
    """Return a situation of the baccalauréat professionnel, whose control tests are over."""
    more = {"subjects": ENGLISH} | more
    return Situation(key, "BACPRO-2026", speciality, sees, name, born, verdict, marks, **more)


def cap(key, speciality, sees, name, born, verdict, marks, **more):
    """Return a situation of the CAP."""
    return Situation(key, "CAP-2026", speciality, sees, name, born, verdict, marks, **more)


def bp(key, speciality, sees, name, born, verdict, marks, **more):
    """Return a situation of the brevet professionnel."""
    return Situation(key, "BP-2026", speciality, sees, name, born, verdict, marks, **more)


VOCATIONAL = (
    pro(
        "bac-pro-second-round",
        "AMA-CVPM",
        _("admis au baccalauréat professionnel après les épreuves de contrôle"),
        ("Jégou", "", "Tanguy"),
        date(2008, 5, 13),
        "ADMITTED",
        {"professional": 10, "general": 9},
        second=(13, 14),
    ),
    pro(
        "bac-pro-mention",
        "AMA-CVPM",
        _("admise au baccalauréat professionnel, mention bien"),
        ("Lacroix", "", "Apolline"),
        date(2008, 11, 11),
        "ADMITTED",
        {"*": (15, 14)},
        mention="Bien",
        academy="25",
    ),
    pro(
        "bac-pro-project",
        "MELEC",
        _("admis au baccalauréat professionnel, apprenti ; son projet lui vaut une mention"),
        ("Bertin", "", "Nolan Yves"),
        date(2008, 2, 26),
        "ADMITTED",
        {"professional": 12.5, "general": 11, "PROJET": 18},
        mention="Assez bien",
        sector="CFA",
        status="APPRENTI",
    ),
    pro(
        "bac-pro-refused",
        "MELEC",
        _("refusée au baccalauréat professionnel ; moins de 10 aux épreuves professionnelles"),
        ("Okafor", "", "Grace"),
        date(2008, 9, 19),
        "REFUSED",
        {"professional": 9.5, "general": 7.5},
        academy="25",
    ),
    cap(
        "cap-individual",
        "AEPE",
        _("admise au CAP, candidate individuelle"),
        ("Besson", "Caron", "Delphine"),
        date(1984, 3, 28),
        "ADMITTED",
        {"professional": (14, 15.5), "general": 12},
        sector="",
        status="INDIVIDUEL",
    ),
    cap(
        "cap-professional-average",
        "ELECTRICIEN",
        _("refusé au CAP : 11,89 de moyenne, mais moins de 10 aux unités professionnelles"),
        ("Petitjean", "", "Mathis"),
        date(2008, 7, 8),
        "REFUSED",
        {"professional": 9.5, "general": 16},
    ),
    cap(
        "cap-option-helps",
        "BOULANGER",
        _("admis au CAP grâce aux points de la langue facultative"),
        ("Fofana", "", "Amadou"),
        date(2008, 1, 15),
        "ADMITTED",
        {"professional": 10, "general": 9, "UF": 18},
        subjects={"UF": "Anglais"},
        sector="CFA",
        status="APPRENTI",
    ),
    cap(
        "cap-absent",
        "ELECTRICIEN",
        _("éliminée au CAP ; absente sans justification à une unité"),
        ("Rivière", "", "Noa"),
        date(2008, 10, 31),
        "ELIMINATED",
        {"*": 12.5, "UP2": ABSENT},
        academy="25",
    ),
    cap(
        "cap-not-final",
        "AEPE",
        _("sans décision finale au CAP : deux unités présentées, une gardée"),
        ("Charpentier", "", "Sonia"),
        date(1990, 6, 7),
        "NOT_FINAL",
        {"*": 13.5},
        instead={"UG4": (12, BENEFIT, 2025)},
        units=("UP1", "UP2"),
        sector="",
        status="INDIVIDUEL",
        form="P",
    ),
    cap(
        "cap-completed",
        "AEPE",
        _("admise au CAP en deux sessions : notes gardées de 2024, et une reportée sous 10"),
        ("Tavares", "", "Elisa"),
        date(1987, 12, 18),
        "ADMITTED",
        {"*": 14},
        instead={
            "UP1": (13, BENEFIT, 2024),
            "UG1": (12, BENEFIT, 2024),
            "UG2": (7.5, CARRIED, 2024),
        },
        units=("UP2", "UP3", "UG3", "UG4"),
        status="FORMATION_CONTINUE",
        form="P",
        born_at="Lisbonne (Portugal)",
    ),
    bp(
        "bp-admitted",
        "BP-BOULANGER",
        _("admis au brevet professionnel, apprenti"),
        ("Lemoine", "", "Quentin"),
        date(2006, 2, 20),
        "ADMITTED",
        {"professional": (14, 12), "general": 11},
        subjects={"E6": "Anglais"},
        sector="CFA",
        status="APPRENTI",
    ),
    bp(
        "bp-chosen-test",
        "BP-COIFFURE",
        _("admise au brevet professionnel ; le relevé nomme l’épreuve qu’elle a choisie"),
        ("Sanchez", "", "Inaya"),
        date(2006, 5, 4),
        "ADMITTED",
        {"professional": (13, 15), "general": 12},
        subjects={"E3": "Coupe homme et entretien du système pilo-facial"},
        sector="CFA",
        status="APPRENTI",
        academy="25",
    ),
    bp(
        "bp-refused",
        "BP-BOULANGER",
        _("refusée au brevet professionnel ; elle garde les unités à 10 ou plus"),
        ("Marchand", "", "Clémence"),
        date(2006, 8, 12),
        "REFUSED",
        {"professional": (8.5, 11), "general": (12, 9)},
        subjects={"E6": "Anglais"},
        sector="CFA",
        status="APPRENTI",
    ),
    bp(
        "bp-not-final",
        "BP-COIFFURE",
        _("sans décision finale au brevet professionnel : trois unités présentées sur six"),
        ("Adjovi", "", "Prisca"),
        date(1994, 4, 25),
        "NOT_FINAL",
        {"*": (12, 14.5, 9)},
        units=("E1", "E2", "E6"),
        status="FORMATION_CONTINUE",
        form="P",
        academy="01",
    ),
)
