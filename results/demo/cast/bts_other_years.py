"""Candidates of a session of the BTS that is over, and of one whose results are awaited."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from results.demo.cast.situations import Situation


def old(key, sees, name, born, verdict, marks, **more):
    """Return a situation of BTS MCO in 2025: tests with parts, second round over."""
    return Situation(key, "BTS-2025", "MCO", sees, name, born, verdict, marks, **more)


BTS_2025 = (
    old(
        "test-with-parts",
        _("admise en 2025 ; épreuves en plusieurs parties sur le relevé"),
        ("Hoarau", "", "Anaïs Priscilla"),
        date(2004, 1, 23),
        "ADMITTED",
        {"general": (12, 14.5, 9), "professional": (13, 11.5)},
        academy="28",
        born_at="Saint-Denis (La Réunion)",
    ),
    old(
        "admitted-after-control",
        _("admis en 2025 après les épreuves de contrôle"),
        ("Coulibaly", "", "Souleymane"),
        date(2003, 2, 8),
        "ADMITTED",
        {"general": 8, "professional": 10.5},
        second=(13, 14),
    ),
    old(
        "refused-after-control",
        _("refusée en 2025 après les épreuves de contrôle"),
        ("Blanchard", "", "Océane"),
        date(2003, 11, 16),
        "REFUSED",
        {"general": 6, "professional": 10.5},
        second=(7, 8.5),
        academy="25",
    ),
    old(
        "refused-in-2025",
        _("refusé en 2025 ; il s’est représenté en 2026"),
        ("Kouassi", "", "Bakary"),
        date(2003, 10, 11),
        "REFUSED",
        {"general": (12, 6, 5), "professional": (13, 6)},
        born_at="Abidjan (Côte d'Ivoire)",
    ),
)


def upcoming(key, speciality, sees, name, born, verdict, marks):
    """Return a situation of a session whose results are scheduled and not yet public."""
    return Situation(key, "BTS-2027", speciality, sees, name, born, verdict, marks)


UPCOMING = (
    upcoming(
        "waiting",
        "SIO-SLAM",
        _("page d’attente : résultats publiés dans quelques jours"),
        ("Guéguen", "", "Solenn Enora"),
        date(2006, 5, 19),
        "ADMITTED",
        {"*": 14},
    ),
    upcoming(
        "waiting-too",
        "MCO",
        _("la même page d’attente, que l’on soit reçu ou non"),
        ("Bouzid", "", "Mehdi"),
        date(2006, 8, 28),
        "REFUSED",
        {"*": 7},
    ),
)
