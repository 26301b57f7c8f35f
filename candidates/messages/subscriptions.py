"""Which e-mails a person wants: chosen on a page, or by the link that each of them carries."""

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from candidates.models import Candidate, Message, MessageChoices

# What may be switched off, and the choice that does it. The rest tells of what was done to one's
# file: whoever did not ask for it must learn of it.
OPTIONAL = {Message.Kind.RELEASE: "releases", Message.Kind.DOCUMENT: "documents"}

_SIGNER = "candidates.messages.subscriptions"


def choices_of(entry_id):
    """The `MessageChoices` of the candidate of an entry; unsaved, of who never chose.

    `entry_id` is None for who has no entry, and no choice.
    """
    found = entry_id and MessageChoices.objects.filter(candidate__entries=entry_id).first()
    return found or MessageChoices()


def choices_of_candidate(candidate_id):
    return MessageChoices.objects.filter(pk=candidate_id).first() or MessageChoices()


def wants(choices, kind):
    return kind not in OPTIONAL or getattr(choices, OPTIONAL[kind])


def choose(candidate_id, *, at=None, **chosen):
    """Keep what a candidate chose: `releases`, `documents` (bool), `language` (code or "").

    What already waits of the kinds no longer wanted is not sent. Returns the choices.
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
    """The address at which whoever has it stops, or takes again, the e-mails of a kind."""
    key = signing.Signer(salt=_SIGNER).sign_object([candidate_id, kind])
    return f"https://{settings.OFFICE_SITE}{reverse('candidates:unsubscribe', args=[key])}"


def read(key):
    """The candidate's key and the kind that a link names; None when it is not ours, or too late."""
    try:
        candidate_id, kind = signing.Signer(salt=_SIGNER).unsign_object(key)
    except (signing.BadSignature, ValueError):
        return None
    known = kind in OPTIONAL and Candidate.objects.filter(pk=candidate_id).exists()
    return (candidate_id, Message.Kind(kind)) if known else None
