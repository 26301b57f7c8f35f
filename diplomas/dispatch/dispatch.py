"""Steps of a batch of diplomas: sealed, printed, sent, arrived; each once and atomic.

The diplomas themselves are printed on security paper by the ministry's printer, from the index of
a batch (`printing.index_csv`). Every step locks the session, as corrections and changes of address
do, and writes by set.
"""

import datetime

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from candidates.locks import lock_session
from candidates.models import Entry
from candidates.models.requests import TransitionError
from candidates.postal.address import FIELDS, Address
from candidates.postal.envelope import postal_address
from diplomas.dispatch import mail, stop_list
from diplomas.dispatch.preparation import drafts, given_elsewhere
from diplomas.models import CustodyEvent, Diploma, DiplomaState, DispatchBatch, EventKind, Route
from results.models import PublishedResult

Stage = DispatchBatch.Stage


class Stopped(TransitionError):
    """Diplomas of the batch are on the stop list (`stop_list`)."""


def take_back(diploma: Diploma, *, by=None) -> DispatchBatch:
    """Put a held diploma into the batch in preparation of its present route; return the batch.

    Raise `TransitionError` unless it is held, its candidate is admitted, and has no other one.
    """
    with transaction.atomic():
        row = Diploma.objects.select_related("entry__session").get(pk=diploma.pk)
        lock_session(row.entry.session)
        row = Diploma.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if row.state != DiplomaState.HELD or row.batch_id:
            raise TransitionError(_("Ce diplôme n’est pas retenu."))
        result = PublishedResult.objects.current().admitted().filter(entry=row.entry_id).first()
        if result is None or row.entry.withheld:
            raise TransitionError(_("Ce candidat n’a pas de résultat publié qui l’admette."))
        given = given_elsewhere(row.entry.session)
        if Entry.objects.filter(Exists(given), pk=row.entry_id).exists():
            raise TransitionError(_("Ce candidat a un diplôme de l’autre session du même examen."))
        route, uai = stop_list.goes_to(result.document)
        if route not in Route.values:
            raise TransitionError(_("Le diplôme de ce candidat vient d’une autre académie."))
        changed = stop_list.printed(result.document) != stop_list.printed(
            row.published_result.document
        )
        if changed and row.events.filter(kind=EventKind.PRINTED).exists():
            raise TransitionError(
                _(
                    "Ce diplôme est déjà imprimé, avec autre chose : il ne l’est jamais deux fois. "
                    "Une attestation le remplace."
                )
            )
        (row.batch,) = drafts(row.entry.session, [(route, uai)], by=by)
        row.published_result = result
        row.save(update_fields=["batch", "published_result"])
    return row.batch


def hold(batch: DispatchBatch, diplomas, *, reason: str, by=None) -> int:
    """Take `diplomas` out of a batch that has not left, for a reason; return the number."""
    with transaction.atomic():
        batch = _locked(batch)
        if batch.stage == Stage.SENT:
            raise TransitionError(_("Ce lot est déjà parti."))
        keys = [diploma.pk for diploma in diplomas]
        rows = Diploma.objects.filter(batch=batch, pk__in=keys)
        if not keys:
            return 0
        return _record(rows, EventKind.HELD, by=by, day=timezone.localdate(), note=reason)


def seal(batch: DispatchBatch, *, by=None, at: datetime.datetime | None = None) -> DispatchBatch:
    """Freeze the diplomas and addresses of a batch, for good; do nothing if it is sealed.

    Raise `Stopped`, or `TransitionError` for a batch without diplomas.
    """
    with transaction.atomic():
        batch = _locked(batch)
        if not batch.sealed_at:
            _refuse_stopped(batch)
            if not batch.diplomas.exists():
                raise TransitionError(_("Ce lot est vide."))
            seal_locked([batch], by=by, at=at)
    return batch


def mark_printed(batch: DispatchBatch, *, by=None, at: datetime.datetime | None = None):
    """Record that the diplomas of a sealed batch are printed; each is printed once in its life."""
    with transaction.atomic():
        batch = _locked(batch)
        if not batch.printed_at:
            if not batch.sealed_at:
                raise TransitionError(_("Ce lot n’est pas scellé."))
            _refuse_stopped(batch)
            print_locked([batch], by=by, at=at)
    return batch


def mark_sent(batch: DispatchBatch, *, on: datetime.date, tracking: str = "", by=None):
    """Record that a printed batch left on a day, with the carrier's number if there is one.

    Raise `Stopped` while one of its diplomas is on the stop list.
    """
    with transaction.atomic():
        batch = _locked(batch)
        if not batch.sent_on:
            if not batch.printed_at:
                raise TransitionError(_("Ce lot n’est pas imprimé."))
            _refuse_stopped(batch)
            send_locked([batch], on=on, tracking=tracking, by=by)
    return batch


def mark_arrived(batch: DispatchBatch, *, on: datetime.date, by=None) -> int:
    """Record that a school has received a batch; return the number of diplomas that arrived."""
    with transaction.atomic():
        batch = _locked(batch)
        if batch.route != Route.SCHOOL or not batch.sent_on:
            raise TransitionError(_("Ce lot n’est pas parti vers un établissement."))
        return arrive_locked([batch], on=on, by=by)


# The same for several batches of one session, which is locked. They are at the stage before, not
# empty, and have no diploma on the stop list. So many queries, however many batches.


def seal_locked(batches: list[DispatchBatch], *, by, at=None) -> None:
    _freeze(batches)
    counted = _in(batches).order_by().values_list("batch").annotate(Count("pk"))
    sizes = dict(counted)
    for batch in batches:
        batch.size = sizes[batch.pk]
        batch.addressee = batch.school.envelope if batch.school else []
    _stamp(batches, ["size", "addressee"], sealed_at=at or timezone.now(), sealed_by=by)


def print_locked(batches: list[DispatchBatch], *, by, at=None) -> None:
    at = at or timezone.now()
    new = _in(batches).filter(~Exists(_printed_before()))
    _record(new, EventKind.PRINTED, by=by, day=timezone.localdate(at))
    _stamp(batches, printed_at=at, printed_by=by)


def send_locked(batches: list[DispatchBatch], *, on: datetime.date, tracking="", by) -> None:
    to_school = _in(batches).filter(batch__route=Route.SCHOOL)
    by_post = _in(batches).filter(batch__route=Route.HOME)
    _record(to_school, EventKind.SENT_TO_SCHOOL, by=by, day=on, tracking=tracking)
    _record(by_post, EventKind.POSTED, by=by, day=on, tracking=tracking)
    _stamp(batches, sent_on=on, sent_by=by, tracking=tracking)
    if any(batch.route == Route.HOME for batch in batches):
        mail.notify(by_post, mail.POSTED, session=batches[0].session, day=on)


def arrive_locked(batches: list[DispatchBatch], *, on: datetime.date, by) -> int:
    """Return the number of diplomas that arrived."""
    on_their_way = _in(batches).filter(state=DiplomaState.SENT_TO_SCHOOL)
    arrived = _record(on_their_way, EventKind.ARRIVED, by=by, day=on)
    there = _in(batches).filter(state=DiplomaState.ARRIVED)
    mail.notify(there, mail.READY, session=batches[0].session, day=on)
    return arrived


def envelope(diploma: Diploma) -> list[str]:
    """Return the lines of the envelope of a posted diploma, name first, as it was sealed."""
    candidate = diploma.published_result.document["candidate"]
    return postal_address(
        family_name=candidate["usage_name"] or candidate["birth_name"],
        given_names=candidate["given_names"],
        lines=Address(**(diploma.address or {})).lines,
    )


def _locked(batch):
    lock_session(batch.session)
    rows = DispatchBatch.objects.select_for_update(of=("self",)).select_related("school", "session")
    return rows.get(pk=batch.pk)


def _refuse_stopped(batch):
    if found := stop_list.stops(batch):
        raise Stopped(
            _("%(count)d diplômes de ce lot sont sur la liste d’arrêt.") % {"count": len(found)}
        )


def _printed_before():
    return CustodyEvent.objects.filter(diploma=OuterRef("pk"), kind=EventKind.PRINTED)


def _in(batches):
    return Diploma.objects.filter(batch__in=batches)


def _stamp(batches, fields=(), **values):
    """Write `fields` as they are set, and `values` on each of `batches`."""
    for batch in batches:
        for name, value in values.items():
            setattr(batch, name, value)
    DispatchBatch.objects.bulk_update(batches, [*fields, *values])


def _freeze(batches):
    current = PublishedResult.objects.current().filter(entry__diploma__batch__in=batches)
    sql, values = current.order_by().values("pk", "entry", "sort_key").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_FREEZE.format(current=sql), [*values, [batch.pk for batch in batches]])


def _record(diplomas, kind, *, by, day, note="", tracking=""):
    """Write one event for each of `diplomas` (a queryset); return the number."""
    sql, values = diplomas.order_by("position", "pk").values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORD.format(diplomas=sql),
            [kind.value, day, by and by.pk, note, tracking, *values],
        )
        return cursor.rowcount


_FREEZE = """
UPDATE diplomas_diploma AS diploma SET
    published_result_id = sealed.result,
    position = sealed.position,
    address = sealed.address
FROM (
    SELECT one.id, current.id AS result,
        CASE WHEN batch.route = 'HOME' THEN jsonb_build_object({address}) END AS address,
        row_number() OVER (
            PARTITION BY batch.id
            ORDER BY batch.route = 'HOME' AND upper(candidate.country) <> 'FRANCE',
                CASE WHEN batch.route = 'HOME' THEN candidate.postcode END,
                current.sort_key, one.id
        ) AS position
    FROM ({{current}}) AS current (id, entry_id, sort_key)
    JOIN diplomas_diploma AS one ON one.entry_id = current.entry_id
    JOIN diplomas_dispatchbatch AS batch ON batch.id = one.batch_id
    JOIN candidates_entry AS entry ON entry.id = one.entry_id
    JOIN candidates_candidate AS candidate ON candidate.id = entry.candidate_id
    WHERE batch.id = ANY(%s)
) AS sealed
WHERE sealed.id = diploma.id
""".format(address=", ".join(f"'{name}', candidate.{name}" for name in FIELDS if name != "email"))

_RECORD = """
INSERT INTO diplomas_custodyevent (diploma_id, kind, day, by_id, note, tracking)
SELECT moved.id, %s, %s, %s, %s, %s FROM ({diplomas}) AS moved (id)
"""
