"""The jury's sovereign decision for one entry: points, with their reason."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from candidates.models import Entry
from results.admin import wording
from results.admin.entry_edit import ChangedValue, EntryEdit
from results.models import ROUNDS, Decision, JuryDecision, Verdict


class PointsField(forms.DecimalField):
    """Points with a decimal comma or point."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class JuryForm(forms.Form):
    round = forms.TypedChoiceField(label=_("Tour"), coerce=int, choices=ROUNDS)
    points = PointsField(
        label=_("Points accordés"),
        min_value=0,
        max_digits=6,
        decimal_places=2,
        widget=forms.TextInput(attrs={"size": 6}),
        help_text=_(
            "Ajoutés au total des points (notes × coefficients). Zéro annule la décision prise."
        ),
    )

    def __init__(self, *args: Any, second_round: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not second_round:
            cast(forms.ChoiceField, self.fields["round"]).choices = ROUNDS[:1]


class JuryEdit(EntryEdit):
    def __init__(self, entry: Entry, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(entry, data)
        self.taken = {taken.round: taken for taken in JuryDecision.objects.filter(entry=entry)}
        called = Decision.objects.filter(entry=entry, verdict=Verdict.CONTROL).exists()
        self.form = JuryForm(data, second_round=called or 2 in self.taken)

    @property
    def forms(self) -> Sequence[forms.BaseForm]:
        return [self.form, self.reason]

    def changed_values(self) -> list[ChangedValue]:
        round, points = self.form.cleaned_data["round"], self.form.cleaned_data["points"]
        reason, taken = self.reason.cleaned_data["reason"], self.taken.get(round)
        before = wording.jury_decision(taken.points, taken.reason) if taken else wording.NOTHING
        after = wording.jury_decision(points, reason) if points else wording.NOTHING
        if before == after:
            return []
        label = capfirst(wording.round_name(round))
        return [ChangedValue(f"{label}, {_('points du jury')}", before, after)]

    def save(self, by: User) -> None:
        round, points = self.form.cleaned_data["round"], self.form.cleaned_data["points"]
        if not points:
            JuryDecision.objects.filter(entry=self.entry, round=round).delete()
            return
        values = {
            "points": points,
            "reason": self.reason.cleaned_data["reason"],
            "author": by,
            "created_at": timezone.now(),
        }
        JuryDecision.objects.update_or_create(entry=self.entry, round=round, defaults=values)
