"""Pages of choices of e-mails: for an identified candidate, and behind the link in each e-mail."""

from django import forms
from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from candidates.identification import cookie, drafts
from candidates.identification.entry import VisitEnded, identified_entry
from candidates.messages import outbox, subscriptions
from results_portal.web.private_page import private_page

FIELDS = ("releases", "documents", "language")


class ChoicesForm(forms.Form):
    releases = forms.BooleanField(label=_("Mes résultats"), required=False)
    documents = forms.BooleanField(label=_("Mon diplôme et mes attestations"), required=False)
    language = forms.ChoiceField(
        label=_("Langue des courriels"),
        choices=[("", _("Sans préférence")), *settings.LANGUAGES],
        required=False,
    )


def _typed(data):
    return {name: data.get(name, "") for name in FIELDS}


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def messages(request):
    """Page `candidates:messages`: the kinds of e-mails, and the choice among them."""
    entry = identified_entry(request)
    form_owner = drafts.form_owner(request)
    if not entry:
        response = cookie.ask(request, "candidates:messages", kept=form_owner is not None)
        return _keep(response, form_owner, request) if form_owner else response
    if "restart" in request.POST:
        return drafts.forget(redirect("candidates:messages"), "messages")
    form = ChoicesForm(request.POST)
    if request.method == "POST" and form_owner == entry.pk and form.is_valid():
        try:
            subscriptions.choose(entry.shown_to, **form.cleaned_data)
        except VisitEnded:
            return _keep(cookie.ask(request, "candidates:messages", kept=True), entry.pk, request)
        saved = redirect(f"{reverse('candidates:messages')}?enregistre=1")
        return drafts.forget(saved, "messages")
    return _page(request, entry)


def _keep(response, entry_id, request):
    return drafts.keep(response, "messages", entry_id=entry_id, data=_typed(request.POST))


def _page(request, entry):
    choices = subscriptions.shown_to(entry.shown_to)
    draft = drafts.kept(request, "messages", entry_id=entry.pk)
    present = {name: getattr(choices, name) for name in FIELDS}
    context = {
        "entry": entry,
        "form": ChoicesForm(initial=draft or present),
        "opened_by": drafts.sign_owner(entry.pk),
        "draft": draft is not None,
        "other_entry": request.method == "POST",
        "saved": "enregistre" in request.GET,
        "changed_at": choices.pk and choices.changed_at,
        "refused": outbox.refuses(entry.shown_to),
    }
    return render(request, "candidates/messages.html", context)


@csrf_exempt  # mail programs post here too (RFC 8058); the link itself is the proof
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, key):
    """Page behind the link of an e-mail: GET asks, POST stops the e-mails or resumes them."""
    done = request.method == "POST"
    found = subscriptions.follow(key, wanted="again" in request.POST if done else None)
    if not found:
        return render(request, "candidates/unsubscribe.html", {"kind": ""}, status=404)
    kind, wanted = found
    context = {"kind": kind.label, "wanted": wanted, "done": done}
    return render(request, "candidates/unsubscribe.html", context)
