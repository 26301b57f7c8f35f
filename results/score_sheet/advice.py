"""Texts on the back of a score sheet: reasons, second round, new registration, absence."""

from decimal import Decimal
from typing import Any

from results.document.contents import PlainDocument
from results.score_sheet.rows import date, two_places
from results_portal.office.tables import registration_site
from results_portal.templatetags.portal import decimal, plurality

_GROUPS = {"general": "du domaine général", "professional": "du domaine professionnel"}
_ABSENCE_STATUSES = {"ABS", "FM"}

# Code de l'éducation, art. D. 643-15 and D. 643-24.
_BTS_ABSENCE = [
    "Il n’y a pas de session de remplacement au BTS, même pour une absence justifiée. L’absence à"
    " une épreuve obligatoire est éliminatoire : le diplôme ne peut pas être délivré. L’absence à"
    " une épreuve facultative ne l’est pas.",
    "En cas de force majeure dûment justifiée, signalée au service des examens avant l’épreuve ou"
    " dans les 48 heures qui la suivent, la note de l’épreuve est zéro (code de l’éducation,"
    " articles D. 643-15 et D. 643-24).",
]


def advice(document: PlainDocument) -> dict[str, Any]:
    """Return the context of the back of the sheet, for the templates."""
    control, academy = document["control"], document["entry"]["academy"]
    return {
        "reasons": reasons(document),
        "control": control and _control(control),
        "kept": [] if document["verdict"] == "ADMITTED" else _kept(document["tests"]),
        "register_again": _register_again(document["session"]),
        "registration_site": registration_site(document["session"]["exam"]),
        "absence": _absence(document),
        "academy": academy,
        "managed": academy["managed"],
        "rectorat": ", ".join(
            filter(None, (academy[key] for key in ("rectorat", "address", "website", "email")))
        ),
        "school": document["entry"]["school"],
    }


def reasons(document: PlainDocument) -> list[str]:
    """Return why the candidate is not admitted, a sentence for each reason that has one."""
    if document["verdict"] == "ADMITTED":
        return []
    coded = [_reason(reason, document["tests"]) for reason in document["reasons"]]
    return [*_under_average(document), *_unheld(document), *filter(None, coded)]


def _unheld(document):
    codes = [reason.partition(":")[2] for reason in document["reasons"] if _is_unheld(reason)]
    if not codes:
        return []
    return [
        "Aucune décision finale n’est prise : ces unités ne sont ni présentées à cette session, ni"
        f" acquises ({', '.join(codes)})."
    ]


def _is_unheld(reason):
    return reason.startswith("NOT_HELD:")


def _under_average(document):
    if document["verdict"] != "REFUSED" or document["average"] is None:
        return []
    if "shares" in document:
        required = Decimal(document["points_required"]) / Decimal(document["divisor"])
        return [
            f"Votre moyenne est de {two_places(document['average'])} ; il fallait"
            f" {two_places(f'{required:f}')}."
        ]
    return [
        f"Vous avez obtenu {_points(document['points'])} ; il en fallait"
        f" {two_places(document['points_required'])}."
    ]


def _points(number, *, shown=two_places):
    return f"{shown(number)} point{'s' if plurality(number) > 1 else ''}"


def _reason(reason, tests):
    kind, _, value = reason.partition(":")
    if kind == "GROUP_MINIMUM":
        codes = ", ".join(test["code"] for test in tests if test["group"] == value)
        return (
            f"La moyenne des épreuves {_GROUPS.get(value, value)} ({codes}) est inférieure au"
            " minimum exigé."
        )
    every = (one for test in tests for one in (test, *test["parts"]))
    label = next((f"{one['code']}, {one['label']}" for one in every if one["code"] == value), value)
    if kind == "ABSENT":
        return f"Une absence a été constatée à une épreuve obligatoire ({label})."
    if kind == "BELOW_MINIMUM":
        return f"La note obtenue à une épreuve ({label}) est éliminatoire."
    return ""


def _control(control):
    one = control["choose"] == 1
    return {
        "points_missing": _points(control["points_missing"], shown=decimal),
        "choose": "Vous choisissez un oral parmi ces épreuves."
        if one
        else f"Vous choisissez {control['choose']} oraux parmi ces épreuves.",
        "needed": "Note à obtenir pour réussir, selon votre choix"
        if one
        else "Note à obtenir à chacun des oraux pour réussir, selon votre choix",
        "tests": [
            {
                **test,
                "coefficient": decimal(test["coefficient"]),
                "mark": two_places(test["mark"]) or "–",
            }
            for test in control["tests"]
        ],
        "pairs": [
            {
                "codes": " et ".join(pair["codes"]),
                "needed": two_places(pair["needed"]) or "ne suffit pas",
            }
            for pair in control["pairs"]
        ],
    }


def _kept(tests):
    return [
        {"code": test["code"], "label": test["label"], "mark": two_places(test["counted"])}
        for test in tests
        if test["kept_for_next"]
    ]


def _register_again(session):
    since, until = session["register_again_from"], session["register_again_until"]
    if since and until:
        return f"du {date(since)} au {date(until)}. Ces dates sont impératives."
    if since:
        return f"à partir du {date(since)}. Les dates limites sont impératives."
    return "en octobre ; les dates, impératives, sont annoncées en septembre."


def _absence(document):
    concerned = document["verdict"] != "ADMITTED" or any(
        test["status"] in _ABSENCE_STATUSES for test in document["tests"]
    )
    return _BTS_ABSENCE if concerned and document["session"]["exam"] == "BTS" else []
