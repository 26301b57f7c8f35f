"""Forms of the admin pages, read by the parsers of imported cells."""

import hashlib
from collections.abc import Callable

from django import forms
from django.utils.translation import gettext_lazy as _

from candidates import typed, values
from candidates.identification.forms import BirthDateField
from candidates.models import Candidate
from candidates.postal.address import FIELDS, Address
from results_portal.tabular import CellError


class CellReadingForm(forms.ModelForm):
    """Form whose fields named in `readers` are read by a parser of cells."""

    readers: dict[str, Callable[[str], object]] = {}

    def clean(self):
        super().clean()
        for name, parse in self.readers.items():
            if name in self.cleaned_data:
                try:
                    self.cleaned_data[name] = parse(self._as_cell(name))
                except CellError as refused:
                    self.add_error(name, str(refused))
        return self.cleaned_data

    def _as_cell(self, name):
        value = self.cleaned_data[name]
        return "" if value is None else str(value)


class CandidateAddressForm(CellReadingForm):
    """Form of a candidate's address and e-mail, within the limits of an envelope.

    A change has a `reason`, and is `confirmed` once read again; `seen` is the digest of the address
    that the form was opened with.
    """

    reason = forms.CharField(
        label=_("Motif du changement"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        help_text=_("Pour le service seulement : le candidat ne le lit pas."),
    )
    confirmed = forms.BooleanField(
        label=_("J’ai relu ce changement. Le candidat en est prévenu par courriel."),
        required=False,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    readers = {
        **dict.fromkeys(("address1", "address2", "address3"), values.address_line),
        "city": values.town,
        "postcode": values.postcode,
        "country": values.country,
        "email": values.email,
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.present = Address.of(self.instance)
        if "seen" in self.fields:  # who may only look has no fields
            self.fields["seen"].initial = self.digest

    @property
    def digest(self):
        return hashlib.sha256(repr(self.present).encode()).hexdigest()

    @property
    def address(self):
        """The typed address; the form is valid."""
        return Address(**{name: self.cleaned_data[name] for name in FIELDS})

    def clean(self):
        data = super().clean()
        if not self.errors:
            self._check_as_a_whole()
        if not self.errors and self.address != self.present:
            self._check_confirmation()
        return data

    def _check_confirmation(self):
        if not self.cleaned_data["reason"].strip():
            self.add_error("reason", _("Indiquez le motif du changement."))
        if self.cleaned_data["seen"] != self.digest:
            self.data = dict(self.data.items()) | {self.add_prefix("seen"): self.digest}
            text = _("Le dossier a changé depuis que vous avez ouvert cette page.")
            self.add_error("confirmed", f"{text} {self._before_and_after()}")
        elif not self.cleaned_data["confirmed"]:
            self.add_error("confirmed", self._before_and_after())

    def _before_and_after(self):
        before, after = (
            ", ".join(filter(None, [*one.lines, one.email])) or "–"
            for one in (self.present, self.address)
        )
        return _("Relisez, puis cochez. Avant : %(before)s. Après : %(after)s.") % {
            "before": before,
            "after": after,
        }

    def _check_as_a_whole(self):
        data = self.cleaned_data
        if data["country"] == values.FRANCE:
            data["postcode"] = typed.french_postcode(data["postcode"])
        fields = {"code_postal": "postcode", "ville": "city"}
        for column, _cell, message in values.check_address(
            lines=[data[name] for name in ("address1", "address2", "address3")],
            postcode=data["postcode"],
            city=data["city"],
            country=data["country"],
        ):
            self.add_error(fields[column], message)


class IdentityForm(CellReadingForm):
    """Form of a candidate's identity, for a correction."""

    readers = {
        "ine": values.ine,
        "birth_name": values.name(80),
        "usage_name": values.text,
        "given_names": values.name(120),
        "birth_place": values.text,
        "birth_date": lambda cell: values.birth_date(values.today())(cell),
    }

    class Meta:
        model = Candidate
        fields = ["birth_name", "usage_name", "given_names", "birth_date", "birth_place", "ine"]
        field_classes = {"birth_date": BirthDateField}


class SchoolForm(CellReadingForm):
    readers = {"uai": values.uai}
