"""Official words for an exam and for a jury's decision, the same on screen and on paper."""

from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from results.document.contents import PlainDocument
from results.document.exams import Exam, exam
from results.rules import KEPT

_Words = str | Promise

_GROUPS: dict[str, _Words] = {
    "continuous": _("Contrôle continu"),
    "terminal": _("Épreuves finales"),
    "general": _("Épreuves générales"),
    "professional": _("Épreuves professionnelles"),
}


def group_words(group: str) -> str:
    """Return the name of a group of tests; one that is not named here goes by its own code."""
    return str(_GROUPS.get(group, group))


def by_group(document: PlainDocument) -> list[PlainDocument]:
    """Return the tests with those of a group together, groups in the order of their shares, else
    of their first test; a test without a group comes last.
    """
    tests: list[PlainDocument] = document["tests"]
    groups = [share["group"] for share in document.get("shares") or ()]
    groups += [test["group"] for test in tests if test["group"]]
    return sorted(tests, key=lambda test: [*groups, test["group"]].index(test["group"]))


def minimum_of(rules: PlainDocument, group: str) -> PlainDocument | None:
    """Return the least average that the rules of a document ask in a group: `average`, and whether
    it is `for_second_round` alone. None where they ask none.
    """
    second = rules["second_round"]
    for minima, for_second_round in (
        (rules["group_minimum"], False),
        (second["group_minimum"] if second else (), True),
    ):
        for minimum in minima:
            if minimum["group"] == group:
                return {"average": minimum["average"], "for_second_round": for_second_round}
    return None


def kept_units(test: PlainDocument, rules: PlainDocument) -> list[PlainDocument]:
    """Return code, label and mark of what stays acquired of a test that is `kept_for_next`.

    Of one with parts, which are the units, those that reach the mark (D. 643-15).
    """
    if not test["parts"]:
        return [{"code": test["code"], "label": test["label"], "mark": test["counted"]}]
    least = Decimal(rules["kept"]["from_mark"])
    return [part for part in test["parts"] if part["mark"] and Decimal(part["mark"]) >= least]


def has_kept_mark(tests: list[PlainDocument]) -> bool:
    """Whether a mark of an earlier session is among those of the tests and of their parts."""
    return any(one["status"] in KEPT for test in tests for one in (test, *test["parts"]))


def decision_words(document: PlainDocument) -> str:
    """Return the jury's decision on a document, in official words.

    BTS: code de l'éducation, art. D. 643-22 and D. 643-24; no final decision: D. 334-8. Raises
    `ValueError` for a withheld document, which carries no decision.
    """
    words = exam(document["session"]["exam"])
    second = document["round"] == 2
    match document["verdict"]:
        case "ADMITTED" if second:
            return str(words.admitted_after)
        case "ADMITTED" if mention := document.get("mention"):
            return _("Admis, mention %(mention)s") % {"mention": mention}
        case "ADMITTED":
            return str(_("Admis"))
        case "CONTROL":
            return str(words.allowed)
        case "REFUSED":
            return str(words.refused_after if second else words.refused)
        case "NOT_FINAL":
            return str(_("Sans décision finale"))
        case "DEFERRED":
            return str(_("Décision reportée à la session de remplacement"))
        case "ELIMINATED":
            return _elimination(document["reasons"], words)
    raise ValueError(f"no decision to name: {document['verdict']}")


def _elimination(reasons: list[str], words: Exam) -> str:
    if any(reason.startswith("ABSENT:") for reason in reasons):
        return str(_("Diplôme non délivré : absence à une épreuve obligatoire"))
    return _("%(refused)s : note éliminatoire") % {"refused": words.refused}
