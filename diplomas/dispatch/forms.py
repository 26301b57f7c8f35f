"""Forms by which the office prepares batches and records the events of diplomas."""

from typing import cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from candidates.models import Session
from diplomas.models import CustodyEvent, Diploma, EventKind, Route

CollectedBy = CustodyEvent.CollectedBy


class PrepareForm(forms.Form):
    session = forms.ModelChoiceField(Session.objects.order_by("-year", "code"), label=_("Session"))
    route = forms.ChoiceField(
        label=_("Voie"), required=False, choices=[("", _("les deux")), *Route.choices]
    )


class HoldForm(forms.Form):
    """Form of the diplomas to take out of a batch, and the reason."""

    diploma = forms.ModelMultipleChoiceField(Diploma.objects.none())
    reason = forms.CharField(
        label=_("Motif"), max_length=500, widget=forms.Textarea(attrs={"rows": 2, "cols": 80})
    )

    def __init__(self, *args, batch, **kwargs):
        super().__init__(*args, **kwargs)
        diploma = cast(forms.ModelMultipleChoiceField, self.fields["diploma"])
        diploma.queryset = batch.diplomas.all()


class DayForm(forms.Form):
    """Form of the day of an event: from `since` to today, both included."""

    day = forms.DateField(
        label=_("Jour"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args, since=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.since = since
        self.fields["day"].initial = timezone.localdate

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Ce jour n’est pas encore venu."))
        if self.since and day < self.since:
            raise forms.ValidationError(_("C’est avant l’étape précédente."))
        return day


def _tracking():
    return forms.CharField(label=_("Numéro du transporteur"), required=False, max_length=60)


def _note():
    return forms.CharField(
        label=_("Remarque"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=_("Pour le service seulement : le candidat ne la lit pas."),
    )


class BatchesForm(forms.Form):
    """Form of the batches that take a step together, out of those that may."""

    batch = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": _("Cochez au moins un lot.")}
    )

    def __init__(self, *args, batches, **kwargs):
        super().__init__(*args, **kwargs)
        batch = cast(forms.TypedMultipleChoiceField, self.fields["batch"])
        batch.choices = [(found.pk, found.reference) for found in batches]


class SentForm(DayForm):
    tracking = _tracking()


class ArrivedForm(DayForm):
    note = _note()


class SentAgainForm(DayForm):
    tracking = _tracking()
    note = _note()
    same_address = forms.BooleanField(
        label=_(
            "Oui, à la même adresse : la poste n’y a pas trouvé le candidat, mais je sais qu’elle "
            "est bonne."
        ),
        error_messages={
            "required": _("Confirmez, ou attendez que le candidat en donne une autre.")
        },
    )


class ReturnedForm(DayForm):
    cause = forms.ChoiceField(label=_("Cause"), choices=CustodyEvent.Cause)
    note = _note()


class CollectedForm(DayForm):
    collected_by = forms.ChoiceField(
        label=_("Remis à"), choices=CollectedBy, widget=forms.RadioSelect
    )
    proxy_name = forms.CharField(
        label=_("Nom de cette personne"),
        required=False,
        max_length=120,
        help_text=_("Seulement pour une autre personne : comme sur sa pièce d’identité."),
    )
    note = _note()

    def clean(self):
        super().clean()
        data = self.cleaned_data
        by_proxy = data.get("collected_by") == CollectedBy.PROXY
        data["proxy_name"] = data.get("proxy_name", "").strip() if by_proxy else ""
        if by_proxy and not data["proxy_name"]:
            self.add_error("proxy_name", _("Écrivez le nom de la personne venue."))
        return data


OF_KIND = {
    EventKind.ARRIVED: ArrivedForm,
    EventKind.COLLECTED: CollectedForm,
    EventKind.RETURNED: ReturnedForm,
    EventKind.SENT_AGAIN: SentAgainForm,
}
