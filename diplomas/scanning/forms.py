"""Forms of the scanner page: what is noted, and the pile with what was just scanned."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from candidates.models import Session
from diplomas.dispatch.forms import DayForm
from diplomas.models import CustodyEvent, EventKind
from diplomas.scanning import pile
from diplomas.scanning.pile import Scan

PHOTOGRAPHS, LARGEST = 8, 12 << 20  # in one go; bytes of each
MOST_SENT = PHOTOGRAPHS * LARGEST + (1 << 20)


class ScanForm(DayForm):
    """Form of what is noted for the whole pile."""

    kind = forms.ChoiceField(
        label=_("Étape"), choices=[(kind.value, kind.label) for kind in pile.BY_SCAN]
    )
    cause = forms.ChoiceField(
        label=_("Cause du retour"),
        choices=CustodyEvent.Cause,
        help_text=_("Pour un retour seulement."),
    )
    session = forms.ModelChoiceField(
        Session.objects.order_by("-year", "code"),
        label=_("Session"),
        required=False,
        empty_label=_("toutes"),
    )
    field_order = ["kind", "cause", "day", "session"]

    @property
    def scan(self) -> Scan:
        """What is asked, of a valid form."""
        asked = self.cleaned_data
        kind = EventKind(asked["kind"])
        details: dict[str, str] = {}
        if kind == EventKind.RETURNED:
            details = {"cause": asked["cause"]}
        elif kind == EventKind.COLLECTED:
            details = {"collected_by": CustodyEvent.CollectedBy.CANDIDATE}
        return Scan(kind, asked["day"], asked["session"], details)


class _Pictures(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotographsField(forms.FileField):
    """Field of several photographs: a list of files."""

    widget = _Pictures

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = [super(PhotographsField, self).clean(file) for file in data or []]
        if len(files) > PHOTOGRAPHS:
            raise forms.ValidationError(
                _("%(n)d photos au plus à la fois."), params={"n": PHOTOGRAPHS}
            )
        if any(file.size > LARGEST for file in files):
            raise forms.ValidationError(
                _("Chaque photo fait %(n)d Mo au plus."), params={"n": LARGEST >> 20}
            )
        return files


class PileForm(forms.Form):
    """Form of the codes that were scanned, and of the next."""

    code = forms.CharField(
        label=_("Code"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    photographs = PhotographsField(
        label=_("Photos"),
        required=False,
        widget=_Pictures(attrs={"accept": "image/jpeg,image/png", "capture": "environment"}),
        help_text=_("Plusieurs enveloppes sur une photo, bien à plat, chaque carré visible."),
    )
    pile = forms.CharField(required=False, widget=forms.HiddenInput)
