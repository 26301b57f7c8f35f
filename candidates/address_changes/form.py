"""Form of an address that fits an envelope and that a sorting machine can read."""

from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from candidates import values
from candidates.postal import countries
from candidates.postal.address import FIELDS, Address
from candidates.postal.departments import department
from candidates.postal.envelope import unprintable
from candidates.typed import french_postcode, visible
from results_portal.tabular import CellError

_LINES = ("address1", "address2", "address3")


class AddressForm(forms.Form):
    """Form of lines, postcode, town, country and e-mail; when valid, `address` is the `Address`.

    `present` is the address on file: its country stays a choice, and it is refused as the new one.
    """

    address1 = forms.CharField(label=_("Ligne 1"), required=False)
    address2 = forms.CharField(label=_("Ligne 2"), required=False)
    address3 = forms.CharField(label=_("Ligne 3"), required=False)
    postcode = forms.CharField(label=_("Code postal"), required=False)
    city = forms.CharField(label=_("Ville"), required=False)
    country = forms.ChoiceField(label=_("Pays"), required=False)
    email = forms.CharField(label=_("Courriel"), required=False)

    readers = {
        **dict.fromkeys(_LINES, lambda line: values.address_line(line.upper())),
        "city": lambda city: values.town(city.upper()),
        "postcode": values.postcode,
        "email": values.email,
    }

    def __init__(self, *args, present, **kwargs):
        kwargs.setdefault("initial", initial(present))
        super().__init__(*args, **kwargs)
        self.present = present
        self.address: Address | None = None
        self.initial["country"] = countries.stored(self.initial["country"], present.country)
        country = cast(forms.ChoiceField, self.fields["country"])
        country.choices = countries.choices(present.country)

    def clean_postcode(self):
        return visible(self.cleaned_data["postcode"])

    def clean(self):
        super().clean()
        data = self.cleaned_data
        for name, read in self.readers.items():
            if name in data:
                self._read(name, read)
        data["country"] = data.get("country") or countries.FRANCE
        if not self.errors:
            self._check_as_a_whole()
        if not self.errors:
            self.address = self._made()
            if self.address == self.present:
                raise forms.ValidationError(
                    _("C’est déjà votre adresse : rien n’a changé."), code="unchanged"
                )
        return data

    def _read(self, name, read):
        written = self.cleaned_data[name]
        if lost := unprintable(written):
            refused = values.sentence(values.no_email()) if name == "email" else _not_latin(lost)
            self.add_error(name, refused)
            return
        try:
            self.cleaned_data[name] = read(written)
        except CellError as refused:
            self.add_error(name, values.sentence(str(refused)))

    def _check_as_a_whole(self):
        data = self.cleaned_data
        if data["country"] == countries.FRANCE:
            data["postcode"] = french_postcode(data["postcode"])
        if not self.present.lines and not any(data[name] for name in (*_LINES, "city", "postcode")):
            return  # no address before or after: only the e-mail changes
        if not any(data[name] for name in _LINES):
            self.add_error("address1", _("Remplissez au moins une ligne."))
        if not data["city"]:
            self.add_error("city", _("Indiquez la ville."))
        if data["country"] == countries.FRANCE:
            self._check_french_postcode(data["postcode"])

    def _check_french_postcode(self, postcode):
        if not (len(postcode) == 5 and postcode.isdigit()):
            self.add_error("postcode", _("En France, le code postal a cinq chiffres, comme 75011."))
        elif department(postcode) is None:
            self.add_error(
                "postcode",
                _("Aucun département ne commence ainsi. Vérifiez le code postal."),
            )

    def _made(self):
        """Return the new address; lines that differ only by case or blanks stay as stored."""
        data, stored = self.cleaned_data, self.present.as_dict()
        made = {name: data[name] for name in FIELDS}
        for names in (_LINES, ("city",)):
            if _written(data, names) == _written(stored, names):
                made |= {name: stored[name] for name in names}
        return Address(**made)


def initial(present):
    """Return the initial values: the address on file, its street on the third line."""
    shown = present.as_dict()
    written = [shown[name] for name in _LINES if shown[name]]
    lines = [""] * (len(_LINES) - len(written)) + written
    return shown | dict(zip(_LINES, lines, strict=True))


def _written(values, names):
    return [values[name].upper() for name in names if values[name]]


def typed(data):
    """Return the values of the form as posted, by name, unchecked: for a draft."""
    return {name: data.get(name, "") for name in FIELDS}


def _not_latin(characters):
    return _(
        "Ces caractères ne s’impriment pas sur une enveloppe : %(characters)s. "
        "Écrivez avec l’alphabet latin, comme « Rue des Lilas »."
    ) % {"characters": " ".join(characters)}
