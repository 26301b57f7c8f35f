"""Pages on which an identified candidate changes their address: form, review, receipt."""

import uuid

from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from candidates.address_changes import changes as address_changes
from candidates.address_changes import mailings
from candidates.address_changes.form import AddressForm, initial, typed
from candidates.address_changes.receipt import render_receipt
from candidates.identification import cookie, drafts
from candidates.identification.entry import (
    VisitEnded,
    entry_of,
    identified_entry,
)
from candidates.locks import Busy
from candidates.messages import outbox
from candidates.postal import departments
from candidates.postal.address import Address
from candidates.postal.countries import FRANCE
from results_portal.web.private_page import private_page
from results_portal.web.unavailable import come_back_in

_REVIEW = "candidates.review"
_DAY = 24 * 3600


@private_page
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def address(request):
    """Page `candidates:address`: the present address, the form, the changes so far."""
    entry = identified_entry(request)
    if not entry:
        return _ask_and_keep(
            request, "candidates:address", drafts.form_owner(request), typed(request.POST)
        )
    if "restart" in request.POST:
        return drafts.forget(redirect("candidates:address"), "address")
    present = Address.of(entry.candidate)
    form_owner = drafts.form_owner(request)
    if request.method == "POST" and form_owner == entry.pk:
        return _keep_and_go_on(entry.pk, AddressForm(request.POST, present=present))
    draft = drafts.kept(request, "address", entry_id=entry.pk)
    if draft and "sent" in draft:
        form = AddressForm(draft, present=present)
    else:
        form = AddressForm(initial=initial(present) | (draft or {}), present=present)
    other_entry = request.method == "POST"  # the form was opened for another entry, or long ago
    waiting = draft is not None and not form.is_bound
    return _address_page(request, entry, form, draft=waiting, other_entry=other_entry)


def _ask_and_keep(request, name, entry_id, data):
    """Redirect to identification; keep the draft for the entry that the form was opened for."""
    response = cookie.ask(request, name, kept=entry_id is not None)
    if entry_id is not None:
        drafts.keep(response, "address", entry_id=entry_id, data=data)
    return response


def _keep_and_go_on(entry_id, form):
    """Redirect to the review, or to the form with its errors: GET pages, for the back button."""
    if form.is_valid():
        page, mark = "candidates:address_review", {"key": uuid.uuid4().hex}
    else:
        page, mark = "candidates:address", {"sent": "1"}
    data = typed(form.data) | mark
    return drafts.keep(redirect(page), "address", entry_id=entry_id, data=data)


def _address_page(request, entry, form, *, draft=False, other_entry=False):
    context = {
        "entry": entry,
        "form": form,
        "present": Address.of(entry.candidate),
        "opened_by": drafts.sign_owner(entry.pk),
        "draft": draft,
        "other_entry": other_entry,
        "mailings": _mailings_of(entry),
        "changes": address_changes.changes_of(entry.shown_to)[:20],
        "refused": outbox.refuses(entry.shown_to),
    }
    return render(request, "candidates/address.html", context)


def _mailings_of(entry):
    at = timezone.now()
    found = mailings.mailings_of(entry.of_candidate, at=at)
    return [mailings.localized(mailings.snapshot(mailing, at=at)) for mailing in found]


@private_page
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def address_review(request):
    """Page `candidates:address_review`: before, after, and the button that makes the change."""
    entry = identified_entry(request)
    if request.method == "POST":
        return _confirm(request, entry)
    if not entry:
        return cookie.ask(request, "candidates:address_review")
    draft = drafts.kept(request, "address", entry_id=entry.pk)
    form = AddressForm(draft, present=Address.of(entry.candidate)) if draft else None
    if form is None or not form.is_valid() or "key" not in draft:
        return redirect("candidates:address")
    return _review_page(request, entry, form.address, draft["key"])


def _confirm(request, entry):
    try:
        signed = request.POST.get("confirmed", "")
        confirmed = signing.loads(signed, salt=_REVIEW, max_age=_DAY)
    except signing.BadSignature:
        return redirect("candidates:address")
    new, key = Address(**confirmed["new"]), confirmed["key"]
    if not entry:
        data = confirmed["new"] | {"key": key}
        return _ask_and_keep(request, "candidates:address_review", confirmed["entry"], data)
    if confirmed["entry"] != entry.pk:
        return redirect("candidates:address")
    try:
        reference = address_changes.change_address(
            entry.shown_to, form_key=key, seen=Address(**confirmed["seen"]), new=new
        )
    except (address_changes.Unchanged, VisitEnded):
        return drafts.forget(redirect("candidates:address"), "address")
    except (address_changes.NotChanged, Busy) as refused:
        present = entry_of(entry.shown_to) or entry
        return _review_page(request, present, new, key, refused=type(refused).__name__)
    return drafts.forget(redirect("candidates:address_receipt", reference), "address")


def _review_page(request, entry, new, key, *, refused=""):
    present = Address.of(entry.candidate)
    confirmed = {"entry": entry.pk, "key": key, "seen": present.as_dict(), "new": new.as_dict()}
    french = new.country == FRANCE
    context = {
        "entry": entry,
        "present": present,
        "new": new,
        "moves": present.same_place != new.same_place,
        "envelope": new.envelope(entry.candidate),
        "department": departments.department(new.postcode) if french else None,
        "elsewhere": departments.elsewhere(new.postcode, new.city) if french else None,
        "mailings": _mailings_of(entry),
        "confirmed": signing.dumps(confirmed, salt=_REVIEW, compress=True),
        "refused": refused,
        "most_a_day": address_changes.MOST_A_DAY,
    }
    page = render(
        request, "candidates/address_review.html", context, status=409 if refused else 200
    )
    return come_back_in(page, seconds=_DAY) if refused == "TooManyChanges" else page


@private_page
@require_safe
def address_receipt(request, reference):
    entry = identified_entry(request)
    if not entry:
        return cookie.ask(request, "candidates:address")
    change = _change_of(entry, reference)
    shown = [mailings.localized(mailing) for mailing in change.mailings]
    context = {
        "entry": entry,
        "change": change,
        "mailings": shown,
        "sealed": any(mailing["sealed"] for mailing in shown),
    }
    return render(request, "candidates/address_receipt.html", context)


@private_page
@require_safe
def address_receipt_pdf(request, reference):
    entry = identified_entry(request)
    if not entry:
        return cookie.ask(request, "candidates:address")
    change = _change_of(entry, reference)
    return HttpResponse(
        render_receipt(change),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="recu-{change.reference}.pdf"'},
    )


def _change_of(entry, reference):
    found = address_changes.changes_of(entry.shown_to, reference)
    if not found:
        raise Http404
    [change] = found
    change.entry = next(one for one in entry.of_candidate if one.pk == change.entry_id)
    return change
