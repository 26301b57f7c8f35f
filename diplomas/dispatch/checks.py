"""Doubts about the envelopes of batches before their seal: what may come back, and why.

None of them keeps a batch from its seal: the stop list (`stop_list`) alone does, an address without
a town among it.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from PIL import ImageFont

from candidates.models import School
from candidates.postal.address import Address
from candidates.postal.countries import is_france
from candidates.postal.envelope import WIDTH, is_cut, unprintable
from diplomas.dispatch import printing
from diplomas.models import CustodyEvent, Diploma, DispatchBatch, EventKind, Route
from results_portal.documents import html_to_pdf

REASONS = {
    "INCOMPLETE": _("adresse incomplète"),
    "CUT": _("ligne de plus de 38 caractères, qui sera coupée"),
    "WIDE": _("ligne plus large que la fenêtre de l’enveloppe"),
    "UNREAD": _("signe que les machines de tri ne lisent pas"),
    "RETURNED": _("adresse d’où un diplôme est déjà revenu (NPAI)"),
    "TWICE": _("même nom et même adresse qu’un autre diplôme"),
}
_POINT = 25.4 / 72  # mm
_MEASURED = 100  # points
_FALLBACK = "DejaVuSans.ttf"  # of the package fonts-dejavu-core, which the portal installs


@dataclass(frozen=True)
class Doubt:
    """An envelope that may come back, and why, a key of `REASONS`.

    Of a diploma, or of a batch's school where `diploma` is None.
    """

    batch: DispatchBatch
    reason: str
    diploma: Diploma | None = None

    @property
    def words(self) -> Any:
        return REASONS[self.reason]


def doubts(batches: Collection[DispatchBatch]) -> list[Doubt]:
    """Return the doubts about batches in preparation, schools first. Two queries.

    `batches` come with their school.
    """
    found = [
        Doubt(batch, reason)
        for batch in batches
        if batch.school
        for reason in _of_lines(batch.school.envelope, _lacks(batch.school))
    ]
    by_key: dict[int | None, DispatchBatch] = {batch.pk: batch for batch in batches}
    homes = Diploma.objects.filter(batch__in=batches, batch__route=Route.HOME)
    rows = list(homes.select_related("entry__candidate").order_by("pk"))
    envelopes = {row.pk: _envelope(row) for row in rows}
    times = Counter(envelopes.values())
    failed = _failed(rows) if rows else set()
    for row in rows:
        person, lines = row.entry.candidate, list(envelopes[row.pk])
        if not person.city:
            continue  # on the stop list
        reasons = _of_lines(lines, _lacks(person), cut=_is_cut(person))
        if (person.pk, _place(person)) in failed:
            reasons.append("RETURNED")
        if times[envelopes[row.pk]] > 1:
            reasons.append("TWICE")
        found += [Doubt(by_key[row.batch_id], reason, row) for reason in reasons]
    return found


def millimetres(line: str, *, points: float) -> float:
    """Return the width of a printed line of an address."""
    return float(_font().getlength(line)) * points / _MEASURED * _POINT


def _of_lines(lines, lacks, *, cut=None):
    points = printing.SMALL if printing.is_small(lines) else printing.LARGE
    cut = any(len(line) > WIDTH for line in lines) if cut is None else cut
    wide = not cut and any(millimetres(line, points=points) > printing.WINDOW for line in lines)
    told = {
        "INCOMPLETE": lacks,
        "CUT": cut,
        "WIDE": wide,
        "UNREAD": any(map(unprintable, lines)),
    }
    return [reason for reason, holds in told.items() if holds]


def _lacks(place):
    """Whether an address lacks its street or, in France, its postcode. (School or candidate.)"""
    if isinstance(place, School):
        return not (place.address and place.postcode and place.city)
    street = place.address1 or place.address2 or place.address3
    return not street or (is_france(place.country) and not place.postcode)


def _envelope(diploma):
    person = diploma.entry.candidate
    return tuple(Address.of(person).envelope(person))


def _is_cut(person):
    name = (person.usage_name or person.birth_name).upper()
    return len(name) > WIDTH or is_cut(Address.of(person).lines)


def _place(person):
    return tuple(Address.of(person).same_place.lines)


def _failed(diplomas):
    """Return pairs of a candidate and the lines of an address where the post did not find them."""
    people = {row.entry.candidate_id for row in diplomas}
    returned = CustodyEvent.objects.filter(
        diploma__entry__candidate__in=people,
        kind=EventKind.RETURNED,
        cause=CustodyEvent.Cause.UNKNOWN_ADDRESS,
    )
    again = CustodyEvent.objects.filter(
        diploma=OuterRef("diploma"), kind=EventKind.SENT_AGAIN, pk__lt=OuterRef("pk")
    ).order_by("-pk")
    rows = returned.annotate(again=Subquery(again.values("address")[:1])).values_list(
        "diploma__entry__candidate", "diploma__address", "again"
    )
    return {(pk, tuple(Address(**(again or first or {})).lines)) for pk, first, again in rows}


@lru_cache(maxsize=1)
def _font():
    faces = html_to_pdf.state_faces()
    return ImageFont.truetype(str(faces.get("Regular", _FALLBACK)), _MEASURED)
