"""The figures of a score sheet's front, put into words: who, each test, the totals."""

from typing import Any

from candidates.models import Entry
from results_portal.templatetags.portal import decimal, isodate

_DASH = "–"
_HALF_WIDTH = 28  # characters that fit beside another field
_STATUSES_IN_WORDS = {"ABS": "absent", "DISP": "dispensé"}


def identity(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Who the sheet is about, as labelled fields; what is unknown is left out."""
    candidate, entry = document["candidate"], document["entry"]
    school = entry["school"]
    fields = [
        ("Nom de naissance", candidate["birth_name"].upper()),
        ("Prénoms", candidate["given_names"]),
        ("Nom d’usage", candidate["usage_name"].upper()),
        ("Naissance", _birth(candidate)),
        ("Numéro de candidat", candidate["number"]),
        ("Numéro INE", candidate["ine"]),
        ("Académie", entry["academy"]["name"]),
        (
            "Statut",
            f"{Entry.Status(entry['status']).label}, forme {Entry.Form(entry['form']).label}",
        ),
        ("Établissement", school and ", ".join(filter(None, [school["name"], school["city"]]))),
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
        ("Total des points", two_places(document["points"]), "points"),
        ("dont points du jury", jury and two_places(jury), "jury"),
        ("Total des coefficients", decimal(document["divisor"]), "divisor"),
        ("Points exigés", two_places(document["points_required"]), "required"),
        ("Moyenne sur 20", two_places(document["average"]) or "non calculée", "average"),
    ]
    return [{"label": a, "value": b, "kind": c} for a, b, c in lines if b]


def two_places(number: str | None) -> str:
    """A canonical decimal in French with two decimals at least: "13" is 13,00. None is nothing."""
    if number is None:
        return ""
    whole, _, decimals = number.partition(".")
    return decimal(f"{whole}.{decimals.ljust(2, '0')}")


def _birth(candidate):
    date = isodate(candidate["birth_date"])
    return f"{date} à {candidate['birth_place']}" if candidate["birth_place"] else date


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
        return _STATUSES_IN_WORDS[status]
    return two_places("0" if status == "FM" else mark)


def _remark(test):
    origin = f", session {test['origin']}" if test.get("origin") else ""
    remarks = {"FM": "force majeure", "BEN": f"bénéfice{origin}", "REP": f"report{origin}"}
    optional = "facultative, points au-dessus de 10" if test.get("optional") else ""
    return ", ".join(filter(None, [optional, remarks.get(test["status"], "")]))


def _in_line(parts):
    return " ; ".join(
        f"{part['code']} {part['label']} (coef. {part['coefficient']}) : {part['mark']}"
        for part in parts
    )
