"""Score sheets made ready in a process that begins, so that nobody waits for its first one."""

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
    """`prepare` in a thread of its own, whose connection nobody else closes."""
    try:
        prepare()
    finally:
        connections[PUBLIC].close()


def prepare() -> None:
    """Learn the fonts, and what the score sheets of the newest open releases are made of.

    One sheet for each verdict of each release is made, and thrown away.
    """
    press = score_sheet.press()
    press.prepare()
    sheets = list(_examples())
    for sheet, pages in zip(sheets, score_sheet.all_stamped(sheets), strict=True):
        if pages:
            press.tagged(sheet, pages)


def _examples() -> Iterator[StripDocument]:
    """Sheets of results that are open to the public, as the public pages read them."""
    releases = Release.objects.using(PUBLIC).open().order_by("-opens_at", "pk")
    for release in releases.values_list("pk", flat=True)[:_RELEASES]:
        for verdict in (Verdict.ADMITTED, Verdict.CONTROL, Verdict.REFUSED):
            found = PublishedResult.objects.using(PUBLIC).open().filter(release=release)
            result = found.filter(verdict=verdict).select_related("release__session").first()
            if result:
                document = lookup.shown_document(result)
                yield score_sheet.score_sheet(document, code=result.verification_code)
