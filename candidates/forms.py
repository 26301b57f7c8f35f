import re
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from candidates.identification import identify_unless, question_unless
from candidates.throttle import address_block, identification_brake
from results_portal.routers import PUBLIC

_SEPARATORS = re.compile(r"[\s./-]+")
_PLAIN_NUMBER = re.compile(r"[0-9A-Za-z]{1,40}")
_PLAIN_DATE = re.compile(r"(\d\d)/(\d\d)/(\d{4})", re.ASCII)
_PLAIN_CODE = re.compile(r"[0-9A-Za-z -]{1,60}")


def identified_at_once(request):
    """The key of the entry that a visitor names who typed as most do, or None.

    None says nothing: `IdentificationForm` then reads what was typed, and answers. It would give
    the same key, in ten times the time.
    """
    typed = _typed_plainly(request)
    return typed and _attempt(request, **typed)[2]


def question_at_once(request):
    """What `identified_at_once` asks, for `entry_at_once`: database, SQL and values. Or None."""
    typed = _typed_plainly(request)
    asked = typed and question_unless(_brake(request, **typed), **typed)
    return asked and (PUBLIC, *asked)


def entry_at_once(rows):
    """The key of the entry that the rows answering `question_at_once` name, or None."""
    ((blocked, entry_id),) = rows
    return None if blocked else entry_id


def _typed_plainly(request):
    number, birth_date, access_code = map(
        request.POST.get, ("number", "birth_date", "access_code"), ("", "", "")
    )
    if not (_PLAIN_NUMBER.fullmatch(number) and _PLAIN_CODE.fullmatch(access_code)):
        return None
    if not (typed := _PLAIN_DATE.fullmatch(birth_date)):
        return None
    day, month, year = map(int, typed.groups())
    try:
        birth_date = date(year, month, day)
    except ValueError:
        return None
    return {"number": number.upper(), "birth_date": birth_date, "access_code": access_code}


def _brake(request, *, number, birth_date, access_code):
    block = address_block(request)
    return identification_brake(number=number, birth_date=birth_date, block=block)


def _attempt(request, **typed):
    """The brake that an attempt meets, whether it refuses, and the key of the entry or None."""
    brake = _brake(request, **typed)
    return brake, *identify_unless(brake, **typed)


class BirthDateField(forms.DateField):
    """A date typed as people type it: 31/12/2004, 31122004, 31.12.2004 or 2004-12-31."""

    def __init__(self, **kwargs):
        super().__init__(input_formats=["%d/%m/%Y", "%d%m%Y", "%Y/%m/%d"], **kwargs)

    def to_python(self, value):
        if isinstance(value, str):
            value = _SEPARATORS.sub("/", value.strip())
        return super().to_python(value)


class IdentificationForm(forms.Form):
    """The three things that the convocation carries or its holder knows.

    Valid means identified: `entry_id` is then the key of the entry. Every failure gives one and
    the same error; `throttled` tells that the brake refused the attempt unread.
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
        data = super().clean()
        if self.errors:
            return data
        brake, self.throttled, self.entry_id = _attempt(self.request, **data)
        if self.throttled:
            raise forms.ValidationError(
                _("Trop d’essais. Attendez un quart d’heure, puis recommencez."), code="throttled"
            )
        if self.entry_id is None:
            brake.count_failure()
            raise forms.ValidationError(
                _(
                    "Ces trois informations, ensemble, ne correspondent à aucune inscription. "
                    "Vérifiez-les sur votre convocation."
                ),
                code="unknown",
            )
        return data
