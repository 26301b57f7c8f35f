"""The diplomas of the demo: those of the cast, each at another stage."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from candidates.models import Message, Session
from diplomas.dispatch import custody, dispatch, preparation
from diplomas.models import CustodyEvent, Diploma, DispatchBatch, EventKind
from results.demo.presence import cast_entries

SESSIONS = "BAC-2026", "BACPRO-2026"

# The shown state of the diploma, by the key of the situation.
SEEN = {
    "mention-honours": _("diplôme arrivé au lycée, à retirer"),
    "admitted-at-second-group": _("diplôme retiré"),
    "bac-pro-second-round": _("diplôme retiré par une autre personne"),
    "mention-b": _("diplôme en route vers l’établissement"),
    "kept-marks-no-mention": _("diplôme posté"),
    "mention-ab": _("diplôme revenu : adresse inconnue"),
    "no-mention": _("diplôme revenu, puis renvoyé"),
    "mention-tb": _("diplôme gardé pour une vérification"),
}


def dispatch_diplomas(*, by, today=None):
    """Prepare the diplomas of `SESSIONS`, and bring those of the cast to the state of `SEEN`.

    All or nothing, and nothing if there is a batch already or a session is not released. The other
    batches stay in preparation; no e-mail is sent.
    """
    sessions = Session.objects.filter(code__in=SESSIONS).order_by("code")
    if len(sessions) < len(SESSIONS) or DispatchBatch.objects.exists():
        return
    with transaction.atomic():
        for session in sessions:
            preparation.prepare(session, by=by)
        diplomas = _diplomas_of_cast()
        if SEEN.keys() <= diplomas.keys():
            _Office(by, today or timezone.localdate()).lead(diplomas)
        Message.objects.filter(key__startswith="diploma ").delete()


def tracked():
    """Return pairs of an entry of the cast and the shown state of its diploma."""
    return [
        (diploma.entry, SEEN[key])
        for key, diploma in _diplomas_of_cast().items()
        if key in SEEN and diploma.events.exists()
    ]


def _diplomas_of_cast():
    entries = {
        situation.key: entry.pk
        for situation, entry in cast_entries().items()
        if situation.session in SESSIONS
    }
    rows = Diploma.objects.filter(entry__in=entries.values()).select_related("entry", "batch")
    found = {row.entry_id: row for row in rows}
    return {key: found[pk] for key, pk in entries.items() if pk in found}


class _Office:
    """The actions of the office, each so many days ago; all follow the results of `SESSIONS`."""

    def __init__(self, by, today):
        self._by, self._today = by, today

    def lead(self, diplomas):
        homes = self._printed(diplomas["kept-marks-no-mention"].batch, 31)
        self._post(homes, 25)
        held = self._printed(diplomas["mention-tb"].batch, 24)
        reason = "Nom à vérifier avec l’état civil."
        dispatch.hold(held, [diplomas["mention-tb"]], reason=reason, by=self._by)
        for key, sent, arrived in (
            ("mention-honours", 19, 13),
            ("bac-pro-second-round", 18, 11),
            ("mention-b", 2, None),
        ):
            batch = self._printed(diplomas[key].batch, 24)
            dispatch.mark_sent(batch, on=self._day(sent), by=self._by)
            if arrived:
                dispatch.mark_arrived(batch, on=self._day(arrived), by=self._by)
        moved, again = diplomas["mention-ab"], diplomas["no-mention"]
        self._record(moved, EventKind.RETURNED, 9, cause="NPAI")
        self._record(again, EventKind.RETURNED, 8, cause="UNCLAIMED")
        self._record(again, EventKind.SENT_AGAIN, 1, tracking=_tracking_number(0))
        self._collected(diplomas["admitted-at-second-group"], 6, collected_by="CANDIDATE")
        proxy = {"collected_by": "PROXY", "proxy_name": "Aminata Traoré"}
        self._collected(diplomas["bac-pro-second-round"], 3, **proxy)

    def _collected(self, diploma, days, **who):
        self._record(diploma, EventKind.COLLECTED, days, **who)

    def _printed(self, batch, days):
        day = datetime.datetime.combine(self._day(days), datetime.time(10))
        sealed = timezone.make_aware(day)
        dispatch.seal(batch, by=self._by, at=sealed)
        return dispatch.mark_printed(batch, by=self._by, at=sealed)

    def _post(self, batch, days):
        """Post the diplomas of a batch, each with a number of its own."""
        posted = {"kind": EventKind.POSTED, "day": self._day(days), "by": self._by}
        CustodyEvent.objects.bulk_create(
            CustodyEvent(diploma=diploma, tracking=_tracking_number(rank), **posted)
            for rank, diploma in enumerate(batch.diplomas.order_by("position"), start=1)
        )
        DispatchBatch.objects.filter(pk=batch.pk).update(sent_on=self._day(days), sent_by=self._by)

    def _record(self, diploma, kind, days, **details):
        custody.record(diploma, kind, by=self._by, day=self._day(days), **details)

    def _day(self, days):
        return self._today - datetime.timedelta(days)


def _tracking_number(rank):
    """Return a number in the form of those of La Poste."""
    return f"2C{rank * 7_919 + 1_500_431:011d}"
