"""The jury's sovereign decision for one entry: points, with their reason."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from candidates.models import Entry
from results import rules
from results.admin import wording
from results.admin.entry_edit import ChangedValue, EntryEdit
from results.admin.publication_status import rounds_out
from results.jury import raising
from results.jury.deliberation import DeliberationRefused
from results.models import ROUNDS, Decision, JuryDecision, Verdict
from results.rights import may_correct, may_grant_points


class PointsField(forms.DecimalField):
    """Points with a decimal comma or point."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class JuryForm(forms.Form):
    """Points for a round; proposes those missing to the nearest threshold, and refuses more.

    `nearest`: that threshold by round, for the rounds that may be raised.
    """

    round = forms.TypedChoiceField(label=_("Tour"), coerce=int, choices=ROUNDS)
    points = PointsField(
        label=_("Points accordés"),
        min_value=0,
        max_digits=6,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"size": 6}),
        help_text=_(
            "Ajoutés au total des points (notes × coefficients). Zéro annule la décision prise."
        ),
    )

    def __init__(
        self, *args: Any, nearest: Mapping[int, rules.Raise | None], **kwargs: Any
    ) -> None:
        self.nearest = nearest
        last = max(nearest)
        proposed = nearest[last]
        super().__init__(*args, **kwargs)
        self.initial = {"round": last, "points": proposed and proposed.most_points}
        choices = [(round, label) for round, label in ROUNDS if round in nearest]
        cast(forms.ChoiceField, self.fields["round"]).choices = choices

    def clean(self) -> dict[str, Any]:
        super().clean()
        round, points = self.cleaned_data.get("round"), self.cleaned_data.get("points")
        if round and points and (problem := raising.excess(points, self.nearest[round])):
            self.add_error("points", problem)
        return self.cleaned_data


def rounds_to_decide(entry: Entry, user: User | AnonymousUser) -> list[int]:
    """Return the rounds of an entry for which someone may grant points of the jury.

    A jury secretary may until the round's result is public; a manager, who corrects results, may
    afterwards too.
    """
    if not may_grant_points(user):
        return []
    called = Decision.objects.filter(entry=entry, verdict=Verdict.CONTROL).exists()
    called = called or JuryDecision.objects.filter(entry=entry, round=2).exists()
    rounds = [1, 2] if called else [1]
    if may_correct(user):
        return rounds
    out = rounds_out(entry)
    return [round for round in rounds if round not in out]


class JuryEdit(EntryEdit):
    """Points for one of the `rounds`, of which there is at least one."""

    def __init__(
        self, entry: Entry, data: Mapping[str, Any] | None = None, *, rounds: Sequence[int]
    ) -> None:
        super().__init__(entry, data)
        self.taken = {taken.round: taken for taken in JuryDecision.objects.filter(entry=entry)}
        self.nearest = {round: _nearest_raise(entry, round) for round in rounds}
        self.form = JuryForm(data, nearest=self.nearest)

    @property
    def forms(self) -> Sequence[forms.BaseForm]:
        return [self.form, self.reason]

    @property
    def proposals(self) -> list[tuple[str, str, str]]:
        """The name of each round, the points missing to the nearest threshold, and it; or ""."""
        return [
            (
                wording.round_name(round),
                raising.missing(nearest) if nearest else "",
                raising.outcome_of(nearest) if nearest else "",
            )
            for round, nearest in self.nearest.items()
        ]

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
        """Grant the points. Raises `PermissionDenied` if the round is no longer for `by` to decide.

        The lock of the session is held: no release opens what was asked about when the page came.
        """
        round, points = self.form.cleaned_data["round"], self.form.cleaned_data["points"]
        if round not in rounds_to_decide(self.entry, by):
            raise PermissionDenied
        reason = self.reason.cleaned_data["reason"]
        raising.grant(entry=self.entry, round=round, points=points, reason=reason, by=by)


def _nearest_raise(entry: Entry, round: int) -> rules.Raise | None:
    try:
        return raising.nearest_raise(entry, round=round)
    except DeliberationRefused:  # without a regulation there is no threshold
        return None
