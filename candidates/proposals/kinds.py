"""The kinds of acts that take two people, registered by the apps."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from candidates.models import Job, Proposal


class _Refusal(Exception):
    """`problems`: a sentence for each reason."""

    def __init__(self, problems: Iterable[str | Promise]) -> None:
        self.problems = [str(problem) for problem in problems]
        super().__init__("\n".join(self.problems))


class Lapsed(_Refusal):
    """What was proposed is not there any more."""


class NotSure(_Refusal):
    """Whoever approves has not typed or ticked what is asked for; nothing is done."""


@dataclass(frozen=True)
class ProposalKind:
    """A kind of act.

    `show(proposal)` returns the context of `template`, which shows what its author saw; it raises
    `Lapsed` when that has changed. `act(proposal, posted)` does it, in the name of its author, with
    the fields that the page of approval posted, in the transaction around it; it returns the job
    that does it where there is one, and raises `Lapsed` or `NotSure`. `address(proposal)`: of the
    page of what it changes.
    """

    name: str
    template: str
    show: Callable[[Proposal], dict[str, Any]]
    act: Callable[[Proposal, Mapping[str, str]], Job | None]
    address: Callable[[Proposal], str]


_kinds: dict[str, ProposalKind] = {}


def register(kind: ProposalKind) -> None:
    _kinds[kind.name] = kind


def get(name: str) -> ProposalKind:
    return _kinds[name]
