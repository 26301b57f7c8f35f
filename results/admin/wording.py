"""Marks, decisions and values of fields in the words of the staff's pages."""

import datetime
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from results.models import ROUNDS, Mark

NOTHING = "—"

_GROUPS = {"general": _lazy("domaine général"), "professional": _lazy("domaine professionnel")}


def hundredths(value):
    """A mark out of 20: 1250 is "12,50"."""
    return number_format(Decimal(value) / 100, decimal_pos=2)


def mark(value, status, origin):
    """A mark, or the reason why there is none, and where a kept one comes from."""
    label = Mark.Status(status).label
    if value is None:
        return str(label) if status else NOTHING
    if not status:
        return hundredths(value)
    return f"{hundredths(value)} ({label} {origin})"


def round_name(round):
    return str(dict(ROUNDS)[round])


def decision(found):
    """A `Decision`: verdict, mention and average."""
    words = [found.get_verdict_display()]
    if found.mention:
        words.append(_("mention %(mention)s") % {"mention": found.mention})
    if found.average is not None:
        words.append(_("moyenne %(average)s") % {"average": number_format(found.average, 2)})
    return ", ".join(map(str, words))


def jury_decision(points, reason):
    return _("%(points)s points (%(reason)s)") % {
        "points": number_format(points, 2),
        "reason": reason,
    }


def field_value(field, value):
    """The value of a model's or a form's field."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, datetime.datetime | datetime.date):
        return date_format(value, "d/m/Y")
    labels = dict(getattr(field, "choices", None) or ())
    return str(labels.get(value, value))


def group(name):
    """A group of tests, which regulations name in English where it is one of the two usual ones."""
    return str(_GROUPS.get(name, name))
