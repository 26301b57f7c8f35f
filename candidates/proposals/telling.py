"""E-mails to those who may approve, through the outbox."""

from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from candidates.messages import outbox
from candidates.models import Proposal
from candidates.proposals import people


def ask_approval(proposal: Proposal) -> None:
    """Write to everybody who may approve a proposal, that it waits."""
    write_to_others(
        proposal.proposed_by,
        key=f"proposal {proposal.pk}",
        subject=_("À approuver : une proposition attend une seconde personne"),
        template="candidates/mail/proposal",
        context={"proposal": proposal},
    )


def write_to_others(
    author: User, *, key: str, subject: Any, template: str, context: dict[str, Any]
) -> None:
    """Write to those who may approve, but for `author`, where they have an address."""
    for person in people.approvers().exclude(pk=author.pk).exclude(email=""):
        outbox.write(
            key=f"{key} {person.pk}",
            entry_id=None,
            to=person.email,
            subject=subject,
            template=template,
            context={**context, "author": author},
        )
