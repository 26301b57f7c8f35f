"""Choices of e-mails, made on a page or by the link in each e-mail."""

from django.core import signing
from django.urls import reverse

from candidates.identification.entry import VisitEnded, call, rows_of
from candidates.models import Message, MessageChoices
from results_portal import links

# The kinds that may be switched off, and the field that does it. The other e-mails report changes
# to a candidate's file, which must reach a candidate who did not make them.
OPTIONAL = {Message.Kind.RELEASE: "releases", Message.Kind.DOCUMENT: "documents"}

_SIGNER = "candidates.messages.subscriptions"


def choices_of(entry_id):
    """Return the `MessageChoices` of the candidate of an entry; unsaved defaults if there are none.

    `entry_id` is None for a person without an entry.
    """
    found = entry_id and MessageChoices.objects.filter(candidate__entries=entry_id).first()
    return found or MessageChoices()


def choices_of_candidate(candidate_id):
    return MessageChoices.objects.filter(pk=candidate_id).first() or MessageChoices()


def shown_to(visit):
    """Return the `MessageChoices` of the candidate of a visit; unsaved defaults without any."""
    return next(iter(rows_of(visit, MessageChoices, "visitors_message_choices")), MessageChoices())


def wants(choices, kind):
    return kind not in OPTIONAL or getattr(choices, OPTIONAL[kind])


def choose(visit, *, releases, documents, language):
    """Store the choices of the candidate of a visit: two bool, and a code of language or "".

    Waiting messages of the kinds no longer wanted are deleted. Raise `VisitEnded`.
    """
    chosen = releases, documents, language
    (refusal,) = call("visitors_choose_messages", *visit.proof, *chosen)
    if refusal:
        raise VisitEnded


def link(candidate_id, kind):
    """Return the URL that stops, or resumes, a candidate's e-mails of a kind."""
    key = signing.Signer(salt=_SIGNER).sign_object([candidate_id, kind])
    return f"{links.site()}{reverse('candidates:unsubscribe', args=[key])}"


def follow(key, wanted=None):
    """Return the kind of a link, and whether its candidate wants it; None when it is not ours.

    `wanted`: whether the candidate wants it from now on.
    """
    try:
        candidate_id, kind = signing.Signer(salt=_SIGNER).unsign_object(key)
    except (signing.BadSignature, ValueError):
        return None
    if kind not in OPTIONAL:
        return None
    (wants_it,) = call("visitors_unsubscribe", candidate_id, kind, wanted)
    return None if wants_it is None else (Message.Kind(kind), wants_it)
