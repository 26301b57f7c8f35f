"""Candidates of the DSCG, who take its units over several sessions."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from results.demo.cast.situations import BENEFIT, CARRIED, Situation


def dscg(key, sees, name, born, verdict, marks, **more):
    """Return a situation of the DSCG."""
    more = {"sector": "", "status": "INDIVIDUEL"} | more
    return Situation(key, "DSCG-2027", "DSCG", sees, name, born, verdict, marks, **more)


DSCG = (
    dscg(
        "dscg-admitted",
        _("admise au DSCG : une note de 8 reportée, deux gardées, 120 crédits"),
        ("Weber", "", "Hélène"),
        date(1999, 9, 9),
        "ADMITTED",
        {"*": (12, 13)},
        instead={
            "UE2": (8, CARRIED, 2025),
            "UE5": (14, BENEFIT, 2025),
            "UE6": (11, BENEFIT, 2024),
        },
        units=("UE1", "UE3", "UE4", "UE7"),
    ),
    dscg(
        "dscg-not-final",
        _("sans décision finale au DSCG : deux unités présentées, une gardée"),
        ("Rahmani", "", "Samir"),
        date(1996, 1, 27),
        "NOT_FINAL",
        {"*": (11, 9)},
        instead={"UE6": (15, BENEFIT, 2026)},
        units=("UE1", "UE4"),
    ),
    dscg(
        "dscg-eliminated",
        _("éliminé au DSCG : 5,5 à une unité, sous la note éliminatoire de 6"),
        ("Colin", "", "Valentin"),
        date(2002, 3, 16),
        "ELIMINATED",
        {"*": 12, "UE4": 5.5},
        sector="PUBLIC",
        status="SCOLAIRE",
    ),
    dscg(
        "dscg-refused",
        _("refusée au DSCG ; elle peut demander le report de ses notes de 6 à 10"),
        ("Tran", "", "Mai-Linh"),
        date(2003, 7, 2),
        "REFUSED",
        {"*": (8, 12, 9, 7.5)},
        sector="CFA",
        status="APPRENTI",
        academy="25",
    ),
)
