"""A change of one entry that changes a decision, as an act of two people."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from candidates.freeze import OpeningSoon
from candidates.models import Entry, IdentityRequest, Proposal
from candidates.proposals import acts, kinds
from candidates.proposals.kinds import Lapsed, NotSure
from results.admin.correction_edit import CorrectionEdit
from results.admin.entry_edit import EntryEdit, Rehearsal, StaleEdit
from results.admin.jury_edit import JuryEdit, rounds_to_decide
from results.admin.publication_status import status_of
from results.admin.refusals import Refused
from results.models import Release
from results.publication import hours

KIND = "correction"
_NOT_KEPT = {"csrfmiddlewaretoken", "_confirm", "_edit", "confirmed"}


def register() -> None:
    template = "admin/results/correction_proposal.html"
    kinds.register(kinds.ProposalKind(KIND, template, _show, _act, _address))


def takes_two(entry: Entry, rehearsal: Rehearsal) -> bool:
    """Whether an edit changes a decision of somebody whose results are scheduled or open.

    To suspend a result takes one person.
    """
    announced = Release.objects.announced().filter(results__entry__candidate=entry.candidate_id)
    return rehearsal.decides_otherwise and announced.exists()


def propose(edit: EntryEdit, posted: QueryDict, *, by: Any) -> Proposal:
    """Propose a valid edit as its page has confirmed it. Raises `AlreadyProposed`."""
    entry, asked = edit.entry, getattr(edit, "asked", None)
    return acts.propose(
        KIND,
        label=_("corriger le résultat d’un candidat, dont la décision change"),
        session=entry.session,
        by=by,
        things=[f"entry {entry.pk}"],
        payload={
            "jury": isinstance(edit, JuryEdit),
            "asked": asked and asked.pk,
            "fields": {n: values for n, values in posted.lists() if n not in _NOT_KEPT},
        },
        digest=edit.state,
        entry=entry,
    )


def _edit(proposal: Proposal) -> EntryEdit:
    """Return the edit that was proposed. Raises `Lapsed` where the entry has changed since."""
    entries = Entry.objects.select_related("session", "speciality", "candidate")
    entry, asked = entries.get(proposals=proposal), proposal.payload
    data = MultiValueDict(asked["fields"])
    edit: EntryEdit
    if asked["jury"]:
        rounds = rounds_to_decide(entry, proposal.proposed_by)
        if not rounds:
            raise Lapsed([_("Son auteur ne peut plus accorder de points à ce candidat.")])
        edit = JuryEdit(entry, data, rounds=rounds)
    else:
        key = asked["asked"]
        request = IdentityRequest.objects.filter(pk=key).first() if key else None
        edit = CorrectionEdit(entry, data, asked=request)
    if edit.state != proposal.digest or not edit.is_valid():
        raise Lapsed([_("Le dossier a changé depuis la proposition.")])
    return edit


def _show(proposal: Proposal) -> dict[str, Any]:
    edit, now = _edit(proposal), timezone.now()
    try:
        rehearsal = edit.rehearse(proposal.proposed_by)
    except Refused as refused:
        raise Lapsed(refused.problems) from refused
    status = status_of(edit.entry)
    soon = hours.opening_soon([edit.entry.pk], now=now)
    return {
        "entry": edit.entry,
        "edit": edit,
        "changes": edit.changed_values(),
        "outcome": rehearsal.decisions,
        "warnings": rehearsal.warnings,
        "effect": status.effect_of(revisions=rehearsal.revisions, internal=edit.internal),
        "doubts": [hours.soon_sentence(release, now) for release in soon],
        "code": edit.entry.session.code,
    }


def _act(proposal: Proposal, posted: Mapping[str, str]) -> None:
    edit = _edit(proposal)
    values = edit.changed_values()
    try:
        edit.apply(proposal.proposed_by, confirmed=posted.get("confirmed", "").strip())
    except Refused as refused:
        raise Lapsed(refused.problems) from refused
    except StaleEdit:
        raise Lapsed([_("Le dossier a changé depuis la proposition.")]) from None
    except OpeningSoon:
        raise NotSure([_("Tapez le code de la session pour confirmer.")]) from None
    edit.note_in_journal(proposal.proposed_by, _("Correction approuvée"), values)


def _address(proposal: Proposal) -> str:
    return reverse("admin:candidates_entry_change", args=[proposal.entry_id])
