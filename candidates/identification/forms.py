import re

from django import forms
from django.utils.translation import gettext_lazy as _

from candidates.identification.cookie import identify
from candidates.identification.throttle import address_block, identification_throttle

_SEPARATORS = re.compile(r"[\s./-]+")


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

    Valid means identified: `visit` is then the `cookie.Visit` that begins. Every failure gives the
    same error; `throttled` is True for one that was one too many.
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
        self.visit = None
        self.throttled = False

    def clean_number(self):
        return "".join(self.cleaned_data["number"].split()).upper()

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if self.errors:
            return data
        self.visit = identify(**data)
        if self.visit is None:
            self._refuse(data["number"], data["birth_date"])
        return data

    def _refuse(self, number, birth_date):
        block = address_block(self.request)
        throttle = identification_throttle(number=number, birth_date=birth_date, block=block)
        self.throttled = throttle.count_failure()
        raise self.refusal(throttled=self.throttled)

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
