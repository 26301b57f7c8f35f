"""The correction of one entry: the candidate's identity, the entry itself, and its marks."""

import copy
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from candidates.admin.forms import IdentityForm
from candidates.civil_status import requests
from candidates.models import Entry, IdentityRequest
from results import rules
from results.admin import wording
from results.admin.correction_forms import EntryForm, MarkForm
from results.admin.entry_edit import ChangedValue, EntryEdit
from results.admin.mark_conflicts import conflicts
from results.models import Decision, Mark, Regulation, Test, Verdict
from results.regulations import rulebook


class CorrectionEdit(EntryEdit):
    """A correction; with `asked`, an accepted request, filled in with what it asks for."""

    book: rulebook.Rulebook | None

    def __init__(
        self,
        entry: Entry,
        data: Mapping[str, Any] | None = None,
        *,
        asked: IdentityRequest | None = None,
    ) -> None:
        super().__init__(entry, data)
        self.asked = asked
        values: dict[str, Any] = {}
        if asked and data is None:
            values = requests.wanted(asked)
            if "birth_date" in values:
                values["birth_date"] = date.fromisoformat(values["birth_date"])
            self.reason.initial["reason"] = asked.reason
        candidate = copy.copy(entry.candidate)
        self.identity = IdentityForm(data, instance=candidate, prefix="identite", initial=values)
        self.own = EntryForm(data, instance=copy.copy(entry), prefix="inscription")
        self.kept = {(mark.test_id, mark.round): mark for mark in Mark.objects.filter(entry=entry)}
        self.marks = [
            MarkForm(
                data,
                test=test,
                round=round,
                mark=self.kept.get((test.pk, round)),
                year=entry.session.year,
                kept=self.book.regulation.kept if self.book else rules.KeptRule(),
            )
            for test, round in self._places()
        ]

    @property
    def forms(self) -> Sequence[forms.BaseForm]:
        return [self.identity, self.own, *self.marks, self.reason]

    @property
    def internal(self) -> bool:
        return super().internal or self.own.cleaned_data["withheld"]

    @property
    def suspends(self) -> bool:
        alone = len(self.changed_values()) == 1 and "withheld" in changed_fields(self.own)
        return alone and self.own.cleaned_data["withheld"]

    def is_valid(self) -> bool:
        return super().is_valid() and self._marks_are_possible()

    def changed_values(self) -> list[ChangedValue]:
        return [
            *(_changed_value(self.identity, name) for name in changed_fields(self.identity)),
            *(_changed_value(self.own, name) for name in changed_fields(self.own)),
            *(
                ChangedValue(
                    form.label,
                    wording.mark(*form.before) if form.before else wording.NOTHING,
                    wording.mark(*form.after) if form.after else wording.NOTHING,
                )
                for form in self.marks
                if form.changed
            ),
        ]

    def save(self, by: User) -> None:
        for form in (self.identity, self.own):
            if names := changed_fields(form):
                form.instance.save(update_fields=names)
        for mark_form in self.marks:
            if mark_form.changed:
                mark_form.save(self.entry)
        requests.note_corrections(self.entry.candidate_id, answered=self.asked)

    def nothing_to_change(self) -> None:
        requests.note_corrections(self.entry.candidate_id)

    def _places(self) -> list[tuple[Test, int]]:
        """Return each test and round that may have a mark."""
        try:
            self.book = rulebook.load(self.entry.speciality, self.entry.session)
        except Regulation.DoesNotExist:
            self.book = None
            return []
        tests = list(Test.objects.filter(speciality=self.entry.speciality).order_by("position"))
        places = [(test, 1) for test in tests]
        if self._called or any(round == 2 for _test, round in self.kept):
            lists = rules.open_to_second_round(self.book.regulation)
            open_codes = {rule.code for rule_list in lists for rule in rule_list}
            places += [(test, 2) for test in tests if test.code in open_codes]
        return places

    @property
    def states_open(self) -> bool:
        """Whether a mark has a state or a year, or one that is refused."""
        return any(form.states_open for form in self.marks)

    @property
    def _called(self) -> bool:
        return Decision.objects.filter(entry=self.entry, verdict=Verdict.CONTROL).exists()

    def _may_carry(self, form: str) -> bool:
        """Whether a mark below ten may be carried over: in the progressive form, or by rule."""
        by_rule = self.book is not None and self.book.regulation.kept.report_from is not None
        return by_rule or form == self.entry.Form.PROGRESSIVE

    def _marks_are_possible(self) -> bool:
        """Whether the regulation allows these marks together; if not, add an error to the form."""
        form_of_exam = self.own.cleaned_data["form"]
        taken = []
        for form in self.marks:
            if form.after is None:
                continue
            value, status, origin = form.after
            taken.append(
                rules.MarkTaken(form.test.code, value, rules.MarkStatus(status), form.round, origin)
            )
            if status == Mark.Status.CARRIED and not self._may_carry(form_of_exam):
                form.add_error("status", _("Un report suppose la forme progressive."))
        if any(form.errors for form in self.marks):
            return False
        if self.book is None:  # without a regulation there is no mark
            return True
        for form, sentence in conflicts(self.marks, self.book):
            form.add_error("value", sentence)
        if any(form.errors for form in self.marks):
            return False
        try:
            for round in {mark.round for mark in taken}:
                rules.decide(self.book.regulation, taken, round=round)
        except ValueError:
            self.reason.add_error(
                None,
                _(
                    "Le règlement n’admet pas ces notes ensemble : une épreuve en parties est "
                    "notée par ses parties, et le second tour ne porte que sur les épreuves "
                    "ouvertes au candidat, sans dépasser leur nombre."
                ),
            )
        return not self.reason.errors


def changed_fields(form: forms.ModelForm) -> list[str]:
    """Return the names of the fields of a valid model form whose value has changed."""
    return [
        name
        for name in form.changed_data
        if _plain(form.cleaned_data[name]) != form.initial.get(name)
    ]


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


def _changed_value(form: forms.ModelForm, name: str) -> ChangedValue:
    field = form.fields[name]
    return ChangedValue(
        capfirst(str(field.label)),
        _shown(field, form.initial.get(name)),
        _shown(field, _plain(form.cleaned_data[name])),
    )


def _shown(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        return str(field.queryset.filter(pk=value).first() or wording.NOTHING)
    return wording.field_value(field, value)
