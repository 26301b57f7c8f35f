"""Choices of e-mails, made on a page or by the link in each e-mail."""

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from candidates.models import Candidate, Message, MessageChoices

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


def wants(choices, kind):
    return kind not in OPTIONAL or getattr(choices, OPTIONAL[kind])


def choose(candidate_id, *, at=None, **chosen):
    """Store the choices of a candidate: `releases`, `documents` (bool), `language` (code or "").

    Waiting messages of the kinds no longer wanted are deleted. Return the choices.
    """
    with transaction.atomic():
        choices, _created = MessageChoices.objects.update_or_create(
            candidate_id=candidate_id, defaults=chosen | {"changed_at": at or timezone.now()}
        )
        unwanted = [kind for kind in OPTIONAL if not wants(choices, kind)]
        waiting = Message.objects.filter(state=Message.State.WAITING, kind__in=unwanted)
        waiting.filter(entry__candidate=candidate_id).delete()
    return choices


def link(candidate_id, kind):
    """Return the URL that stops, or resumes, a candidate's e-mails of a kind."""
    key = signing.Signer(salt=_SIGNER).sign_object([candidate_id, kind])
    return f"https://{settings.OFFICE_SITE}{reverse('candidates:unsubscribe', args=[key])}"


def read(key):
    """Return the candidate's key and the kind of a link; None when it is forged or obsolete."""
    try:
        candidate_id, kind = signing.Signer(salt=_SIGNER).unsign_object(key)
    except (signing.BadSignature, ValueError):
        return None
    known = kind in OPTIONAL and Candidate.objects.filter(pk=candidate_id).exists()
    return (candidate_id, Message.Kind(kind)) if known else None
