from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidates.identification import cookie as identification
from candidates.identification.forms import (
    IdentificationForm,
)
from candidates.identification.registration import identified_at_once
from candidates.locks import Busy
from results.fast_path import frames
from results.fast_path.prepared_page import result_page
from results.gate import lookup
from results.result_page import calendar as calendar_file
from results.result_page import consent as consents
from results.result_page.registration import ASKED, identified_again, remembered_result
from results.result_page.welcome import welcome
from results.score_sheet.sealed import sealed_score_sheet
from results.score_sheet.sheet import NoScoreSheet
from results_portal.serving import header_cache, micro_cache
from results_portal.web.origin import from_this_site
from results_portal.web.private_page import private_page

RETRY_MINUTES = 15
NEWS = timedelta(days=366)  # how long the home page announces an opening


@require_safe
def home(request):
    """Page `home`: coming releases first, the next one on top; then open ones, newest first."""
    now = timezone.now()
    releases = lookup.announcements(now)
    coming = [release for release in releases if release["state"] != "open"]
    opened = [r for r in reversed(releases) if r["state"] == "open" and r["opens_at"] > now - NEWS]
    page = render(request, "home.html", {"coming": coming, "open": opened, "now": now})
    hours = [one["opens_at"] for one in coming if one["state"] == "scheduled"]
    return micro_cache.cacheable(page, "home", seconds=_left(min(hours, default=None)))


@private_page
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def identify(request):
    """Page `results:lookup`: the identification form, and the hours of coming releases."""
    if request.POST:
        if entry_id := ASKED not in request.META and identified_at_once(request):
            return header_cache.reuse_headers(welcome(request, entry_id), identified_again)
        form = IdentificationForm(request.POST, request=request)
        if form.is_valid():
            return welcome(request, form.entry_id)
        context, status = _asking(request, form), 429 if form.throttled else 200
        return render(request, "results/lookup.html", context, status=status)
    now = timezone.now()
    releases = lookup.coming(now)
    page = frames.render_framed(
        request,
        "results/lookup.html",
        lambda: _asking(request, IdentificationForm(request=request), releases, now),
        key=frames.countdown_key(now, releases),
        holes=frames.visit_holes(request, now),
    )
    return HttpResponse(page)


def _asking(request, form, releases=None, now=None):
    now = now or timezone.now()
    return {
        "form": form,
        "releases": lookup.coming(now) if releases is None else releases,
        "now": now,
        "purpose": identification.destination(request)[1],
        "kept": "garde" in request.GET,
        "throttled": form.throttled,
        "retry_minutes": RETRY_MINUTES if form.throttled else 0,
    }


@csrf_exempt  # another site may not ask for it, and the page needs no token of its own
@require_POST
@from_this_site
def sign_out(request):
    return identification.forget(redirect("results:lookup"))


@private_page
@require_safe
def mine(request):
    entry_id = identification.identified(request)
    if entry_id is None:
        return redirect("results:lookup")
    stored = lookup.stored_result_of(entry_id)
    if stored is None:
        return _not_open(request, lookup.release_awaited(entry_id))
    return header_cache.reuse_headers(
        HttpResponse(result_page(request, *stored)), remembered_result
    )


def _not_open(request, release):
    now = timezone.now()
    withdrawn = release is not None and release.withdrawn_at is not None
    context = {
        "release": release and release.announcement,
        "message": withdrawn and release.withdrawal_message,
        "now": now,
        "identified": True,
    }
    if withdrawn:
        return render(request, "results/withdrawn.html", context)
    page = frames.render_framed(
        request,
        "results/waiting.html",
        lambda: context,
        key=frames.countdown_key(now, [context["release"]] if release else []),
        holes=frames.visit_holes(request, now),
    )
    left = _left(release and release.opens_at)
    return micro_cache.cacheable(HttpResponse(page), ("waiting", release), seconds=left)


def _left(hour):
    """Return for how many seconds a page may be cached: until that hour, if there is one."""
    return (hour - timezone.now()).total_seconds() if hour else micro_cache.CACHE_SECONDS


@private_page
@require_safe
def score_sheet(request):
    entry_id = identification.identified(request)
    result = entry_id and lookup.result_of(entry_id)
    if not result:
        return redirect("results:mine")
    try:
        pdf = sealed_score_sheet(result)
    except NoScoreSheet:
        return redirect("results:mine")
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": 'attachment; filename="releve-de-notes.pdf"'},
    )


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request):
    """Page `results:consent`: the line of the public list, and the choice to show it."""
    entry_id = identification.identified(request)
    found = entry_id and consents.consent_of(entry_id)
    if not found:
        return identification.ask("results:consent")
    if request.method == "POST":
        return _choose(request, entry_id)
    return render(request, "results/consent.html", {"consent": found, "busy": False})


def _choose(request, entry_id):
    """Apply the choice; doing so twice changes nothing."""
    choice = {"withdraw": consents.withdraw, "give": consents.give}.get(request.POST.get("choice"))
    try:
        if choice:
            choice(entry_id)
    except Busy:
        found = consents.consent_of(entry_id)
        return render(request, "results/consent.html", {"consent": found, "busy": True}, status=409)
    except consents.TooLate:
        pass  # the page says so
    return redirect("results:consent")


@require_safe
def calendar(request):
    lookup_url = request.build_absolute_uri(reverse("results:lookup"))
    return HttpResponse(
        calendar_file.calendar(lookup_url=lookup_url),
        content_type=calendar_file.CONTENT_TYPE,
        headers={"Content-Disposition": 'attachment; filename="calendrier-des-resultats.ics"'},
    )
