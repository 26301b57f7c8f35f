"""A proposal from its making to its end."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from candidates.models import Entry, FileImport, Job, Proposal, Session
from candidates.proposals import kinds, people, telling
from candidates.proposals.kinds import Lapsed

_State = Proposal.State


class AlreadyProposed(Exception):
    """Something that a proposal would change is in `other`, which waits already."""

    def __init__(self, other: Proposal) -> None:
        super().__init__(str(other))
        self.other = other


class Ended(Exception):
    """The proposal had ended, as its `proposal` says."""

    def __init__(self, proposal: Proposal) -> None:
        super().__init__(str(proposal))
        self.proposal = proposal


def propose(
    kind: str,
    *,
    label: str,
    session: Session,
    by: Any,
    things: Sequence[str],
    payload: Mapping[str, Any],
    digest: str,
    opens_at: datetime | None = None,
    entry: Entry | None = None,
    file_import: FileImport | None = None,
) -> Proposal:
    """Keep an act until another person approves it, and tell those who may.

    Raises `AlreadyProposed` where an open proposal is about one of the `things`.
    """
    with transaction.atomic():
        Session.objects.select_for_update(no_key=True).get(pk=session.pk)
        let_pass()
        if other := Proposal.objects.waiting().about(*things).first():
            raise AlreadyProposed(other)
        proposal = Proposal.objects.create(
            kind=kind,
            label=label[:200],
            session=session,
            proposed_by=by,
            things=list(things),
            payload=dict(payload),
            digest=digest,
            opens_at=opens_at,
            entry=entry,
            file_import=file_import,
        )
        telling.ask_approval(proposal)
    return proposal


def approve(pk: int, *, by: Any, posted: Mapping[str, str]) -> Proposal:
    """Do what was proposed, in the name of its author, or ask the worker for it; all or nothing.

    Raises `PermissionDenied` for its author and for whoever may not approve, `Ended` when it had
    ended or has lapsed just now, `NotSure` of its kind.
    """
    let_pass()
    try:
        with transaction.atomic():
            proposal = _locked(pk, allowed=partial(people.may_approve, by))
            _end(proposal, _State.APPROVED, by=by)
            proposal.job = kinds.get(proposal.kind).act(proposal, posted)
            proposal.save()
    except Lapsed as lapsed:
        raise Ended(_lapse(pk, lapsed.problems)) from lapsed
    return proposal


def refuse(pk: int, *, by: Any, reason: str) -> Proposal:
    """End a proposal with a reason; errors as `approve`."""
    let_pass()
    with transaction.atomic():
        proposal = _locked(pk, allowed=partial(people.may_approve, by))
        return _end(proposal, _State.REFUSED, by=by, reason=reason)


def take_back(pk: int, *, by: Any) -> Proposal:
    """End one's own proposal. Raises `PermissionDenied` for anybody else, `Ended`."""
    let_pass()
    with transaction.atomic():
        proposal = _locked(pk, allowed=lambda found: found.proposed_by_id == by.pk)
        return _end(proposal, _State.TAKEN_BACK, by=by)


def shown(proposal: Proposal) -> dict[str, Any]:
    """Return the context of its kind's template. Raises `Ended` when it lapses just now."""
    try:
        return kinds.get(proposal.kind).show(proposal)
    except Lapsed as lapsed:
        raise Ended(_lapse(proposal.pk, lapsed.problems)) from lapsed


def let_pass() -> None:
    """End the proposals whose hour has passed before anybody approved them."""
    passed = Proposal.objects.filter(state=_State.WAITING, opens_at__lte=Now())
    _let_lapse(passed, [_("L’heure demandée a passé avant que quelqu’un approuve.")])


def let_lapse_of_job(job: Job, problems: Iterable[str]) -> None:
    """Say of an approved proposal that its job did not do it, and why."""
    _let_lapse(Proposal.objects.filter(job=job, state=_State.APPROVED), problems)


def let_lapse_of_file(row: FileImport) -> None:
    """End the open proposal of a file that is given up."""
    waiting = Proposal.objects.filter(file_import=row, state=_State.WAITING)
    _let_lapse(waiting, [_("Le fichier a été abandonné.")])


def _locked(pk: int, *, allowed: Callable[[Proposal], bool]) -> Proposal:
    proposal = Proposal.objects.select_for_update(of=("self",)).get(pk=pk)
    if not allowed(proposal):
        raise PermissionDenied
    if not proposal.is_waiting:
        raise Ended(proposal)
    return proposal


def _end(proposal: Proposal, state: str, *, by: Any, reason: str = "") -> Proposal:
    now = timezone.now()
    proposal.state, proposal.decided_by, proposal.reason = state, by, reason
    proposal.decided_at = proposal.ended_at = now
    proposal.save()
    return proposal


def _lapse(pk: int, problems: Iterable[str]) -> Proposal:
    """End a proposal that still waits; whoever was quicker has ended it otherwise."""
    _let_lapse(Proposal.objects.filter(pk=pk, state=_State.WAITING), problems)
    return Proposal.objects.get(pk=pk)


def _let_lapse(proposals: Any, problems: Iterable[str]) -> None:
    reason = "\n".join(map(str, problems))
    proposals.update(state=_State.LAPSED, ended_at=timezone.now(), reason=reason)
