"""Forms that schedule and withdraw releases."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from candidates.models import Session, Speciality
from results.models import ROUNDS
from results.publication import hours

NOW, LATER = "now", "later"


class ScheduleForm(forms.Form):
    round = forms.TypedChoiceField(label=_("Tour"), coerce=int, choices=ROUNDS)
    specialities = forms.ModelMultipleChoiceField(
        Speciality.objects.none(),
        label=_("Spécialités"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choisissez au moins une spécialité.")},
    )
    when = forms.ChoiceField(
        label=_("Ouverture"),
        choices=[(LATER, _("à une date et une heure")), (NOW, _("maintenant"))],
        widget=forms.RadioSelect,
        initial=LATER,
    )
    day = forms.DateField(
        label=_("Jour"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    hour = forms.TimeField(
        label=_("Heure (de Paris)"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        specialities = Speciality.objects.entered_in(session).order_by("code")
        cast(forms.ModelMultipleChoiceField, self.fields["specialities"]).queryset = specialities

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        data["opens_at"] = None
        if data.get("when") == LATER:
            self._clean_hour(data)
        return data

    def _clean_hour(self, data: dict[str, Any]) -> None:
        if not data.get("day") or not data.get("hour"):
            if not self.errors:
                self.add_error(
                    "day", _("Indiquez le jour et l’heure, ou choisissez « maintenant ».")
                )
            return
        try:
            data["opens_at"] = hours.paris_hour(datetime.combine(data["day"], data["hour"]))
        except hours.WrongHour as wrong:
            self.add_error("day", str(wrong))
            return
        if data["opens_at"] <= timezone.now():
            self.add_error(
                "day",
                _("Cette heure est passée : pour ouvrir aussitôt, choisissez « maintenant »."),
            )


class WithdrawForm(forms.Form):
    message = forms.CharField(
        label=_("Message affiché aux candidats pendant le retrait"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
        help_text=_("Facultatif. Il ne nomme personne et ne donne aucun résultat."),
    )
