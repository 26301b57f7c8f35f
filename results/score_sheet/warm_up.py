"""Warm-up of score sheets in a new process, before the first visit."""

from collections.abc import Iterator
from typing import Any

from django.db import connections

from results.gate import lookup
from results.models import PublishedResult, Release, Verdict
from results.score_sheet import sheet as score_sheet
from results_portal.routers import PUBLIC
from results_portal.stamping.press import StripDocument

_RELEASES = 6


def prepare_worker(**_signal: Any) -> None:
    """Run `prepare` in a thread of its own, and close its connection."""
    try:
        prepare()
    finally:
        connections[PUBLIC].close()


def prepare() -> None:
    """Learn the fonts, and the strips of the score sheets of the newest open releases.

    One sheet for each verdict of each release is made and discarded.
    """
    press = score_sheet.press()
    press.prepare()
    sheets = list(_examples())
    for sheet, pages in zip(sheets, score_sheet.all_stamped(sheets), strict=True):
        if pages:
            press.tagged(sheet, pages)


def _examples() -> Iterator[StripDocument]:
    """Yield sheets of results open to the public."""
    releases = Release.objects.for_visitors().open().order_by("-opens_at", "pk")
    for release in releases.values_list("pk", flat=True)[:_RELEASES]:
        for verdict in (Verdict.ADMITTED, Verdict.CONTROL, Verdict.REFUSED, Verdict.NOT_FINAL):
            found = PublishedResult.objects.for_visitors().open().filter(release=release)
            result = found.filter(verdict=verdict).select_related("release__session").first()
            if result:
                document = lookup.shown_document(result)
                yield score_sheet.score_sheet(document, code=result.verification_code)
