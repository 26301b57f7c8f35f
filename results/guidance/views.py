from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from results.guidance.pages import GROUPS, PAGES, HelpPage


def cached_for_a_minute(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let browsers and caches keep a page without personal data, by language (a cookie)."""
    return cache_control(public=True, max_age=60)(vary_on_headers("Cookie")(view))


@cached_for_a_minute
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "guidance/index.html", {"groups": GROUPS})


def show(page: HelpPage) -> Callable[[HttpRequest], HttpResponse]:
    """Return the view of one help page."""

    @cached_for_a_minute
    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        related = [PAGES[name] for name in page.related]
        context = {"page": page, "related": related, **page.facts()}
        return render(request, f"guidance/{page.name}.html", context)

    return view
