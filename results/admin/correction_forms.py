"""The forms of the page that corrects one entry."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from candidates import values
from candidates.imports import enrolment
from candidates.models import Entry, School
from results.admin import wording
from results.marks import mark_file
from results.models import Mark, Test
from results.rules import KEPT, KeptRule
from results_portal.tabular import CellError

MarkValues = tuple[int | None, str, int | None]


class SchoolField(forms.ModelChoiceField):
    """A school by its UAI, typed: there are too many to choose from a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=School.objects.order_by("uai"),
            widget=forms.TextInput(attrs={"size": 10}),
            label=_("Établissement (UAI)"),
            required=False,
            error_messages={"invalid_choice": _("Aucun établissement n’a cet UAI.")},
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.strip().upper() if isinstance(value, str) else value)


class EntryForm(forms.ModelForm):
    """Fields of the entry: suspension, consent, status, units entered, origin of the candidate."""

    school = SchoolField()
    withheld = forms.BooleanField(
        label=_("Résultat suspendu"),
        required=False,
        help_text=_("Le candidat lit un texte fixe, toujours le même. Le motif reste interne."),
    )

    class Meta:
        model = Entry
        fields = [
            "withheld",
            "web_consent",
            "status",
            "form",
            "units",
            "subjects",
            "school",
            "academy",
            "posting_place",
            "centre",
        ]

    def clean_centre(self) -> str:
        return _read(values.centre, self.cleaned_data["centre"])

    def clean_units(self) -> str:
        units = _read(enrolment.units, self.cleaned_data["units"])
        self._check_codes(units.split())
        return units

    def clean_subjects(self) -> str:
        subjects = _read(enrolment.subjects, self.cleaned_data["subjects"])
        known = self._check_codes(pair.partition("=")[0] for pair in subjects.split("|") if pair)
        for pair in enrolment.not_offered(subjects, known):
            raise forms.ValidationError(enrolment.offer(pair, known))
        return subjects

    def _check_codes(self, codes: Iterable[str]) -> dict[str, list[str]]:
        """Return the subjects offered by code of test; refuse tests that the speciality lacks.

        One query, where any is named.
        """
        if not (named := list(codes)):
            return {}
        tests = Test.objects.filter(speciality=self.instance.speciality_id).order_by("position")
        known = dict(tests.values_list("code", "subjects"))
        if not set(named) <= set(known):
            message = _("épreuve inconnue (connues : %s)") % ", ".join(known)
            raise forms.ValidationError(message)
        return known


def _read(parse: Callable[[str], str], cell: str) -> str:
    try:
        return parse(cell)
    except CellError as refused:
        raise forms.ValidationError(str(refused)) from None


class MarkForm(forms.Form):
    """The mark of one test and round: a value, or the reason for its absence; empty: no mark."""

    value = forms.CharField(
        label=_("Note"), required=False, widget=forms.TextInput(attrs={"size": 6})
    )
    status = forms.ChoiceField(label=_("État"), required=False, choices=Mark.Status)
    origin = forms.IntegerField(
        label=_("Année d’origine"), required=False, widget=forms.TextInput(attrs={"size": 5})
    )

    def __init__(
        self,
        data: Any,
        *,
        test: Test,
        round: int,
        mark: Mark | None,
        year: int,
        kept: KeptRule,
    ) -> None:
        self.test, self.round, self.mark, self.year = test, round, mark, year
        self._kept = kept
        initial = {}
        if mark:
            shown = "" if mark.value is None else wording.hundredths(mark.value)
            initial = {"value": shown, "status": mark.status, "origin": mark.origin}
        super().__init__(data, prefix=f"note-{test.pk}-{round}", initial=initial)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}, {self.label}"

    @property
    def label(self) -> str:
        return f"{self.test.code}, {wording.round_name(self.round)}"

    @property
    def standing(self) -> str:
        """The state that the mark has, and the year of a kept one, or ""."""
        mark = self.mark
        if mark is None or not mark.status:
            return ""
        return " ".join(filter(None, [str(mark.get_status_display()), str(mark.origin or "")]))

    @property
    def states_open(self) -> bool:
        """Whether its state and year are to be seen: there is one, or one that is refused."""
        fields = self["status"], self["origin"]
        return any(field.value() or field.errors for field in fields)

    @property
    def before(self) -> MarkValues | None:
        """Value in hundredths, status and year of origin of the present mark, or None."""
        mark = self.mark
        return None if mark is None else (mark.value, mark.status, mark.origin)

    @property
    def after(self) -> MarkValues | None:
        """The submitted values, in the same form."""
        data = self.cleaned_data
        typed = data["value"], data["status"], data["origin"]
        return None if typed == (None, "", None) else typed

    @property
    def changed(self) -> bool:
        return self.before != self.after

    def clean_value(self) -> int | None:
        try:
            return mark_file.mark(self.cleaned_data["value"])
        except CellError as refused:
            raise forms.ValidationError(str(refused)) from None

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if data.get("status") == Mark.Status.FORCE_MAJEURE and data.get("value") == 0:
            data["value"] = None  # it counts 0 anyway (D. 643-24)
        if not self.errors and self.changed and self.after:
            row = ("", self.test.code, data["value"], data["status"], self.round, data["origin"])
            fields = {"note": "value", "session_origine": "origin", "tour": "status"}
            for column, _cell, message in mark_file.check(self.year)(row):
                self.add_error(fields[column], str(message))
            if not self.errors:
                self._check_against_regulation(data["value"], data["status"], data["origin"])
        return data

    def _check_against_regulation(self, value: int | None, status: str, origin: int | None) -> None:
        test, kept = self.test, self._kept
        if status in KEPT and origin is not None and origin < self.year - kept.sessions:
            self.add_error("origin", mark_file.too_old(self.year, kept.sessions))
        benefit = value is not None and value >= 100 * kept.from_mark
        if status in KEPT and benefit != (status == Mark.Status.BENEFIT):
            self.add_error("value", mark_file.on_the_wrong_side(status, kept.from_mark))
        if not status and value is not None and not test.rounding and value % (100 * test.step):
            self.add_error("value", mark_file.off_step(test.step))

    def save(self, entry: Entry) -> None:
        if self.after is None:
            if self.mark:
                Mark.objects.filter(pk=self.mark.pk).delete()
            return
        values = dict(zip(("value", "status", "origin"), self.after, strict=True))
        Mark.objects.update_or_create(
            entry=entry, test=self.test, round=self.round, defaults=values
        )


class ReasonForm(forms.Form):
    """Reason of the edit, and digest of the entry as it was when the form was shown."""

    reason = forms.CharField(
        label=_("Motif"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=_(
            "Le candidat le lit si son résultat est déjà public. Quand vous suspendez un résultat, "
            "ou levez la suspension, il reste interne."
        ),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
