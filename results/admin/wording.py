"""Texts of marks, decisions and field values on the staff's pages."""

import datetime
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from results.models import ROUNDS, Mark

NOTHING = "—"

_GROUPS = {"general": _lazy("domaine général"), "professional": _lazy("domaine professionnel")}


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


def jury_decision(points: Decimal, reason: str) -> str:
    return _("%(points)s points (%(reason)s)") % {
        "points": number_format(points, 2),
        "reason": reason,
    }


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
