"""Texts on the back of a score sheet: reasons, second round, new registration, absence."""

from decimal import Decimal
from typing import Any

from results.document.contents import REPLACED, PlainDocument
from results.document.exams import exam
from results.document.words import has_kept_mark, kept_units, minimum_of
from results.score_sheet.rows import date, two_places
from results_portal.office.tables import registration_site
from results_portal.templatetags.portal import decimal, plurality

_GROUPS = {"general": "du domaine général", "professional": "du domaine professionnel"}
_ABSENCE_STATUSES = {"ABS", "FM", REPLACED}


def advice(document: PlainDocument) -> dict[str, Any]:
    """Return the context of the back of the sheet, for the templates."""
    control, academy = document["control"], document["entry"]["academy"]
    return {
        "reasons": reasons(document),
        "control": control and _control(control, document["rules"]),
        "mention_lost": _mention_lost(document),
        "kept": [] if document["verdict"] == "ADMITTED" else _kept(document),
        "kept_rule": _kept_rule(document),
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
    coded = [_reason(reason, document) for reason in document["reasons"]]
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


def _points(number):
    return f"{two_places(number)} point{'s' if plurality(number) > 1 else ''}"


def _reason(reason, document):
    kind, _, value = reason.partition(":")
    tests = document["tests"]
    if kind == "GROUP_MINIMUM":
        codes = ", ".join(test["code"] for test in tests if test["group"] == value)
        average = f"La moyenne des épreuves {_GROUPS.get(value, value)} ({codes})"
        return f"{average} est inférieure {_minimum(document, value)}."
    every = (one for test in tests for one in (test, *test["parts"]))
    label = next((f"{one['code']}, {one['label']}" for one in every if one["code"] == value), value)
    if kind == "ABSENT":
        return f"Une absence a été constatée à une épreuve obligatoire ({label})."
    if kind == "BELOW_MINIMUM":
        least = next((test.get("minimum") for test in tests if test["code"] == value), None)
        needed = f" : il fallait au moins {two_places(least)}" if least else ""
        return f"La note obtenue à une épreuve ({label}) est éliminatoire{needed}."
    return ""


def _minimum(document, group):
    minimum = minimum_of(document["rules"], group)
    if minimum is None:
        return "au minimum exigé"
    least = decimal(minimum["average"])
    if minimum["for_second_round"]:
        second_round = exam(document["session"]["exam"]).the_second_round
        return f"à {least}, qu’il faut atteindre pour passer {second_round}"
    return f"à {least}, qu’il faut atteindre quelle que soit la moyenne générale"


def _control(control, rules):
    one = control["choose"] == 1
    choose = (
        "Vous choisissez un oral parmi ces épreuves."
        if one
        else f"Vous choisissez {control['choose']} oraux parmi ces épreuves."
    )
    if rules["second_round"] and rules["second_round"]["one_of_each"]:
        choose += " Tous les choix ne sont pas permis : ceux qui le sont se trouvent plus bas."
    return {
        "points_missing": _points(control["points_missing"]),
        "choose": choose,
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


def _kept(document):
    return [
        {"code": unit["code"], "label": unit["label"], "mark": two_places(unit["mark"])}
        for test in document["tests"]
        if test["kept_for_next"]
        for unit in kept_units(test, document["rules"])
    ]


def _register_again(session):
    since, until = session["register_again_from"], session["register_again_until"]
    if since and until:
        return f"du {date(since)} au {date(until)}. Ces dates sont impératives."
    if since:
        return f"à partir du {date(since)}. Les dates limites sont impératives."
    return "en octobre ; les dates, impératives, sont annoncées en septembre."


def _kept_rule(document):
    """Return how long marks are kept, and what that costs; "" where none is kept."""
    rule, of_exam = document["rules"]["kept"], exam(document["session"]["exam"])
    if rule is None:
        return ""
    sessions = rule["sessions"]
    several = sessions > 1
    if of_exam.kept_in_years:
        time = f"pendant {sessions} an{'s' if several else ''}"
    elif several:
        first = " la première que vous avez passée" if of_exam.kept_after_first else ""
        time = f"pendant les {sessions} sessions {f'qui suivent{first}' if first else 'suivantes'}"
    else:
        time = "à la session suivante"
    sentences = [f"Ces notes d’au moins {decimal(rule['from_mark'])} restent acquises {time}."]
    if rule["costs_mention"]:
        sentences.append("Qui demande à en garder une n’a pas de mention.")
    if rule["renouncing_is_final"]:
        sentences.append("Y renoncer est définitif.")
    return " ".join(sentences)


def _mention_lost(document):
    """Whether somebody admitted has no mention because a kept mark counts, as the rules say."""
    rule = document["rules"]["kept"]
    if document["verdict"] != "ADMITTED" or document["round"] != 1 or document["mention"]:
        return False
    return bool(rule and rule["costs_mention"]) and has_kept_mark(document["tests"])


def _absence(document):
    """Return what the exam says of an absence, for those whom it may concern."""
    concerned = document["verdict"] != "ADMITTED" or any(
        test["status"] in _ABSENCE_STATUSES for test in document["tests"]
    )
    if not concerned:
        return []
    rules, of_exam = document["rules"], exam(document["session"]["exam"])
    effect = [
        "L’absence à une épreuve obligatoire est éliminatoire ; à une épreuve facultative, non."
        if rules["absence"] == "eliminatory"
        else "Une épreuve où le candidat est absent sans justification est notée zéro."
    ]
    if of_exam.no_replacement:
        effect.append("Il n’y a pas de session de remplacement, même pour une absence justifiée.")
    hours = of_exam.force_majeure_hours
    time = f"avant l’épreuve ou dans les {hours} heures" if hours else "sans attendre"
    outcome = (
        "l’épreuve est passée à la session de remplacement, en septembre"
        if rules["force_majeure"] == "replacement"
        else "la note de l’épreuve est zéro"
    )
    majeure = (
        f"En cas de force majeure justifiée, signalée {time} par téléphone (numéro de la"
        f" convocation), puis par écrit, {outcome}"
    )
    text = of_exam.force_majeure_text or of_exam.absence_text
    return [" ".join(effect), f"{majeure} ({text})." if text else f"{majeure}."]
