from functools import wraps

from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from candidates.identification import cookie
from candidates.identification.entry import goes_on
from diplomas import attestation_document
from diplomas.verification import verification
from diplomas.verification.forms import VerificationForm
from results.document import verification_code
from results.score_sheet import sheet
from results_portal.web.private_page import private_page
from results_portal.web.unavailable import come_back_in

_FRONTS = {
    verification.DocumentKind.SCORE_SHEET: sheet.front,
    verification.DocumentKind.ATTESTATION: attestation_document.front,
}
LONGEST_SHOWN = 60  # characters of a wrong code that are shown again


def unlisted(view):
    """Decorate a view: keep its page out of search engines, and its URL out of referrers."""

    @wraps(view)
    def unlisted_view(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, noarchive"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return unlisted_view


@unlisted
@private_page
@csrf_exempt  # nothing changes; a POST keeps the typed code out of the logs
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request, typed=""):
    """Page `diplomas:verify`: the form, or the content of the document of a code."""
    if request.method == "POST":
        typed = request.POST.get("code", "")
        if code := verification_code.parse(typed):
            return redirect("diplomas:verify", verification_code.plain(code))
    if not typed.strip():
        return _form(request, VerificationForm(request.POST if request.POST else None))
    code = verification_code.parse(typed)
    finding = code and verification.find(code)
    if not finding:
        if verification.throttle(request).count_failure():
            return _too_many(request)
        form = VerificationForm({"code": _shown(typed)})
        return _form(request, form, missed=not form.is_slip(typed))
    if request.method == "GET" and finding.validity != verification.Validity.REVOKED:
        verification.count_opening(finding)
    return _answer(request, finding)


@unlisted
@private_page
@require_safe
def openings(request):
    """Page `diplomas:openings`: the documents of a candidate and their verifications."""
    visit = cookie.identified(request)
    documents = visit and verification.documents_of(visit)
    if not visit or not (documents or goes_on(visit)):
        return cookie.ask(request, "diplomas:openings")
    return render(request, "diplomas/openings.html", {"documents": documents})


def _form(request, form, *, missed=False):
    return render(request, "diplomas/verify.html", {"form": form, "missed": missed})


def _answer(request, finding):
    """Show a document; of a revoked one, nothing but the revocation."""
    revoked = finding.validity == verification.Validity.REVOKED
    front = _FRONTS[finding.kind]
    context = {
        "finding": finding,
        "document": None if revoked else finding.document,
        "front": None if revoked else front(finding.document),
        "office": sheet.office(),
        "groups": verification_code.groups(finding.code),
    }
    return render(request, "diplomas/verified.html", context)


def _too_many(request):
    seconds = verification.MISSES.seconds
    page = render(request, "429.html", {"retry_minutes": seconds // 60})
    return come_back_in(page, seconds=seconds)


def _shown(typed):
    return "".join(filter(str.isprintable, typed))[:LONGEST_SHOWN]
