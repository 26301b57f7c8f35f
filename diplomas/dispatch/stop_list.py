"""The stop list: diplomas whose result has changed since they were made."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from diplomas.models import Diploma, DispatchBatch, Route
from results.models import PublishedResult, Verdict

# The fields of the candidate in the published document that the diploma prints.
PRINTED_OF_CANDIDATE = ("birth_name", "usage_name", "given_names", "birth_date", "birth_place")

MOST = 300  # diplomas that are looked at for all batches together

REASONS = {
    "NOT_OPEN": _("résultat retiré"),
    "WITHHELD": _("résultat suspendu"),
    "NOT_ADMITTED": _("n’est plus admis"),
    "ELSEWHERE": _("autre voie ou autre établissement"),
    "CHANGED": _("identité ou mention corrigée depuis le scellement"),
    "NO_ADDRESS": _("aucune adresse"),
}


@dataclass(frozen=True)
class Stop:
    """A diploma that must not leave, with the reason, a key of `REASONS`."""

    diploma: Diploma
    reason: str

    @property
    def words(self):
        return REASONS[self.reason]


def stops(batch: DispatchBatch) -> list[Stop]:
    """Return the stop list of a batch that has not left, in its order.

    Before the seal a corrected name stops nothing, as it will be printed. Two queries.
    """
    return stops_by_batch([batch]).get(batch.pk, [])


def stops_by_batch(batches: Collection[DispatchBatch]) -> dict[int, list[Stop]]:
    """Return the stop list of each of several batches that have not left, if it has one, by key.

    Two queries.
    """
    found: dict[int, list[Stop]] = {}
    rows = list(_suspect(batches).order_by("batch", "position", "pk"))
    current = PublishedResult.objects.in_bulk([row.now for row in rows if row.now])
    by_key = {batch.pk: batch for batch in batches}
    for row in rows:
        if reason := _reason(by_key[row.batch_id], row, current):
            found.setdefault(row.batch_id, []).append(Stop(row, reason))
    return found


def stopped_batches() -> set[int]:
    """Return the keys of the batches that have not left and have a diploma on the stop list.

    It starts from what is rare: releases withdrawn, missing addresses, and results revised since
    the diploma was made, `MOST` of them. (Withholding a published result revises it.)
    Three queries.
    """
    waiting = Diploma.objects.filter(batch__isnull=False, batch__sent_on=None).order_by()
    withdrawn = Q(published_result__release__withdrawn_at__isnull=False)
    nowhere = Q(batch__route=Route.HOME, batch__sealed_at=None, entry__candidate__city="")
    found = [waiting.filter(kind).values_list("batch").distinct() for kind in (withdrawn, nowhere)]
    stopped = {batch for (batch,) in found[0].union(found[1])}
    revised = waiting.filter(
        Q(entry__published_results__revision__gt=1),  # these have an index
        Q(entry__published_results__revision__gt=F("published_result__revision")),
    ).exclude(batch__in=stopped)
    rows = _with_current(revised.order_by("pk")).select_related("batch")[:MOST]
    current = PublishedResult.objects.in_bulk([row.now for row in rows if row.now])
    return stopped | {row.batch_id for row in rows if _reason(row.batch, row, current)}


def _suspect(batches):
    """Return the diplomas whose current result is not theirs, or without an address."""
    rows = _with_current(Diploma.objects.filter(batch__in=batches))
    moved = Q(now__isnull=True) | ~Q(now=F("published_result")) | Q(entry__withheld=True)
    nowhere = Q(batch__route=Route.HOME, batch__sealed_at=None, entry__candidate__city="")
    return rows.filter(moved | nowhere)


def _with_current(diplomas):
    current = PublishedResult.objects.current().filter(entry=OuterRef("entry")).order_by()
    rows = diplomas.select_related("published_result", "entry__candidate")
    return rows.annotate(now=Subquery(current.values("pk")[:1]))


def _reason(batch, row, current):
    now = current.get(row.now)
    if now is None:
        return "NOT_OPEN"
    if now.verdict == Verdict.WITHHELD or row.entry.withheld:
        return "WITHHELD"
    if now.verdict != Verdict.ADMITTED:
        return "NOT_ADMITTED"
    if goes_to(now.document) != (batch.route, batch.school_id):
        return "ELSEWHERE"
    if batch.sealed_at is None:
        return "NO_ADDRESS" if batch.route == Route.HOME and not _has_address(row) else None
    return "CHANGED" if printed(now.document) != printed(row.published_result.document) else None


def goes_to(document):
    """Return the route and the UAI (None by post) of a published document, as of a batch."""
    route = document["diploma_route"]
    return route, document["entry"]["school"]["uai"] if route == Route.SCHOOL else None


def printed(document):
    """Return the content of the diploma itself."""
    candidate = document["candidate"]
    return (
        *(candidate[name] for name in PRINTED_OF_CANDIDATE),
        document["session"]["label"],
        document["speciality"]["label"],
        document["mention"],
    )


def _has_address(row):
    return bool(row.entry.candidate.city)
