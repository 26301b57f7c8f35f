"""A new session, proposed from what there is: the last one of its exam, or the one it replaces."""

import re
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from candidates.imports.session_files import DATES
from candidates.models import Session
from results.regulations.shipped import shipped_rules

_A_YEAR = timedelta(weeks=52)  # the same day of the week
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


def exams() -> list[str]:
    """Return the exams of sessions and of shipped regulations, in order."""
    known = set(Session.objects.values_list("exam", flat=True))
    return sorted(known | {rule.exam for rule in shipped_rules()})


def next_session(exam: str, *, today: date) -> dict[str, Any]:
    """Return values for the next session of an exam: those of its last one, a year later."""
    last = Session.objects.filter(exam=exam, replaces=None).order_by("-year", "-pk").first()
    if last is None:
        year = today.year + (today.month > 8)  # registered in autumn, examined in spring
        code = re.sub(r"[^A-Z0-9]", "", exam.upper())
        label = _("%(exam)s, session %(year)s") % {"exam": exam, "year": year}
        return {"exam": exam, "year": year, "code": f"{code}-{year}", "label": label}
    year = last.year + 1
    values: dict[str, Any] = {"exam": exam, "year": year}
    for name in ("code", "label"):
        told = getattr(last, name)
        values[name] = _YEAR.sub(str(year), told) if _YEAR.search(told) else f"{told}-{year}"
    for name in DATES:
        if day := getattr(last, name):
            values[name] = day + _A_YEAR
    return values


def replacement_of(session: Session) -> dict[str, Any]:
    """Return values for the September session that replaces another."""
    label = _("%(session)s, session de remplacement") % {"session": session.label}
    return {
        "exam": session.exam,
        "year": session.year,
        "code": f"{session.code}-S",
        "label": label,
        "replaces": session.pk,
    }
