"""The diploma as a mailing that a change of address may concern, until its batch is sealed."""

from django.db.models import OuterRef, Subquery
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from candidates.address_changes.mailings import Mailing, start_of
from diplomas.dispatch.custody import MAILING
from diplomas.models import CustodyEvent, Diploma, DiplomaState, EventKind
from results.document.contents import diploma_route
from results.models import PublishedResult, Verdict
from results_portal.routers import PUBLIC


def diplomas(sender, *, entries, at, **kwargs):
    """Receiver of `mailings_asked`: the diploma of each entry that has one or may get one.

    Before the results open, it follows from the entry alone, on condition of success.
    """
    keys = [entry.pk for entry in entries]
    shown = PublishedResult.objects.for_visitors().current().filter(entry__in=keys)
    results = {row.entry_id: row for row in shown}
    made = {row.entry_id: row for row in _made(keys)}
    return [
        _diploma(entry, result, made.get(entry.pk))
        for entry in entries
        if (result := results.get(entry.pk)) is None or result.verdict == Verdict.ADMITTED
    ]


def _made(keys):
    rows = Diploma.objects.using(PUBLIC).filter(entry__in=keys, batch__sealed_at__isnull=False)
    again = CustodyEvent.objects.filter(diploma=OuterRef("pk"), kind=EventKind.SENT_AGAIN)
    rows = rows.annotate(again_on=Subquery(again.order_by("-pk").values("day")[:1]))
    return rows.select_related("batch").only(
        "entry", "state", "batch__sealed_at", "batch__sent_on", "batch__route"
    )


def _diploma(entry, result, made):
    route = result.document["diploma_route"] if result else _route(entry)
    label = format_lazy(_("Diplôme, {session}"), session=entry.session.label)
    common = {"entry_id": entry.pk, "kind": MAILING, "label": label}
    if made and made.state == DiplomaState.COLLECTED:
        return Mailing(**common, detail=_("Il vous a été remis."), posted=False)
    if route == "SCHOOL":
        detail = _("Il se retire dans votre établissement : votre adresse n’y change rien.")
        return Mailing(**common, detail=detail, posted=False)
    if route == "OTHER_ACADEMY":
        return Mailing(**common, detail=_from_elsewhere(entry.academy), posted=False)
    if result is None:
        return Mailing(**common, detail=_("Si vous êtes admis, il est posté début septembre."))
    if made is None:
        return Mailing(**common, detail=_("Il sera posté à votre adresse."))
    again = made.again_on if made.state == DiplomaState.SENT_AGAIN else None
    return Mailing(
        **common,
        mailed_on=again or made.batch.sent_on,
        sealed_at=start_of(again) if again else made.batch.sealed_at,
        detail=_detail(made),
        waits=made.state == DiplomaState.RETURNED,
    )


def _detail(made):
    if made.state == DiplomaState.RETURNED:
        return _("Il nous est revenu : nous vous le renvoyons à l’adresse que vous donnez.")
    if made.state == DiplomaState.SENT_AGAIN:
        return _("Il vous a été renvoyé.")
    return _("Il est posté.") if made.batch.sent_on else ""


def _route(entry):
    return diploma_route(
        academy_managed=entry.academy.managed,
        school_hands_out=None if entry.school is None else entry.school.hands_out_diplomas,
        status=entry.status,
    )


def _from_elsewhere(academy):
    return format_lazy(
        _("L’académie de {name} l’envoie elle-même : donnez-lui aussi votre nouvelle adresse."),
        name=academy.name,
    )
