"""The diplomas of the demo: those of the cast, each at another stage."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from candidates.models import Message, Session
from diplomas.dispatch import custody, dispatch, preparation
from diplomas.models import Diploma, DispatchBatch, EventKind, Route
from results.demo.presence import cast_entries

SESSION = "BTS-2026"

# The shown state of the diploma, by the key of the situation.
SEEN = {
    "public-school": _("diplôme arrivé au lycée, à retirer"),
    "exactly-ten": _("diplôme retiré"),
    "no-consent": _("diplôme retiré par une autre personne"),
    "school-under-contract": _("diplôme en route vers l’établissement"),
    "distance-learning": _("diplôme posté"),
    "individual-candidate": _("diplôme revenu : adresse inconnue"),
    "school-without-contract": _("diplôme revenu, puis renvoyé"),
    "apprentice": _("diplôme gardé pour une vérification"),
}


def dispatch_diplomas(*, by, today=None):
    """Prepare the diplomas of `SESSION`, and bring those of the cast to the state of `SEEN`.

    All or nothing, and nothing if there is a batch already or the session is not released. The
    other batches stay in preparation; no e-mail is sent.
    """
    today = today or timezone.localdate()
    session = Session.objects.filter(code=SESSION).first()
    if session is None or DispatchBatch.objects.exists():
        return
    with transaction.atomic():
        preparation.prepare(session, by=by)
        diplomas = _diplomas_of_cast()
        if SEEN.keys() <= diplomas.keys():
            opened = session.releases.latest("opens_at").opens_at
            _Office(by, timezone.localdate(opened), today).lead(diplomas)
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
        if situation.session == SESSION
    }
    rows = Diploma.objects.filter(entry__in=entries.values()).select_related("entry", "batch")
    found = {row.entry_id: row for row in rows}
    return {key: found[pk] for key, pk in entries.items() if pk in found}


class _Office:
    """The actions of the office since the results opened, none on a future day."""

    def __init__(self, by, opened_on, today):
        self._by, self._opened_on, self._today = by, opened_on, today

    def lead(self, diplomas):
        homes = self._printed(diplomas["individual-candidate"].batch)
        dispatch.hold(
            homes, [diplomas["apprentice"]], reason="Nom à vérifier avec l’état civil.", by=self._by
        )
        self._sent(homes, self._day(9, 3))
        for key in ("public-school", "exactly-ten", "no-consent", "school-under-contract"):
            batch = self._sent(self._printed(diplomas[key].batch), self._day(10, 1))
            if key != "school-under-contract":
                dispatch.mark_arrived(batch, on=self._day(10, 5), by=self._by)
        moved, again = diplomas["individual-candidate"], diplomas["school-without-contract"]
        self._record(moved, EventKind.RETURNED, self._day(9, 15), cause="NPAI")
        self._record(again, EventKind.RETURNED, self._day(9, 15), cause="UNCLAIMED")
        self._record(again, EventKind.SENT_AGAIN, self._day(9, 30), tracking="2C00000000014")
        self._collected(diplomas["exactly-ten"], collected_by="CANDIDATE")
        self._collected(diplomas["no-consent"], collected_by="PROXY", proxy_name="Aminata Traoré")

    def _collected(self, diploma, **who):
        self._record(diploma, EventKind.COLLECTED, self._day(10, 8), **who)

    def _printed(self, batch):
        sealed = timezone.make_aware(datetime.datetime.combine(self._day(8, 28), datetime.time(10)))
        dispatch.seal(batch, by=self._by, at=sealed)
        return dispatch.mark_printed(batch, by=self._by, at=sealed)

    def _sent(self, batch, day):
        tracking = "2C00000000007" if batch.route == Route.HOME else ""
        return dispatch.mark_sent(batch, on=day, tracking=tracking, by=self._by)

    def _record(self, diploma, kind, day, **details):
        custody.record(diploma, kind, by=self._by, day=day, **details)

    def _day(self, month, day):
        return max(self._opened_on, min(datetime.date(2026, month, day), self._today))
