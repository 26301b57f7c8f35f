"""The result page: one function, and two ways to make the same bytes."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from candidates.identification.cookie import Visit
from results.document.contents import completed
from results.gate.lookup import Awaited
from results.gate.other_session import OtherSession, other_session_of
from results.packed_document import packing, shared_parts
from results_portal.routers import PUBLIC

TEMPLATE, WAITING = "results/result.html", "results/waiting.html"
WITHDRAWN = "results/withdrawn.html"


def page_of(request: HttpRequest, visit: Visit, result: Any) -> HttpResponse:
    """Return the page of a result (`gate.lookup.stored_result_of`).

    It is put together from prepared parts, or made by the template where `FAST_PATH` is `off`; by
    the template too for the few who have another session, of which it says what is known by now.
    """
    stored, dates = result
    if has_another_session(stored, dates):
        return HttpResponse(page_by_template(request, stored, dates, other_session_of(visit)))
    if settings.FAST_PATH != "off":
        from results.fast_path import prepared_page  # what is off is not even imported

        page = prepared_page.result_page(request, *result)
        if page is not None:
            return HttpResponse(page)
    return HttpResponse(page_by_template(request, *result))


def has_another_session(stored: dict[str, Any], dates: dict[str, Any]) -> bool:
    """Whether a document is deferred, or of a session that replaces another."""
    return bool(stored["verdict"] == "DEFERRED" or dates.get("replaces"))


def wait_of(request: HttpRequest, visit: Visit, awaited: Awaited, now: datetime) -> HttpResponse:
    """Return the page of who waits for the hour of a release, in one of the same two ways.

    One that was withdrawn has a page of its own.
    """
    is_withdrawn = awaited.withdrawn_at is not None
    if settings.FAST_PATH != "off" and not is_withdrawn and not awaited.replaces:
        from results.fast_path import prepared_wait

        wait = prepared_wait.Wait(visit, awaited.announcement, now)
        return HttpResponse(prepared_wait.wait_page(request, wait))
    context = {
        "release": awaited.announcement,
        "message": awaited.withdrawal_message,
        "now": now,
        "other": other_session_of(visit) if awaited.replaces else None,
    }
    return HttpResponse(render_to_string(WITHDRAWN if is_withdrawn else WAITING, context, request))


def page_by_template(
    request: HttpRequest,
    stored: dict[str, Any],
    dates: dict[str, Any],
    other: OtherSession | None = None,
) -> str:
    """Return the page straight from the template; `dates` are those of the session today."""
    document = completed(stored)
    if packing.SHARED in stored:
        shared = shared_parts.parts(packing.shared_keys(stored), connections[PUBLIC])
        document = packing.unpack(stored, shared)
    shown = document | {"session": document["session"] | dates}
    context = {"document": shown, "score_sheet_bytes": None, "other": other}
    return render_to_string(TEMPLATE, context, request)
