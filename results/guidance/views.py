from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from results.guidance.pages import GROUPS, PAGES


def kept_for_a_minute(view):
    """Let browsers and caches keep what depends on nobody; the language comes from a cookie."""
    return cache_control(public=True, max_age=60)(vary_on_headers("Cookie")(view))


@kept_for_a_minute
@require_safe
def index(request):
    return render(request, "guidance/index.html", {"groups": GROUPS})


def show(page):
    """The view of one help page."""

    @kept_for_a_minute
    @require_safe
    def view(request):
        related = [PAGES[name] for name in page.related]
        context = {"page": page, "related": related, **page.facts()}
        return render(request, f"guidance/{page.name}.html", context)

    return view
