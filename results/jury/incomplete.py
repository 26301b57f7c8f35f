"""The entries that a deliberation leaves incomplete, named in sentences."""

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from results.jury.dossiers import Selection
from results.rules import SECOND_ROUND

SHOWN = 20  # candidate numbers named in a sentence; the others are counted


def sentence(code: str, selection: Selection) -> str:
    """Return what is missing for the incomplete entries of a selection, of one speciality.

    `code`: that of the speciality. Empty where no entry is incomplete.
    """
    rows = _incomplete(selection)
    if not rows:
        return ""
    named = ", ".join(f"{number} ({_missing(reasons)})" for number, reasons in rows[:SHOWN])
    text = ngettext(
        "%(code)s : %(count)d candidat a des notes manquantes : %(named)s",
        "%(code)s : %(count)d candidats ont des notes manquantes : %(named)s",
        len(rows),
    ) % {"code": code, "count": len(rows), "named": named}
    return text + ("…" if len(rows) > SHOWN else ".")


def _incomplete(selection: Selection) -> list[tuple[str, list[str]]]:
    where, values = selection.where()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry.number, decision.reasons FROM results_decision AS decision "
            "JOIN candidates_entry AS entry ON entry.id = decision.entry_id "
            f"WHERE decision.round = %(round)s AND decision.verdict = 'INCOMPLETE' AND {where} "
            "ORDER BY entry.number",
            values | {"round": selection.round},
        )
        return cursor.fetchall()


def _missing(reasons: Iterable[str]) -> str:
    return ", ".join(map(_words, reasons))


def _words(reason: str) -> str:
    """Return the reason of an incomplete outcome: the code of a test, or a number of tests."""
    kind, _colon, detail = reason.partition(":")
    if kind == SECOND_ROUND:
        count = int(detail)
        text = ngettext(
            "%(count)d épreuve du second tour sans note ni absence",
            "%(count)d épreuves du second tour sans note ni absence",
            count,
        )
        return text % {"count": count}
    return detail or _("aucune note à compter")
