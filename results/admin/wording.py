"""Texts of marks, decisions and field values on the staff's pages."""

import datetime
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from results.models import ROUNDS, Decision, Mark, verdict_in_words

NOTHING = "—"

_REASONS = {
    "MISSING": gettext_lazy("il manque une note : %s"),
    "MISSING_IN_SECOND_ROUND": gettext_lazy("notes du second tour qui manquent : %s"),
    "REPLACED": gettext_lazy("épreuve de remplacement à passer : %s"),
    "NOT_HELD": gettext_lazy("unité pas encore détenue : %s"),
    "ABSENT": gettext_lazy("absence : %s"),
    "BELOW_MINIMUM": gettext_lazy("note éliminatoire : %s"),
    "GROUP_MINIMUM": gettext_lazy("moyenne insuffisante : %s"),
    "NOTHING_TO_AVERAGE": gettext_lazy("rien à moyenner"),
}
_GROUPS = {
    "general": gettext_lazy("domaine général"),
    "professional": gettext_lazy("domaine professionnel"),
    "continuous": gettext_lazy("contrôle continu"),
    "terminal": gettext_lazy("épreuves finales"),
}


def hundredths(value: int) -> str:
    """Return a mark out of 20: 1250 is "12,50"."""
    return number_format(Decimal(value) / 100, decimal_pos=2)


def mark(value: int | None, status: str, origin: int | None) -> str:
    """Return a mark (in hundredths) or the reason for its absence, and the origin of a kept one."""
    label = Mark.Status(status).label
    if value is None:
        return str(label) if status else NOTHING
    if not status:
        return hundredths(value)
    return f"{hundredths(value)} ({label} {origin})"


def round_name(round: int) -> str:
    return str(dict(ROUNDS)[round])


def decision(decision: Decision) -> str:
    """Return the verdict with its mention, and the reasons of the rules."""
    words = verdict_in_words(decision.verdict, decision.mention)
    return f"{words} ({reasons(decision.reasons)})" if decision.reasons else words


def reasons(codes: list[str]) -> str:
    """Return the codes of an outcome in words, such as "absence : U1, U4"."""
    named: dict[str, list[str]] = {}
    for code in codes:
        kind, _colon, what = code.partition(":")
        named.setdefault(kind, []).append(group(what))
    return "\u202f; ".join(_reason(kind, whats) for kind, whats in named.items())


def _reason(kind: str, whats: list[str]) -> str:
    words = str(_REASONS[kind])
    return words % ", ".join(whats) if "%s" in words else words


def points(value: Decimal) -> str:
    """Return a number of points with the decimals that it has: 220,5."""
    return number_format(value.normalize() if value % 1 else value.quantize(Decimal(1)))


def jury_decision(points: Decimal, reason: str) -> str:
    text = ngettext("%(points)s point (%(reason)s)", "%(points)s points (%(reason)s)", int(points))
    return text % {"points": number_format(points, 2), "reason": reason}


def field_value(field: Any, value: Any) -> str:
    """Return the text of a value of a model's or a form's field."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, datetime.datetime | datetime.date):
        return date_format(value, "d/m/Y")
    labels = dict(getattr(field, "choices", None) or ())
    return str(labels.get(value, value))


def group(name: str) -> str:
    """Return the name of a group of tests; regulations name the two usual ones in English."""
    return str(_GROUPS.get(name, name))
