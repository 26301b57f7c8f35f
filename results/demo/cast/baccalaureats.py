"""Candidates of the baccalauréats: mentions, second group."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from results.demo.situations import BENEFIT, Situation


def bac(key, sees, name, born, verdict, marks, **more):
    """Return a situation of the baccalauréat général, whose second group is over."""
    return Situation(key, "BAC-2026", "BAC-G", sees, name, born, verdict, marks, **more)


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
        _("admis à 14 de moyenne, sans mention parce qu’il a gardé une note de 2025"),
        ("Fontaine", "", "Hippolyte"),
        date(2001, 4, 17),
        "ADMITTED",
        {"*": 14},
        instead={("terminal", 0): (13, BENEFIT, 2025)},
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
    Situation(
        "bac-pro-second-round",
        "BACPRO-2026",
        "AMA-CVPM",
        _("admis au baccalauréat professionnel après les épreuves de contrôle"),
        ("Jégou", "", "Tanguy"),
        date(2008, 5, 13),
        "ADMITTED",
        {"professional": 10, "general": 9},
        second=(13, 14),
    ),
    Situation(
        "bac-pro-mention",
        "BACPRO-2026",
        "AMA-CVPM",
        _("admise au baccalauréat professionnel, mention bien"),
        ("Lacroix", "", "Apolline"),
        date(2008, 11, 11),
        "ADMITTED",
        {"*": (15, 14)},
        mention="Bien",
        academy="25",
    ),
)
