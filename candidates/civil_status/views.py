"""Pages on which an identified candidate asks for another name or birth date."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from candidates.civil_status import proofs, requests
from candidates.civil_status.form import IdentityRequestForm, initial, typed
from candidates.civil_status.proofs import BadProof
from candidates.identification import cookie, drafts, form_keys
from candidates.identification.entry import VisitEnded, identified_entry
from candidates.models.requests import TooManyRequests
from results_portal.uploads.body_size import takes_files
from results_portal.web.private_page import private_page
from results_portal.web.unavailable import come_back_in

_DAY = 24 * 3600  # seconds


@takes_files(proofs.MOST_SENT)
@private_page
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def identity(request):
    """Page `candidates:identity`: the identity on file, the form, the requests so far."""
    entry = identified_entry(request)
    form_owner = drafts.form_owner(request)
    if not entry:
        response = cookie.ask(request, "candidates:identity", kept=form_owner is not None)
        return _keep(response, form_owner, request) if form_owner else response
    if "restart" in request.POST:
        return drafts.forget(redirect("candidates:identity"), "identity")
    present = requests.identity_of(entry.candidate)
    if request.method == "POST" and form_owner == entry.pk:
        form = IdentityRequestForm(request.POST, request.FILES, present=present)
        return _send(request, entry, form) if form.is_valid() else _again(request, entry, form)
    draft = drafts.kept(request, "identity", entry_id=entry.pk)
    form = IdentityRequestForm(initial=initial(present) | (draft or {}), present=present)
    return _page(
        request, entry, form, draft=draft is not None, other_entry=request.method == "POST"
    )


def _send(request, entry, form):
    try:
        reference = requests.submit(
            entry.shown_to,
            form_key=form_keys.of(request),
            asked=form.asked,
            explanation=form.cleaned_data["explanation"],
            proof=form.cleaned_data["proof"],
            proof_type=form.proof_type,
        )
    except TooManyRequests:
        return _again(request, entry, form, too_many=True)
    except BadProof as refused:
        form.add_error("proof", str(refused))
        return _again(request, entry, form)
    except VisitEnded:
        return _keep(cookie.ask(request, "candidates:identity", kept=True), entry.pk, request)
    return drafts.forget(redirect("candidates:identity_sent", reference), "identity")


def _again(request, entry, form, **context):
    page = _page(request, entry, form, **context)
    if context:
        come_back_in(page, seconds=_DAY)
    return _keep(page, entry.pk, request)


def _keep(response, entry_id, request):
    return drafts.keep(response, "identity", entry_id=entry_id, data=typed(request.POST))


def _page(request, entry, form, *, draft=False, other_entry=False, too_many=False):
    context = {
        "entry": entry,
        "form": form,
        "opened_by": drafts.sign_owner(entry.pk),
        "key": form_keys.new(),
        "draft": draft,
        "other_entry": other_entry,
        "too_many": too_many,
        "most_a_day": requests.MOST_A_DAY,
        "requests": requests.requests_of(entry.shown_to)[:20],
    }
    return render(request, "candidates/identity.html", context)


@private_page
@require_safe
def identity_sent(request, reference):
    entry = identified_entry(request)
    if not entry:
        return cookie.ask(request, "candidates:identity")
    found = [one for one in requests.requests_of(entry.shown_to) if one.reference == reference]
    if not found:
        raise Http404
    [sent] = found
    fields = IdentityRequestForm.base_fields
    changes = [
        {"label": fields[name].label, "before": sent.present[name], "after": sent.asked[name]}
        for name in requests.FIELDS
        if sent.present[name] != sent.asked[name]
    ]
    context = {"entry": entry, "sent": sent, "changes": changes}
    return render(request, "candidates/identity_sent.html", context)
