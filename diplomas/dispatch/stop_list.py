"""The stop list: diplomas whose result has changed since they were made."""

from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from diplomas.models import Diploma, DispatchBatch, Route
from results.models import PublishedResult, Verdict

# The fields of the candidate in the published document that the diploma prints.
PRINTED_OF_CANDIDATE = ("birth_name", "usage_name", "given_names", "birth_date", "birth_place")

MOST = 1000  # diplomas that are looked at for all batches together

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
    rows = list(_suspect(batch).order_by("position", "pk"))
    current = PublishedResult.objects.in_bulk([row.now for row in rows if row.now])
    return [Stop(row, reason) for row in rows if (reason := _reason(batch, row, current))]


def stopped_batches() -> set[int]:
    """Return the keys of the batches that have not left and have a diploma on the stop list.

    It looks at those whose result was revised or withdrawn, or that have no address, `MOST` of
    them: however many diplomas there are, these are few. (Withholding a result that was published
    revises it.) Three queries.
    """
    waiting = Diploma.objects.filter(batch__isnull=False, batch__sent_on=None).order_by()
    nowhere = Q(batch__route=Route.HOME, batch__sealed_at=None, entry__candidate__city="")
    touched = [
        waiting.filter(kind).values("pk")
        for kind in (
            Q(entry__published_results__revision__gt=1),
            Q(published_result__release__withdrawn_at__isnull=False),
            nowhere,
        )
    ]
    keys = [row["pk"] for row in touched[0].union(*touched[1:]).order_by("pk")[:MOST]]
    rows = _with_current(Diploma.objects.filter(pk__in=keys)).select_related("batch")
    current = PublishedResult.objects.in_bulk([row.now for row in rows if row.now])
    return {row.batch_id for row in rows if _is_suspect(row) and _reason(row.batch, row, current)}


def _is_suspect(row):
    return row.now != row.published_result_id or row.entry.withheld or not row.entry.candidate.city


def _suspect(batch):
    """Return the diplomas whose current result is not theirs, or without an address."""
    rows = _with_current(Diploma.objects.filter(batch=batch))
    moved = Q(now__isnull=True) | ~Q(now=F("published_result")) | Q(entry__withheld=True)
    if batch.route == Route.HOME and batch.sealed_at is None:
        moved |= Q(entry__candidate__city="")
    return rows.filter(moved)


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
