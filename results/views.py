from datetime import timedelta
from functools import cache

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidates import identification
from candidates.forms import (
    IdentificationForm,
    entry_at_once,
    identified_at_once,
    question_at_once,
)
from candidates.locks import Busy
from results import calendar as calendar_file
from results import card as card_file
from results import consent as consents
from results import frames, list_pages, lists, lookup
from results.remembered_page import remembered, result_page
from results.score_sheet import NoScoreSheet
from results.sealed_score_sheet import sealed_score_sheet
from results_portal import envelope, moment
from results_portal.origin import from_this_site
from results_portal.private_page import private_page
from results_portal.routers import PUBLIC
from results_portal.short_form import short_form

RETRY_MINUTES = 15
_ASKED = "results.asked_at_once"  # in the environment of a request: and it named nobody
NEWS = timedelta(days=366)  # how long the home page announces an opening


@require_safe
def home(request):
    """Page `home`: what is to come first, the next one on top; then what is open, newest first."""
    now = timezone.now()
    releases = lookup.announcements(now)
    context = {
        "coming": [release for release in releases if release["state"] != "open"],
        "open": [
            r for r in reversed(releases) if r["state"] == "open" and r["opens_at"] > now - NEWS
        ],
        "now": now,
    }
    page = render(request, "home.html", context)
    hours = [one["opens_at"] for one in context["coming"] if one["state"] == "scheduled"]
    return moment.share(page, "home", seconds=_left(min(hours, default=None)))


@private_page
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def identify(request):
    """Page `results:lookup`: the form, and the hours of the releases to come."""
    if request.POST:
        if entry_id := _ASKED not in request.META and identified_at_once(request):
            return envelope.reusable(_welcome(request, entry_id), _identified_again)
        form = IdentificationForm(request.POST, request=request)
        if form.is_valid():
            return _welcome(request, form.entry_id)
        context, status = _asking(request, form), 429 if form.throttled else 200
        return render(request, "results/lookup.html", context, status=status)
    now = timezone.now()
    releases = _coming(now)
    page = frames.framed(
        request,
        "results/lookup.html",
        lambda: _asking(request, IdentificationForm(request=request), releases, now),
        key=frames.clocked(now, releases),
        holes=frames.visit_holes(request, now),
    )
    return HttpResponse(page)


def _identified_again(environ, _cookies):
    """What `identify` asks for whoever sends this form, and answers once it has answered others."""
    request = short_form(environ)
    asked = request and question_at_once(request)
    if not asked:
        return None
    alias, sql, values = asked

    def filling(rows):
        entry_id = entry_at_once(rows)
        if entry_id is None:
            environ[_ASKED] = True
            return None
        cookies = _welcome(request, entry_id).cookies.values()
        return envelope.Filling(b"", [cookie.output(header="") for cookie in cookies])

    return envelope.Question(alias, sql, values, filling, alone=request.POST["number"].upper())


def _welcome(request, entry_id):
    address, _purpose = identification.destination(request)
    response = HttpResponseRedirect(address or _address_of_result())
    return identification.remember(response, entry_id)


@cache
def _address_of_result():
    return reverse("results:mine")


def _coming(now):
    return [release for release in lookup.announcements(now) if release["state"] == "scheduled"]


def _asking(request, form, releases=None, now=None):
    now = now or timezone.now()
    return {
        "form": form,
        "releases": _coming(now) if releases is None else releases,
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
    return envelope.reusable(HttpResponse(result_page(request, *stored)), _remembered_result)


def _remembered_result(_environ, cookies):
    """What `mine` asks for whoever sends these cookies, and answers once it has answered others."""
    entry_id = identification.identified_by(cookies)
    if entry_id is None:
        return None

    def filling(rows):
        stored = lookup.stored_in(rows)
        page = stored and remembered(*stored)
        return page and envelope.Filling(page)

    return envelope.Question(PUBLIC, *lookup.question_of(entry_id), filling)


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
    page = frames.framed(
        request,
        "results/waiting.html",
        lambda: context,
        key=frames.clocked(now, [context["release"]] if release else []),
        holes=frames.visit_holes(request, now),
    )
    left = _left(release and release.opens_at)
    return moment.share(HttpResponse(page), ("waiting", release), seconds=left)


def _left(hour):
    """Seconds until that hour, for which a page of before may be kept; a moment where there is
    none."""
    return (hour - timezone.now()).total_seconds() if hour else moment.MOMENT


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
    """Page `results:consent`: the line of the public list, and the choice whether it shows."""
    entry_id = identification.identified(request)
    found = entry_id and consents.consent_of(entry_id)
    if not found:
        return identification.ask("results:consent")
    if request.method == "POST":
        return _choose(request, entry_id)
    return render(request, "results/consent.html", {"consent": found, "busy": False})


def _choose(request, entry_id):
    """A second press finds the choice already made and changes nothing."""
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


@require_safe
def all_lists(request):
    now = timezone.now()
    context = {
        "sessions": lists.open_lists(),
        "releases": _coming(now),
        "now": now,
    }
    return render(request, "results/lists.html", context)


@require_safe
def card(request, session, speciality):
    """Page `results:card`: a picture to share, the same for everybody."""
    listed = lists.open_list(session, speciality)
    if listed is None:
        raise Http404
    picture = card_file.card(session=listed.session_label, speciality=listed.speciality_label)
    headers = {"Cache-Control": "public, max-age=3600", "X-Robots-Tag": "noindex"}
    return HttpResponse(picture, content_type="image/png", headers=headers)


@csrf_exempt  # the search changes nothing; it is posted so that no name stands in a URL or a log
@require_http_methods(["GET", "HEAD", "POST"])
def one_list(request, session, speciality):
    listed = lists.open_list(session, speciality)
    if listed is None:
        raise Http404
    return list_pages.page(request, listed)
