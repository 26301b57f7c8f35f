"""Forms of the requests for attestations of old sessions, and of their tracking."""

from functools import partial
from typing import cast

from django import forms
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from candidates import typed, values
from candidates.address_changes.form import AddressForm
from candidates.civil_status.proven_person import ProvenPersonForm
from candidates.identification.forms import BirthDateField
from candidates.models import Academy, Session
from candidates.postal.address import Address
from candidates.postal.envelope import unprintable
from candidates.values import sentence
from results.document.exams import exam
from results_portal.routers import PUBLIC
from results_portal.tabular import CellError

FIRST_YEAR = 1950
YOUNGEST = 10  # years: nobody passed one of these exams younger
OTHER = "AUTRE"
EXAMS = {
    **{code: exam(code).name for code in ("BAC", "BAC PRO", "BTS", "CAP", "BP", "DNB")},
    "BEP": _("Brevet d’études professionnelles"),
    "BT": _("Brevet de technicien"),
    "MC": _("Mention complémentaire"),
    OTHER: _("Un autre diplôme"),
}
PERSON = ("birth_name", "usage_name", "given_names", "birth_date", "birth_place")
DIPLOMA = ("exam", "speciality", "year", "school")


def exam_title(code):
    """Return the name of the exam of a request, or "" for one that is not listed."""
    return "" if code == OTHER else str(EXAMS.get(code, code))


class AcademyForm(forms.Form):
    """Form of the académie of the exam, asked first: it determines which office answers."""

    academie = forms.ChoiceField(
        label=_("Académie où vous avez passé l’examen"),
        error_messages={
            "required": _("Choisissez une académie."),
            "invalid_choice": _("Choisissez une académie de la liste."),
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.academies = {
            academy.code: academy for academy in Academy.objects.using(PUBLIC).order_by("name")
        }
        choices = [(academy.code, academy.name) for academy in self.academies.values()]
        academy = cast(forms.ChoiceField, self.fields["academie"])
        academy.choices = [("", _("Choisissez")), *choices]

    @property
    def academy(self):
        """The academy chosen in a valid form."""
        return self.academies[self.cleaned_data["academie"]]


class AttestationRequestForm(ProvenPersonForm, AddressForm):
    """Form of the person, the diploma and the address; when valid, `asked` is the request."""

    birth_name = forms.CharField(label=_("Nom de naissance"))
    usage_name = forms.CharField(label=_("Nom d’usage"), required=False)
    given_names = forms.CharField(label=_("Prénoms"))
    birth_date = BirthDateField(label=_("Date de naissance"))
    birth_place = forms.CharField(label=_("Lieu de naissance"))
    exam = forms.ChoiceField(
        label=_("Diplôme"),
        choices=[("", _("Choisissez")), *EXAMS.items()],
        error_messages={"required": _("Choisissez un diplôme.")},
    )
    speciality = forms.CharField(label=_("Série ou spécialité"), required=False)
    year = forms.IntegerField(
        label=_("Année de l’examen"),
        error_messages={"invalid": _("Saisissez une année comme 1998.")},
    )
    school = forms.CharField(label=_("Établissement"), required=False)
    proof = forms.FileField(
        label=_("Copie de votre pièce d’identité"),
        error_messages={
            "required": _("Joignez une pièce."),
            "empty": _("Ce fichier est vide."),
        },
    )

    own_readers = {
        "birth_name": values.name(80),
        "usage_name": partial(values.text, longest=80),
        "given_names": values.name(120),
        "birth_place": partial(values.text, longest=80),
        "speciality": partial(values.text, longest=150),
        "school": partial(values.text, longest=150),
    }
    readers = {**AddressForm.readers, **own_readers}
    field_order = [*PERSON, *DIPLOMA]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, present=Address(), **kwargs)
        self.fields["city"].required = True
        self.last_year = _last_year()
        self.asked = None

    def clean_year(self):
        year = self.cleaned_data["year"]
        if not FIRST_YEAR <= year <= self.last_year:
            raise forms.ValidationError(
                _("Saisissez une année de %(first)s à %(last)s."),
                params={"first": FIRST_YEAR, "last": self.last_year},
            )
        return year

    def clean(self):
        data = super().clean()
        dated = {"year", "birth_date"} <= data.keys()
        if dated and data["year"] < data["birth_date"].year + YOUNGEST:
            self.add_error("year", _("Vous étiez trop jeune cette année-là : vérifiez."))
        if data.get("exam") == OTHER and not data.get("speciality"):
            self.add_error("speciality", _("Écrivez le nom exact du diplôme."))
        if self.address and not self.errors:
            names = (*PERSON, *DIPLOMA)
            self.asked = {name: data[name] for name in names} | self.address.as_dict()
        return data

    def _read(self, name, read):
        """Read a line of the address as the address form does; another field by its own reader."""
        if name not in self.own_readers:
            return super()._read(name, read)
        written = self.cleaned_data[name]
        if lost := unprintable(written):
            return self.add_error(name, not_latin(lost))
        try:
            self.cleaned_data[name] = read(written)
        except CellError as refused:
            self.add_error(name, sentence(str(refused)))


class FollowForm(forms.Form):
    """Form of the reference of a request and its birth date."""

    reference = forms.CharField(
        label=_("Référence"),
        max_length=30,
        error_messages={"required": _("Saisissez la référence de votre demande.")},
    )
    birth_date = BirthDateField(
        label=_("Date de naissance"),
        error_messages={"required": _("Saisissez votre date de naissance.")},
    )

    def clean_reference(self):
        return typed.reference(self.cleaned_data["reference"])


def not_latin(characters):
    """Return the error of a field with `characters` that cannot be printed."""
    message = _("Écrivez avec l’alphabet latin : %(characters)s ne s’imprime pas.")
    return message % {"characters": " ".join(characters)}


def _last_year():
    """Return the year of the last session in the portal, this year if there is none."""
    this_year = timezone.localdate().year
    held = Session.objects.using(PUBLIC).filter(year__lte=this_year)
    return held.aggregate(year=Max("year"))["year"] or this_year
