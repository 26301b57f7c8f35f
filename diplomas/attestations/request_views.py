"""Public pages to ask for the attestation of an old session, and to follow the request."""

import math

from django.core import signing
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidates.civil_status import proofs
from candidates.civil_status.proofs import BadProof
from candidates.identification import form_keys
from candidates.models.requests import TooManyRequests
from diplomas.attestations import requests
from diplomas.attestations.form import AcademyForm, AttestationRequestForm, FollowForm
from diplomas.attestations.views import download
from diplomas.models import Attestation, AttestationRequest
from diplomas.verification import verification
from results_portal.routers import PUBLIC
from results_portal.uploads.body_size import takes_files
from results_portal.web.private_page import private_page
from results_portal.web.unavailable import come_back_in

_FILE = "diplomas.attestation_file"
_HALF_AN_HOUR = 1800  # seconds


@takes_files(proofs.MOST_SENT)
@private_page
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request):
    """Page `diplomas:attestation_request`: the académie, then the form if it is managed here."""
    chosen = AcademyForm(request.GET if "academie" in request.GET else None)
    if not chosen.is_valid():
        return render(request, "diplomas/attestation_academy.html", {"form": chosen})
    if not chosen.academy.managed:
        context = {"academy": chosen.academy}
        return render(request, "diplomas/attestation_elsewhere.html", context)
    form = AttestationRequestForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        return _send(request, chosen.academy, form)
    return _form_page(request, chosen.academy, form)


def _send(request, academy, form):
    try:
        reference = requests.submit(
            asked=form.asked | {"academy_id": academy.pk},
            form_key=form_keys.of(request),
            proof=form.cleaned_data["proof"],
            proof_type=form.proof_type,
            throttle=requests.sending_throttle(request),
            opening=requests.opening_throttle(request),
        )
    except TooManyRequests:
        return _form_page(request, academy, form, too_many=True)
    except BadProof as refused:
        form.add_error("proof", str(refused))
        return _form_page(request, academy, form)
    return redirect("diplomas:attestation_sent", reference)


def _form_page(request, academy, form, *, too_many=False):
    context = {
        "academy": academy,
        "form": form,
        "key": form_keys.new(),
        "too_many": too_many,
        "kept_days": requests.KEPT.days,
    }
    page = render(request, "diplomas/attestation_request.html", context)
    return come_back_in(page, seconds=requests.SENT_FROM_LINE.seconds) if too_many else page


@private_page
@require_safe
def sent(request, reference):
    """Page `diplomas:attestation_sent`: the reference of a request and when its answer is due."""
    kept = requests.promise_of(reference)
    if kept is None:
        raise Http404
    return render(request, "diplomas/attestation_sent.html", {"sent": kept})


@private_page
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request):
    """Page `diplomas:attestation_follow`: a request, by its reference and birth date."""
    form = FollowForm(request.POST or None)
    if not form.is_valid():
        return _follow_page(request, form)
    reference, birth_date = form.cleaned_data["reference"], form.cleaned_data["birth_date"]
    guess = requests.following_guess(reference)
    wait = guess.begin()
    if wait:
        return _follow_page(request, form, wait=wait)
    found = requests.followed(reference, birth_date)
    if found is None:
        refused = requests.following_throttle(request).count_failure()
        return _follow_page(request, form, missed=True, wait=refused and requests.WRONG.seconds)
    requests.forgive(guess, reference, birth_date)
    return render(request, "diplomas/attestation_followed.html", _followed(found))


def _follow_page(request, form, *, missed=False, wait=0):
    """Show the form; `wait`: seconds before it may be sent again."""
    context = {
        "form": form,
        "missed": missed,
        "throttled": bool(wait),
        "retry_minutes": math.ceil(wait / 60),
    }
    page = render(request, "diplomas/attestation_follow.html", context)
    return come_back_in(page, seconds=wait) if wait else page


def _followed(found):
    """Return the context of `found`: the request, or its attestation if it has been deleted."""
    is_request = isinstance(found, AttestationRequest)
    pk = found.attestation_id if is_request else found.pk
    code = pk and requests.verification_code_of(pk)
    return {
        "sent": found if is_request else None,
        "reference": found.reference,
        "item": code and verification.opened(code),
        "token": pk and signing.dumps(pk, salt=_FILE),
        "kept_days": requests.KEPT.days,
    }


@private_page
@require_POST
def file(request):
    """Download an attestation, with the token of the page `follow`."""
    try:
        token = request.POST.get("token", "")
        pk = signing.loads(token, salt=_FILE, max_age=_HALF_AN_HOUR)
    except signing.BadSignature:
        return redirect("diplomas:attestation_follow")
    valid = Attestation.objects.using(PUBLIC).light().filter(revoked_at=None)
    kept = valid.filter(published_result=None, pk=pk).values_list("reference", "pdf").first()
    return download(*kept) if kept else redirect("diplomas:attestation_follow")
