"""A change to one entry's dossier that staff prepare, look at, and confirm."""

import hashlib
from dataclasses import dataclass

from django.db import transaction

from candidates.models import Candidate, Entry
from results.admin import wording
from results.admin.correction_forms import ReasonForm
from results.admin.refusals import refusals
from results.models import Decision, JuryDecision, Mark
from results.publication.correction import correction


@dataclass(frozen=True)
class Line:
    """Something that changes: its name, and its value before and after, in words."""

    what: str
    before: str
    after: str


_OF_ENTRY = (
    "status",
    "form",
    "school",
    "academy",
    "posting_place",
    "withheld",
    "web_consent",
)


class Moved(Exception):
    """The dossier is no longer what the change was made from; nothing was written."""


class _Rehearsed(Exception):
    pass


class Sheet:
    """What is typed about one entry. Subclasses say which forms, what changes, and how to save."""

    def __init__(self, entry, data=None):
        self.entry = entry
        self.state = state_of(entry)
        self.reason = ReasonForm(data, initial={"seen": self.state})

    @property
    def forms(self):
        raise NotImplementedError

    def lines(self):
        """The `Line` of each thing that changes."""
        raise NotImplementedError

    def save(self, by):
        raise NotImplementedError

    def is_valid(self):
        return not [form for form in self.forms if not form.is_valid()]  # each one says its errors

    @property
    def unmoved(self):
        return self.reason.cleaned_data["seen"] == self.state

    def hidden_fields(self):
        """Everything typed, to be sent again with the confirmation."""
        return [
            field
            for form in self.forms
            for field in form
            if (form, field.name) != (self.reason, "seen")
        ]

    def apply(self, by):
        """Make the change and let the result follow. Raises `Refused` or `Moved`."""
        with refusals(), correction(self.entry, by=by, reason=self.reason.cleaned_data["reason"]):
            if state_of(self.entry) != self.state:
                raise Moved
            self.save(by)

    def rehearse(self, by):
        """The decisions that the change leads to, as a `Line` for each round; writes nothing.

        Raises `Refused` when the change itself would be.
        """
        before, after = _decisions(self.entry), {}
        try:
            with transaction.atomic():
                self.apply(by)
                after = _decisions(self.entry)
                raise _Rehearsed
        except _Rehearsed:
            pass
        return [
            Line(
                wording.round_name(round),
                before.get(round, wording.NOTHING),
                after.get(round, wording.NOTHING),
            )
            for round in sorted(before | after)
        ]


def state_of(entry):
    """A digest of all that can be changed about an entry: it tells whether somebody else did."""
    parts = [
        *Candidate.objects.filter(pk=entry.candidate_id).values_list(),
        *Entry.objects.filter(pk=entry.pk).values_list(*_OF_ENTRY),
        *Mark.objects.filter(entry=entry).order_by("pk").values_list(),
        *JuryDecision.objects.filter(entry=entry).order_by("pk").values_list(),
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _decisions(entry):
    found = Decision.objects.filter(entry=entry).order_by("round")
    return {decision.round: wording.decision(decision) for decision in found}
