"""An edit of one entry that staff prepare, review, and confirm."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.forms import BaseForm, BoundField

from candidates.models import Candidate, Entry
from results.admin import wording
from results.admin.correction_forms import ReasonForm
from results.admin.refusals import refusals
from results.jury.dossiers import Selection
from results.jury.raising import overgranted
from results.models import Decision, JuryDecision, Mark, PublishedResult
from results.publication.correction import correction


@dataclass(frozen=True)
class ChangedValue:
    """A value that an edit changes: its name, and its text before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Rehearsal:
    """The effect of an edit: the decision of each round, and the number of new revisions.

    `decides_otherwise`: a verdict or a mention changes, other than by a suspension. `warnings`:
    sentences to read before it is confirmed.
    """

    decisions: list[ChangedValue]
    revisions: int
    decides_otherwise: bool
    warnings: list[str]


_OF_ENTRY = (
    "status",
    "form",
    "units",
    "subjects",
    "school",
    "academy",
    "posting_place",
    "centre",
    "withheld",
    "web_consent",
)


class StaleEdit(Exception):
    """The entry has changed since the form was shown; nothing was written."""


class EntryEdit:
    """Abstract edit of one entry. Subclasses give its forms, its changed values, and `save`."""

    def __init__(self, entry: Entry, data: Mapping[str, Any] | None = None) -> None:
        self.entry = entry
        self.state = digest_of(entry)
        self.reason = ReasonForm(data, initial={"seen": self.state})

    @property
    def forms(self) -> Sequence[BaseForm]:
        raise NotImplementedError

    def changed_values(self) -> list[ChangedValue]:
        """Return the values that differ from those of the entry; the forms are valid."""
        raise NotImplementedError

    def save(self, by: User) -> None:
        raise NotImplementedError

    def nothing_to_change(self) -> None:
        """Do what follows when the entry is already as the edit would make it."""

    def is_valid(self) -> bool:
        return not [form for form in self.forms if not form.is_valid()]  # each lists its errors

    @property
    def internal(self) -> bool:
        """Whether the reason stays in the office; the forms are valid."""
        return self.entry.withheld

    @property
    def suspends(self) -> bool:
        """Whether the result is suspended and nothing else changes; the forms are valid."""
        return False

    @property
    def up_to_date(self) -> bool:
        """Whether the entry is as it was when the form was shown."""
        return self.reason.cleaned_data["seen"] == self.state

    def hidden_fields(self) -> list[BoundField]:
        """Return all fields, to be sent again with the confirmation."""
        return [
            field
            for form in self.forms
            for field in form
            if (form, field.name) != (self.reason, "seen")
        ]

    def apply(self, by: User, *, confirmed: str = "") -> None:
        """Save the edit and rewrite the result. Raises `Refused`, `StaleEdit` or `OpeningSoon`.

        `confirmed`: the code of the session, typed to change a result that opens within the hour.
        """
        reason = self.reason.cleaned_data["reason"]
        with refusals(), correction(self.entry, by=by, reason=reason, confirmed=confirmed):
            if digest_of(self.entry) != self.state:
                raise StaleEdit
            self.save(by)

    def rehearse(self, by: User) -> Rehearsal:
        """Return what the edit would do; write nothing.

        Raises `Refused` or `StaleEdit`, as `apply` would.
        """
        before, rows = _decisions(self.entry), self._published_rows()
        verdicts = _verdicts(self.entry)
        with transaction.atomic():
            self.apply(by, confirmed=self.entry.session.code)
            after, rows = _decisions(self.entry), self._published_rows() - rows
            decides_otherwise = _verdicts(self.entry) != verdicts and not self.suspends
            warnings = _overgranted(self.entry)
            transaction.set_rollback(True)
        decisions = [
            ChangedValue(
                wording.round_name(round),
                before.get(round, wording.NOTHING),
                after.get(round, wording.NOTHING),
            )
            for round in sorted(before | after)
        ]
        return Rehearsal(decisions, rows, decides_otherwise, warnings)

    def note_in_journal(self, by: User, title: Any, values: Sequence[ChangedValue]) -> None:
        """Have the journal of the entry say what has been changed, and why."""
        reason = self.reason.cleaned_data["reason"]
        changes = " ; ".join(
            f"{value.name}\xa0: {value.before} → {value.after}" for value in values
        )
        LogEntry.objects.log_actions(
            by.pk,
            [self.entry],
            CHANGE,
            change_message=f"{title} – {reason} – {changes}",
            single_object=True,
        )

    def _published_rows(self) -> int:
        person = self.entry.candidate_id
        return PublishedResult.objects.filter(entry__candidate=person).count()


def digest_of(entry: Entry) -> str:
    """Return a digest of everything that can be changed about an entry, to detect other edits."""
    parts = [
        *Candidate.objects.filter(pk=entry.candidate_id).values_list(),
        *Entry.objects.filter(pk=entry.pk).values_list(*_OF_ENTRY),
        *Mark.objects.filter(entry=entry).order_by("pk").values_list(),
        *JuryDecision.objects.filter(entry=entry).order_by("pk").values_list(),
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _decisions(entry: Entry) -> dict[int, str]:
    found = Decision.objects.filter(entry=entry).order_by("round")
    return {decision.round: decision.in_words for decision in found}


def _verdicts(entry: Entry) -> set[tuple[int, str, str]]:
    found = Decision.objects.filter(entry=entry).order_by("round")
    return set(found.values_list("round", "verdict", "mention"))


def _overgranted(entry: Entry) -> list[str]:
    """Return a sentence for each decision of the jury that exceeds what is missing now."""
    selections = (Selection(entry.session_id, round, entry_ids=(entry.pk,)) for round in (1, 2))
    return [problem for selection in selections for _number, problem in overgranted(selection)]
