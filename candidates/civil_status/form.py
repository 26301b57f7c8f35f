"""Form by which a candidate asks for another name or birth date."""

from django import forms
from django.utils.translation import gettext_lazy as _

from candidates import values
from candidates.civil_status.proven_person import ProvenPersonForm
from candidates.civil_status.requests import FIELDS
from candidates.identification.forms import BirthDateField
from candidates.postal.envelope import unprintable
from candidates.values import sentence
from results_portal.tabular import CellError

LONGEST_EXPLANATION = 500


class IdentityRequestForm(ProvenPersonForm):
    """Form of names, birth date and place, and the proof; when valid, `asked` is the request.

    `asked` has the same fields as `present`, the identity on file (`requests.identity_of`), from
    which it must differ.
    """

    birth_name = forms.CharField(label=_("Nom de naissance"))
    usage_name = forms.CharField(label=_("Nom d’usage"), required=False)
    given_names = forms.CharField(label=_("Prénoms"))
    birth_date = BirthDateField(label=_("Date de naissance"))
    birth_place = forms.CharField(label=_("Lieu de naissance"), required=False)
    explanation = forms.CharField(
        label=_("Explication"), required=False, max_length=LONGEST_EXPLANATION
    )
    proof = forms.FileField(
        label=_("Pièce justificative"),
        error_messages={
            "required": _("Joignez une pièce."),
            "empty": _("Ce fichier est vide."),
        },
    )

    readers = {
        "birth_name": values.name(80),
        "usage_name": values.text,
        "given_names": values.name(120),
        "birth_place": values.text,
    }
    lengths = {"usage_name": 80, "birth_place": 80}

    def __init__(self, *args, present, **kwargs):
        super().__init__(*args, **kwargs)
        self.present = present
        self.asked = None

    def clean(self):
        super().clean()
        data = self.cleaned_data
        for name, read in self.readers.items():
            if name in data:
                self._read(name, read)
        if not self.errors.keys() - {"proof"}:
            asked = {name: data[name] for name in FIELDS}
            asked["birth_date"] = data["birth_date"].isoformat()
            if asked == self.present:
                raise forms.ValidationError(
                    _("Ce sont déjà les informations de votre dossier : corrigez ce qui est faux.")
                )
            self.asked = None if self.errors else asked
        return data

    def _read(self, name, read):
        typed = self.cleaned_data[name]
        if lost := unprintable(typed):
            message = _("Écrivez avec l’alphabet latin : %(characters)s ne s’imprime pas.")
            self.add_error(name, message % {"characters": " ".join(lost)})
            return
        try:
            self.cleaned_data[name] = read(typed)
        except CellError as refused:
            self.add_error(name, sentence(str(refused)))
            return
        if len(self.cleaned_data[name]) > self.lengths.get(name, len(self.cleaned_data[name])):
            self.add_error(name, _("80 caractères au plus."))


def initial(present):
    """Return the initial values from the identity on file: dates as people type them."""
    year, month, day = present["birth_date"].split("-")
    return present | {"birth_date": f"{day}/{month}/{year}"}


def typed(data):
    """Return the values of the form as posted, without the file, unchecked: for a draft."""
    return {name: data.get(name, "") for name in (*FIELDS, "explanation")}
