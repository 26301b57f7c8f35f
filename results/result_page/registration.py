"""Registration of the result pages with the server of the rush: see `serving`.

Answers are those of the views, byte for byte; tests compare them.
"""

import time
from datetime import datetime
from functools import partial
from html import escape
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.utils import ErrorDict
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from candidates import alarm
from candidates.identification import cookie
from candidates.identification.cookie import Visit
from candidates.identification.forms import IdentificationForm
from candidates.identification.registration import (
    COUNT_QUERY,
    FOUND_QUERY,
    plainly_typed,
)
from results.fast_path import prepared_page, prepared_wait
from results.gate import lookup
from results.result_page.page import has_another_session
from results.result_page.views import RETRY_SECONDS, form_context
from results.templatetags.parts import EDGE
from results_portal.caches import BoundedCache
from results_portal.postgresql.base import Rows
from results_portal.serving.form_check import short_form
from results_portal.serving.registry import (
    BatchedQuery,
    Cookies,
    Environ,
    Query,
    Registry,
    ResponseBody,
    Share,
    Step,
)

_FORM = "results/lookup.html"
_NOBODY = cookie.Visit(0, 0, 0, "", "")
_FORM_SECONDS = 1.0  # for which the page of a form that fails is filled in without Django
_WAIT_SECONDS = 60.0  # for which it is remembered that somebody has no result yet
_waits: BoundedCache[int, tuple[float, datetime]] = BoundedCache(100_000)
_forms: BoundedCache[Any, tuple[float, dict[int, list[str]]]] = BoundedCache(100)


def register(registry: Registry) -> None:
    """Register the pages of this room."""
    registry.probe = "SELECT 1 FROM results_release LIMIT 1"
    registry.observe("home", _home)
    registry.observe("results:lookup", _lookup)
    registry.answer(
        "results:mine",
        "GET",
        _visit,
        queries=[
            lambda: BatchedQuery(lookup.question_of(_NOBODY)[0]),
            lambda: BatchedQuery(lookup.awaited_question_of(_NOBODY)[0]),
        ],
    )
    registry.answer(
        "results:lookup",
        "POST",
        _identification,
        queries=[lambda: FOUND_QUERY, lambda: COUNT_QUERY],
    )


def _home(_request: HttpRequest, response: Any) -> Share | None:
    """Share the home page with all, until the next hour that it announces."""
    context = getattr(response, "context_data", None)
    return Share("home", _next_hour(context["coming"])) if context else None


def _lookup(request: HttpRequest, response: Any) -> Share | None:
    """Share the form with all who open it; keep that of a failure with holes."""
    context = getattr(response, "context_data", None)
    if context is None or context["token"]:
        return None
    if request.method == "POST":
        if not request.META["QUERY_STRING"] and not cookie.identified(request):
            _keep_forms(request, response)
        return None
    return Share("lookup", _next_hour(context["releases"]))


def _next_hour(releases: list[dict[str, Any]]) -> Any:
    hours = [one["opens_at"] for one in releases if one["state"] == "scheduled"]
    return min(hours, default=None)


def _visit(_environ: Environ, cookies: Cookies) -> Step:
    """Begin a visit of `results:mine`: the result, or the page of who waits for it."""
    visit = cookie.identified_by(cookies)
    if visit is None:
        return None

    def result(rows: Rows) -> Step:
        stored = lookup.stored_in(rows)
        if stored is None:
            return Query(*lookup.awaited_question_of(visit), release)
        if has_another_session(*stored):
            return None
        page = prepared_page.cached_page(*stored, visit)
        return ResponseBody(page) if page else None

    def release(rows: Rows) -> Step:
        awaited = lookup.awaited_in(rows)
        if awaited is None or awaited.withdrawn_at is not None or awaited.replaces:
            return None
        _remember_wait(visit, awaited.opens_at)
        wait = prepared_wait.Wait(visit, awaited.announcement, timezone.now())
        page = prepared_wait.cached_page(wait)
        return ResponseBody(page) if page else None

    def release_first(rows: Rows) -> Step:
        awaited = lookup.awaited_in(rows)
        if awaited and awaited.opens_at and awaited.opens_at > timezone.now():
            return release(rows)
        return Query(*lookup.question_of(visit), result)

    if _waited_just_now(visit):
        return Query(*lookup.awaited_question_of(visit), release_first)
    return Query(*lookup.question_of(visit), result)


def _remember_wait(visit: Visit, opens_at: datetime | None) -> None:
    if opens_at and not _waited_just_now(visit):
        _waits[visit.entry_id] = time.monotonic() + _WAIT_SECONDS, opens_at


def _waited_just_now(visit: Visit) -> bool:
    """Whether the entry had no result a moment ago, and its hour is not there yet.

    Then its release is asked for first: who reloads the page of the wait costs one query, not two.
    """
    until, opens_at = _waits.get(visit.entry_id) or (0.0, None)
    return opens_at is not None and time.monotonic() < until and timezone.now() < opens_at


def _identification(environ: Environ, cookies: Cookies) -> Step:
    """Begin a visit that posts to `results:lookup`: identify, or count a failure."""
    request = short_form(environ)
    typed = request and plainly_typed(request)
    if not request or not typed or cookie.identified_by(cookies):
        return None

    def find(values: tuple[Any, ...]) -> Query:
        then = partial(entry, credential=values[0])
        return Query(FOUND_QUERY.sql, values, then, serialize_by=typed.number)

    def entry(rows: Rows, credential: bytes) -> Step:
        if rows:
            return ResponseBody(b"", [cookie.header_of(cookie.begun(rows[0], credential))], 302)
        if (further := next(tries, None)) is not None:
            return find(further)
        forms = _known_forms(request)
        if forms is None or typed.has_error_of_its_own:
            return None

        def failure(rows: Rows) -> Step:
            ((refused, in_this_hour),) = rows
            alarm.tell(alarm.IDENTIFICATION, in_this_hour)
            if refused:
                return ResponseBody(_filled(forms[429], request), (), 429, RETRY_SECONDS)
            return ResponseBody(_filled(forms[200], request))

        return Query(COUNT_QUERY.sql, typed.failure(request), failure, needs=200)

    tries = typed.found_values(request)
    return find(next(tries))


class _HollowForm(IdentificationForm):
    """Form as it is shown after a failure, with holes for the typed values."""

    def __init__(self, *, request: HttpRequest, throttled: bool) -> None:
        data = {name: f"{EDGE}{name}{EDGE}" for name in self.base_fields}
        super().__init__(data, request=request)
        self.throttled = throttled

    def full_clean(self) -> None:
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}
        self.add_error(None, self.refusal(throttled=self.throttled))


def _keep_forms(request: HttpRequest, response: Any) -> None:
    """Keep the pages of a failure for a second, and no longer than the hour that they announce."""
    context = response.context_data
    if [*context["form"].errors] != [NON_FIELD_ERRORS] or _known_forms(request):
        return
    forms = {}
    for status, throttled in ((200, False), (429, True)):
        hollow = _HollowForm(request=request, throttled=throttled)
        forms[status] = render_to_string(_FORM, context | form_context(hollow), request).split(EDGE)
    hour = _next_hour(context["releases"])
    left = (hour - timezone.now()).total_seconds() if hour else _FORM_SECONDS
    _forms[_form_key(request)] = time.monotonic() + min(left, _FORM_SECONDS), forms


def _known_forms(request: HttpRequest) -> dict[int, list[str]] | None:
    until, forms = _forms.get(_form_key(request)) or (0.0, None)
    return forms if time.monotonic() < until else None


def _form_key(request: HttpRequest) -> tuple[Any, ...]:
    return get_language(), request.path


def _filled(pieces: list[str], request: HttpRequest) -> bytes:
    written = list(pieces)
    for place in range(1, len(written), 2):
        written[place] = escape(request.POST[written[place]])
    return "".join(written).encode()
