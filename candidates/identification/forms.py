from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from candidates import typed, values
from candidates.identification import access_codes
from candidates.identification.cookie import identify
from candidates.identification.throttle import address_block, identification_throttle


class BirthDateField(forms.DateField):
    """A date that is past, since 1900, in any form that `typed.birth_date` reads."""

    default_error_messages = {"invalid": _("Saisissez une date comme 31/12/2004.")}

    def to_python(self, value):
        if value in self.empty_values:
            return None
        if not isinstance(value, str):
            return super().to_python(value)
        born = typed.birth_date(value, today=values.today())
        if born is None and typed.visible(value).strip():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return born


class IdentificationForm(forms.Form):
    """Form of the candidate number, birth date and access code.

    Valid means identified: `visit` is then the `cookie.Visit` that begins. Every guess that fails
    gets the same error; `throttled` is True for one that was one too many. What is no guess (a code
    that is too short, number and code swapped) is neither tried nor counted. All that an error says
    is found in what was typed.
    """

    number = forms.CharField(
        label=_("Numéro de candidat"),
        max_length=40,
        error_messages={"required": _("Saisissez votre numéro de candidat.")},
    )
    birth_date = BirthDateField(
        label=_("Date de naissance"),
        error_messages={"required": _("Saisissez votre date de naissance.")},
    )
    access_code = forms.CharField(
        label=_("Code d’accès"),
        max_length=60,
        error_messages={"required": _("Saisissez votre code d’accès.")},
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request
        self.visit = None
        self.throttled = False

    def clean_number(self):
        number = typed.number(self.cleaned_data["number"])
        if not number:
            raise forms.ValidationError(self.fields["number"].error_messages["required"])
        return number

    def clean_access_code(self):
        code = self.cleaned_data["access_code"]
        if not access_codes.normalise(code):
            raise forms.ValidationError(self.fields["access_code"].error_messages["required"])
        if access_codes.is_too_short(code):
            raise forms.ValidationError(_length_error(code), code="length")
        return code

    def clean(self):
        super().clean()
        data = self.cleaned_data
        swapped = {"number", "access_code"} <= data.keys() and access_codes.are_swapped(
            data["number"], data["access_code"]
        )
        if swapped:
            self.add_error("number", _("Le numéro et le code d’accès semblent inversés."))
        if self.errors:
            return data
        block = address_block(self.request)
        self.visit = identify(**data, block=block)
        if self.visit is None:
            self._refuse(data, block)
        return data

    def _refuse(self, data, block):
        throttle = identification_throttle(
            number=data["number"], birth_date=data["birth_date"], block=block
        )
        self.throttled = throttle.count_failure()
        self.add_error(None, self.refusal(throttled=self.throttled))
        if not self.throttled and not access_codes.is_as_long_as_ours(code := data["access_code"]):
            self.add_error("access_code", _length_error(code))

    @staticmethod
    def refusal(*, throttled):
        """Return the one error of all failures, or that of one too many."""
        if throttled:
            return forms.ValidationError(
                _("Trop d’essais. Attendez un quart d’heure, puis recommencez."), code="throttled"
            )
        return forms.ValidationError(
            _(
                "Ces trois informations, ensemble, ne correspondent à aucune inscription. "
                "Vérifiez-les sur votre convocation."
            ),
            code="unknown",
        )


def _length_error(code):
    """Return the error of a typed code that has not the usual length."""
    length = len(access_codes.normalise(code))
    return ngettext(
        "Vous avez tapé %(length)s caractère : un code en a d’ordinaire %(usual)s.",
        "Vous avez tapé %(length)s caractères : un code en a d’ordinaire %(usual)s.",
        length,
    ) % {"length": length, "usual": access_codes.LENGTH}
