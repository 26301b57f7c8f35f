"""What a change of address does to the diploma: it depends on the route, and on nothing else."""

import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from candidates.mailings import Mailing, start_of
from results.document import diploma_route
from results.lookup import PUBLIC
from results.models import PublishedResult, Verdict

DIPLOMA = "diploma"
POSTED_BY = (9, 10)  # month and day: "early September" is over


def diplomas(sender, *, entries, at, **kwargs):
    """Receiver of `mailings_asked`: the diploma of each entry that has, or may have, one.

    Before the hour the answer follows from the entry alone and says "if you pass".
    """
    shown = PublishedResult.objects.using(PUBLIC).current().select_related("release")
    results = {row.entry_id: row for row in shown.filter(entry__in=[e.pk for e in entries])}
    return [
        _diploma(entry, result, at)
        for entry in entries
        if (result := results.get(entry.pk)) is None or result.verdict == Verdict.ADMITTED
    ]


def _diploma(entry, result, at):
    route = result.document["diploma_route"] if result else _route(entry)
    label = format_lazy(_("Diplôme, {session}"), session=entry.session.label)
    common = {"entry_id": entry.pk, "kind": DIPLOMA, "label": label}
    if route == "SCHOOL":
        detail = _("Il se retire dans votre établissement : votre adresse n’y change rien.")
        return Mailing(**common, detail=detail, posted=False)
    if route == "OTHER_ACADEMY":
        return Mailing(**common, detail=_from_elsewhere(entry.academy), posted=False)
    if result is None:
        return Mailing(**common, detail=_("Si vous êtes admis, il est posté début septembre."))
    day = datetime.date(entry.session.year, *POSTED_BY)
    if start_of(day) <= result.release.opens_at:
        return Mailing(**common, detail=_("Il sera posté à votre adresse."))
    return Mailing(**common, detail=_("Il est posté début septembre."), sealed_at=start_of(day))


def _route(entry):
    return diploma_route(
        academy_managed=entry.academy.managed,
        school_hands_out=entry.school is not None and entry.school.hands_out_diplomas,
        status=entry.status,
    )


def _from_elsewhere(academy):
    return format_lazy(
        _("L’académie de {name} l’envoie elle-même : donnez-lui aussi votre nouvelle adresse."),
        name=academy.name,
    )
