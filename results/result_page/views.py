from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidates.history import BY_CANDIDATE
from candidates.identification import cookie as identification
from candidates.identification.entry import VisitEnded
from candidates.identification.forms import IdentificationForm
from candidates.identification.throttle import PERSON_FROM_BLOCK
from candidates.locks import Busy
from results.gate import lookup
from results.gate.other_session import going_on
from results.result_page import calendar as calendar_file
from results.result_page import consent as consents
from results.result_page.page import page_of, wait_of
from results.score_sheet.sealed import sealed_score_sheet
from results.score_sheet.sheet import NoScoreSheet
from results_portal.web.origin import from_this_site, is_sent_by_us
from results_portal.web.private_page import private_page
from results_portal.web.query import reads_query
from results_portal.web.unavailable import come_back_in

RETRY_SECONDS = PERSON_FROM_BLOCK.seconds
# How long the home page shows an opening first, in full, and by its name alone.
OF_THE_DAY, NEWS, OLD_NEWS = timedelta(days=7), timedelta(days=31), timedelta(days=366)


@reads_query()
@require_safe
def home(request):
    """Page `home`: what has just opened, what is to come, and what opened before, newest first."""
    now = timezone.now()
    releases = lookup.announcements(now)
    coming = [release for release in releases if release["state"] != "open"]
    opened = [release for release in reversed(releases) if release["state"] == "open"]
    context = {
        "coming": coming,
        "open": _since(now - NEWS, opened),
        "older": _since(now - OLD_NEWS, opened, until=now - NEWS),
        "open_first": bool(_since(now - OF_THE_DAY, opened)),
        "now": now,
    }
    return TemplateResponse(request, "home.html", context)


def _since(start, releases, until=None):
    return [r for r in releases if start < r["opens_at"] and (not until or r["opens_at"] <= until)]


@reads_query("suite", "garde", "visite")
@private_page
@csrf_exempt  # the form is a page that all share: see `is_sent_by_us`
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def identify(request):
    """Page `results:lookup`: the identification form, and the hours of coming releases."""
    if request.method != "POST":
        return _form_or_result(request)
    if not is_sent_by_us(request):
        return _form_page(
            request, IdentificationForm(initial=request.POST.dict(), request=request), token=True
        )
    form = IdentificationForm(request.POST, request=request)
    if not form.is_valid():
        page = _form_page(request, form)
        return come_back_in(page, seconds=RETRY_SECONDS) if form.throttled else page
    address, _purpose = identification.destination(request)
    return identification.remember(redirect(address or "results:mine"), form.visit)


def _form_or_result(request):
    """Lead whoever is identified on, but for those whom a page sent here as their visit is over."""
    name, kept = request.GET.get("suite", ""), "garde" in request.GET
    if "visite" in request.GET or not identification.is_remembered(request):
        return _form_page(request, IdentificationForm(request=request))
    if identification.identified(request) is None:
        return identification.ask(request, name, kept=kept)
    address, _purpose = identification.destination(request)
    return redirect(address or "results:mine")


def _form_page(request, form, *, token=False):
    now = timezone.now()
    context = form_context(form) | {
        "releases": lookup.coming(now),
        "now": now,
        "purpose": identification.destination(request)[1],
        "kept": "garde" in request.GET,
        "ended": request.GET.get("visite", ""),
        "token": token,
    }
    return TemplateResponse(request, "results/lookup.html", context)


def form_context(form):
    """Return what the page shows of an `IdentificationForm`."""
    return {
        "form": form,
        "throttled": form.throttled,
        "retry_minutes": RETRY_SECONDS // 60 if form.throttled else 0,
    }


@csrf_exempt  # another site may not ask for it, and the page needs no token of its own
@require_POST
@from_this_site
def sign_out(request):
    """End the visit, in every browser that has a copy of its cookie."""
    if visit := identification.identified(request):
        identification.end(visit)
    left = urlencode({"visite": identification.LEFT})
    return identification.forget(redirect(f"{reverse('results:lookup')}?{left}"))


@csrf_exempt  # another site may not ask for it, and the page needs no token of its own
@require_POST
@from_this_site
def other_session(request):
    """Go on with the visit in July’s or September’s session of whoever sits replaced tests."""
    visit = identification.identified(request)
    if visit is None:
        return identification.ask(request)
    there, page = going_on(visit), redirect("results:mine")
    return identification.remember(page, there) if there else page


@reads_query()
@private_page
@require_safe
def mine(request):
    """Page `results:mine`: the result of who is identified, or the hour that they wait for."""
    visit = identification.identified(request)
    if visit is None:
        return identification.ask(request)
    if result := lookup.stored_result_of(visit):
        return page_of(request, visit, result)
    awaited = lookup.release_awaited(visit)
    if awaited is None:
        return identification.ask(request)
    return wait_of(request, visit, awaited, timezone.now())


@private_page
@require_safe
def score_sheet(request):
    visit = identification.identified(request)
    result = visit and lookup.result_for(visit)
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
    visit = identification.identified(request)
    found = visit and consents.consent_of(visit)
    if not found:
        return identification.ask(request, "results:consent")
    if request.method == "POST":
        return _choose(request, visit)
    return render(request, "results/consent.html", {"consent": found, "busy": False})


def _choose(request, visit):
    """Apply the choice; doing so twice changes nothing."""
    choice, by = request.POST.get("choice"), request.POST.get("by", BY_CANDIDATE)
    try:
        if choice == "withdraw":
            consents.withdraw(visit)
        elif choice == "give":
            consents.give(visit, by)
    except Busy:
        found = consents.consent_of(visit)
        return render(request, "results/consent.html", {"consent": found, "busy": True}, status=409)
    except (consents.Minor, consents.TooLate, consents.TooMany, VisitEnded):
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
