"""Verdicts before and after a change of marks, for whoever must confirm it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db import transaction

from candidates.freeze import Change, changing
from results.marks import marks_import
from results.models import Decision
from results.publication import release
from results_portal.imports.staging import outcome_of

_MOST_SHOWN = 50

Decisions = Mapping[int, Decision]


class VerdictChange(NamedTuple):
    """The last decisions on an entry, of which the verdict or the mention differs."""

    before: Decision | None
    after: Decision

    @property
    def before_in_words(self) -> str:
        return self.before.in_words if self.before else "—"

    def __str__(self) -> str:
        return f"{self.after.entry.number} : {self.before_in_words} → {self.after.in_words}"


def decisions(entry_ids: Iterable[int]) -> Decisions:
    """Return the last decision on each entry that has one, by its key."""
    found = Decision.objects.filter(entry__in=list(entry_ids)).select_related("entry")
    last = found.order_by("entry_id", "-round").distinct("entry_id")
    return {decision.entry_id: decision for decision in last}


def changes(before: Decisions, after: Decisions) -> list[VerdictChange]:
    """Return the changes of verdict or mention, in the order of the candidate numbers."""
    found = [VerdictChange(before.get(key), decision) for key, decision in after.items()]
    differing = [one for one in found if _verdict(one.before) != _verdict(one.after)]
    return sorted(differing, key=lambda one: one.after.entry.number)


def effects(found: list[VerdictChange]) -> dict[str, Any]:
    """Return what the page of an import shows of changes: counted by kind, and the first ones."""
    counted = Counter(f"{_short(one.before)} → {_short(one.after)}" for one in found)
    return {
        "total": len(found),
        "counted": counted.most_common(),
        "first": [
            [one.after.entry.number, one.before_in_words, one.after.in_words]
            for one in found[:_MOST_SHOWN]
        ],
    }


def rehearsed() -> dict[str, Any]:
    """Return the effects of the marks in `matched_mark` on decided entries; nothing is written.

    Raises the errors of `release.refresh`, which the import would raise too.
    """
    decided = decisions(marks_import.changed_entries())
    if not decided:
        return {}
    with transaction.atomic():
        with changing(Change.REFRESH):
            marks_import.write_marks(outcome_of("matched_mark"))
            release.refresh(list(decided))
        found = changes(decided, decisions(decided))
        transaction.set_rollback(True)
    return effects(found)


def _verdict(decision: Decision | None) -> tuple[str, str] | None:
    return (decision.verdict, decision.mention) if decision else None


def _short(decision: Decision | None) -> str:
    if decision is None:
        return "—"
    words = str(decision.get_verdict_display())
    return f"{words}, {decision.mention}" if decision.mention else words
