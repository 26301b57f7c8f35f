"""The figures of a score sheet's front, put into words: who, each test, the totals.

In the language of the reader: French on paper, which is always French.
"""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidates.models import Entry
from results_portal.templatetags.portal import decimal, isodate

_DASH = "–"
_HALF_WIDTH = 28  # characters that fit beside another field
_STATUSES_IN_WORDS: dict[str, str | Promise] = {
    "ABS": gettext_lazy("absent"),
    "DISP": gettext_lazy("dispensé"),
}


def identity(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Who the sheet is about, as labelled fields; what is unknown is left out."""
    candidate, entry = document["candidate"], document["entry"]
    school = entry["school"]
    fields = [
        (_("Nom de naissance"), candidate["birth_name"].upper()),
        (_("Prénoms"), candidate["given_names"]),
        (_("Nom d’usage"), candidate["usage_name"].upper()),
        (_("Naissance"), _birth(candidate)),
        (_("Numéro de candidat"), candidate["number"]),
        (_("Numéro INE"), candidate["ine"]),
        (_("Académie"), entry["academy"]["name"]),
        (_("Statut"), _status(entry)),
        (_("Établissement"), school and ", ".join(filter(None, [school["name"], school["city"]]))),
    ]
    return [
        {"label": label, "value": value, "wide": len(value) > _HALF_WIDTH}
        for label, value in fields
        if value
    ]


def test_rows(tests: list[dict[str, Any]], *, fold_parts: bool) -> list[dict[str, Any]]:
    """One row a test, with its parts below it, or in its own row when `fold_parts`."""
    return [_test_row(test, fold_parts) for test in tests]


def totals(document: dict[str, Any]) -> list[dict[str, str]]:
    """The sums and what they are compared with, each beside its label."""
    jury = document["jury_points"]
    lines = [
        (_("Total des points"), two_places(document["points"]), "points"),
        (_("dont points du jury"), jury and two_places(jury), "jury"),
        (_("Total des coefficients"), decimal(document["divisor"]), "divisor"),
        (_("Points exigés"), two_places(document["points_required"]), "required"),
        (_("Moyenne sur 20"), two_places(document["average"]) or _("non calculée"), "average"),
    ]
    return [{"label": a, "value": b, "kind": c} for a, b, c in lines if b]


def two_places(number: str | None) -> str:
    """A canonical decimal in French with two decimals at least: "13" is 13,00. None is nothing."""
    if number is None:
        return ""
    whole, _point, decimals = number.partition(".")
    return decimal(f"{whole}.{decimals.ljust(2, '0')}")


def _birth(candidate):
    date = isodate(candidate["birth_date"])
    if not candidate["birth_place"]:
        return date
    return _("%(date)s à %(place)s") % {"date": date, "place": candidate["birth_place"]}


def _status(entry):
    return _("%(status)s, forme %(form)s") % {
        "status": Entry.Status(entry["status"]).label,
        "form": Entry.Form(entry["form"]).label,
    }


def _test_row(test, fold_parts):
    parts = [_part_row(part) for part in test["parts"]]
    return {
        **_part_row(test),
        "remark": _remark(test),
        "optional": test["optional"],
        "second_mark": _mark(test["second_mark"], test["second_status"]) or _DASH,
        "counted": two_places(test["counted"]) or _DASH,
        "points": two_places(test["points"]) or _DASH,
        "parts": [] if fold_parts else parts,
        "parts_in_line": _in_line(parts) if fold_parts else "",
    }


def _part_row(part):
    return {
        "code": part["code"],
        "label": part["label"],
        "coefficient": _DASH if part["status"] == "DISP" else decimal(part["coefficient"]),
        "mark": _mark(part["mark"], part["status"]) or _DASH,
        "remark": _remark(part),
    }


def _mark(mark, status):
    if status in _STATUSES_IN_WORDS:
        return str(_STATUSES_IN_WORDS[status])
    return two_places("0" if status == "FM" else mark)


def _remark(test):
    origin = _(", session %(year)s") % {"year": test["origin"]} if test.get("origin") else ""
    remarks = {
        "FM": _("force majeure"),
        "BEN": _("bénéfice") + origin,
        "REP": _("report") + origin,
    }
    optional = _("facultative, points au-dessus de 10") if test.get("optional") else ""
    return ", ".join(filter(None, [optional, remarks.get(test["status"], "")]))


def _in_line(parts):
    return " ; ".join(
        f"{part['code']} {part['label']} (coef. {part['coefficient']}) : {part['mark']}"
        for part in parts
    )
