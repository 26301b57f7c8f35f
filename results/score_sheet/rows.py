"""Rows of a score sheet's front: identity, tests, totals.

In the active language; on paper that is always French.
"""

from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from candidates.models import Entry
from results.document.contents import EXCUSED, PlainDocument
from results.document.exams import exam
from results.document.words import group_words
from results.rules import Verdict
from results_portal.templatetags import portal
from results_portal.templatetags.portal import isodate

_DASH = "–"
_TEST = (
    *("code", "label", "coefficient", "optional", "in_full", "ects", "mark", "status", "origin"),
    "in_difference",
    *("second_mark", "second_status", "counted", "points"),
)
_of_test = itemgetter(*_TEST)
_OF_REMARK = ("status", "optional", "in_full", "ects", "origin", "in_difference")
_HALF_WIDTH = 28  # characters that fit next to another field
_STATUSES_IN_WORDS: dict[str, str | Promise] = {
    "ABS": gettext_lazy("absent"),
    "DISP": gettext_lazy("dispensé"),
}


def identity(document: PlainDocument) -> list[dict[str, Any]]:
    """Return the identity of the candidate as labelled fields; unknown ones are left out."""
    candidate, entry, session = document["candidate"], document["entry"], document["session"]
    school, language = entry["school"], get_language()
    values = (
        candidate["birth_name"].upper(),
        candidate["given_names"],
        candidate["usage_name"].upper(),
        _birth(candidate),
        candidate["number"],
        candidate["ine"],
        entry["academy"]["name"],
        _status(entry["status"], entry["form"] if exam(session["exam"]).forms else "", language),
        school and ", ".join(filter(None, [school["name"], school["city"]])),
    )
    return [
        {"label": label, "value": value, "wide": len(value) > _HALF_WIDTH}
        for label, value in zip(_identity_labels(language), values, strict=True)
        if value
    ]


def test_rows(tests: list[dict[str, Any]], *, fold_parts: bool) -> list[dict[str, Any]]:
    """Return a row for each test, its parts below it, or in the same row with `fold_parts`."""
    language = get_language()
    return [_test_row(test, fold_parts, language) for test in tests]


def totals(document: PlainDocument) -> list[dict[str, str]]:
    """Return the totals and the points required, each with its label.

    Without a final decision there is no total: some units are yet to come.
    """
    language = get_language()
    values = {
        "points": _two_places(document["points"], language),
        "divisor": _coefficient(document["divisor"], language),
        "required": _two_places(document["points_required"], language),
        "average": _two_places(document["average"], language) or _("non calculée"),
    }
    if shares := document.get("shares"):
        return [*_shares(shares, language), _average(values["average"], language)]
    if document["verdict"] == Verdict.NOT_FINAL:
        values = {"average": values["average"]}
    labels = _total_labels(language)
    return [{"label": labels[a], "value": b, "kind": a} for a, b in values.items() if b]


def _shares(shares, language):
    """Return what each group brings: its average, and its share of the whole."""
    return [
        {
            "label": group_words(share["group"]),
            "value": f"{_two_places(share['average'], language) or _DASH} × {share['share']} %",
            "kind": kind,
        }
        for share, kind in zip(shares, ("points", "divisor", "required"), strict=False)
    ]


def _average(average, language):
    return {"label": _total_labels(language)["average"], "value": average, "kind": "average"}


def jury_points(document: PlainDocument) -> str:
    """Return the points of the jury as the table of marks shows them; "" without a total."""
    return two_places(document["jury_points"] if document["average"] else None)


def two_places(number: str | None) -> str:
    """Return a decimal string with a comma and at least two decimals ("13": "13,00"); None: ""."""
    return _two_places(number, get_language())


@lru_cache(maxsize=20_000)
def _two_places(number, _language):
    return _drawable(portal.two_places(number))


@lru_cache(maxsize=1_000)
def _coefficient(number, _language):
    return _drawable(portal.decimal(number))


def _drawable(number):
    """Return a number that the State's typeface draws: it has no narrow space for thousands."""
    return number.replace(portal.THIN, portal.NBSP)


@lru_cache(maxsize=4)
def _identity_labels(_language):
    return (
        _("Nom de naissance"),
        _("Prénoms"),
        _("Nom d’usage"),
        _("Naissance"),
        _("Numéro de candidat"),
        _("Numéro INE"),
        _("Académie"),
        _("Statut"),
        _("Établissement"),
    )


@lru_cache(maxsize=4)
def _total_labels(_language):
    return {
        "points": _("Total des points"),
        "divisor": _("Total des coefficients"),
        "required": _("Points exigés"),
        "average": _("Moyenne sur 20"),
    }


def date(moment: str) -> str:
    """Return a date in words: see the template filter `isodate`."""
    return _date(moment, get_language())


@lru_cache(maxsize=20_000)
def _date(moment, _language):
    return isodate(moment)


def _birth(candidate):
    day = date(candidate["birth_date"])
    if not candidate["birth_place"]:
        return day
    return _("%(date)s à %(place)s") % {"date": day, "place": candidate["birth_place"]}


@lru_cache(maxsize=100)
def _status(status, form, _language):
    if not form:
        return str(Entry.Status(status).label)
    return _("%(status)s, forme %(form)s") % {
        "status": Entry.Status(status).label,
        "form": Entry.Form(form).label,
    }


def _test_row(test, fold_parts, language):
    if not test["parts"]:
        return dict(_row_without_parts(_of_test(test), language))
    return _row_with_parts(test, fold_parts, language)


@lru_cache(maxsize=10_000)
def _row_without_parts(values, language):
    test = dict(zip(_TEST, values, strict=True))
    return _row_with_parts({**test, "parts": []}, False, language)


def _row_with_parts(test, fold_parts, language):
    parts = [_part_row(part, language) for part in test["parts"]]
    return {
        **_part_row(test, language),
        "optional": test["optional"],
        "second_mark": _mark(test["second_mark"], test["second_status"], language) or _DASH,
        "counted": _two_places(test["counted"], language) or _DASH,
        "points": _two_places(test["points"], language) or _DASH,
        "parts": [] if fold_parts else parts,
        "parts_in_line": _in_line(parts) if fold_parts else "",
    }


def _part_row(part, language):
    exempt = part["status"] in {"DISP", EXCUSED}
    return {
        "code": part["code"],
        "label": part["label"],
        "coefficient": _DASH if exempt else _coefficient(part["coefficient"], language),
        "mark": _mark(part["mark"], part["status"], language) or _DASH,
        "remark": _remark(*map(part.get, _OF_REMARK), language),
    }


def _mark(mark, status, language):
    if status in _STATUSES_IN_WORDS:
        return str(_STATUSES_IN_WORDS[status])
    return _two_places("0" if status == "FM" else mark, language)


@lru_cache(maxsize=1_000)
def _remark(status, is_optional, in_full, ects, origin, in_difference, _language):
    session = _(", session %(year)s") % {"year": origin} if origin else ""
    remarks = {
        "FM": _("force majeure"),
        EXCUSED: _("absence justifiée, l’épreuve ne compte pas"),
        "BEN": _("bénéfice") + session,
        "REP": _("report") + session,
    }
    optional = _("facultative, points au-dessus de 10") if is_optional else ""
    if in_full:
        optional = _("facultative, comptée comme les autres")
    if in_difference:
        optional = _("son écart à 10 s’ajoute aux points, ou s’en retire")
    credits = _("%(n)s ECTS") % {"n": ects} if ects else ""
    return ", ".join(filter(None, [optional, credits, remarks.get(status, "")]))


def _in_line(parts):
    return " ; ".join(
        f"{part['code']} {part['label']} (coef. {part['coefficient']}) : {part['mark']}"
        for part in parts
    )
