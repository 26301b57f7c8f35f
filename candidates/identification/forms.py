import re

from django import forms
from django.utils.translation import gettext_lazy as _

from candidates.identification.cookie import identify_unless
from candidates.identification.throttle import address_block, identification_throttle

_SEPARATORS = re.compile(r"[\s./-]+")


def throttle_of(request, *, number, birth_date, access_code):
    block = address_block(request)
    return identification_throttle(number=number, birth_date=birth_date, block=block)


def attempt(request, **typed):
    """Try to identify; return the throttle, whether it blocks, and the key of the entry or None."""
    throttle = throttle_of(request, **typed)
    return throttle, *identify_unless(throttle, **typed)


class BirthDateField(forms.DateField):
    """A date in any usual form: 31/12/2004, 31122004, 31.12.2004 or 2004-12-31."""

    def __init__(self, **kwargs):
        super().__init__(input_formats=["%d/%m/%Y", "%d%m%Y", "%Y/%m/%d"], **kwargs)

    def to_python(self, value):
        if isinstance(value, str):
            value = _SEPARATORS.sub("/", value.strip())
        return super().to_python(value)


class IdentificationForm(forms.Form):
    """Form of the candidate number, birth date and access code.

    Valid means identified: `entry_id` is then the key of the entry. Every failure gives the same
    error; `throttled` is True when the throttle refused the attempt unread.
    """

    number = forms.CharField(
        label=_("Numéro de candidat"),
        max_length=40,
        error_messages={"required": _("Saisissez votre numéro de candidat.")},
    )
    birth_date = BirthDateField(
        label=_("Date de naissance"),
        error_messages={
            "required": _("Saisissez votre date de naissance."),
            "invalid": _("Saisissez une date comme 31/12/2004."),
        },
    )
    access_code = forms.CharField(
        label=_("Code d’accès"),
        max_length=60,
        error_messages={"required": _("Saisissez votre code d’accès.")},
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request
        self.entry_id = None
        self.throttled = False

    def clean_number(self):
        return "".join(self.cleaned_data["number"].split()).upper()

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if self.errors:
            return data
        throttle, self.throttled, self.entry_id = attempt(self.request, **data)
        if self.throttled:
            raise forms.ValidationError(
                _("Trop d’essais. Attendez un quart d’heure, puis recommencez."), code="throttled"
            )
        if self.entry_id is None:
            throttle.count_failure()
            raise forms.ValidationError(
                _(
                    "Ces trois informations, ensemble, ne correspondent à aucune inscription. "
                    "Vérifiez-les sur votre convocation."
                ),
                code="unknown",
            )
        return data
