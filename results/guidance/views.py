from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from results.guidance import dates, exams
from results.guidance.pages import GROUPS, PAGES, HelpPage


def cached_for_a_minute(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let browsers and caches keep a page without personal data, by language (a cookie)."""
    return cache_control(public=True, max_age=60)(vary_on_headers("Cookie")(view))


@cached_for_a_minute
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "guidance/index.html", {"groups": GROUPS, "exam": None})


def show(page: HelpPage) -> Callable[..., HttpResponse]:
    """Return the view of one help page, and of its page for one exam."""

    @cached_for_a_minute
    @require_safe
    def view(request: HttpRequest, exam: str = "") -> HttpResponse:
        related = [PAGES[name] for name in page.related]
        facts = page.facts(_exam(exam)) if exam else page.facts()
        context = {"page": page, "related": related, "exam": None, **facts}
        return render(request, f"guidance/{page.name}.html", context)

    return view


def _exam(slug: str) -> exams.OfficeExam:
    """Return the exam of an address, or raise 404."""
    for exam in exams.of_office(dates.sessions()):
        if exam.slug == slug:
            return exam
    raise Http404
