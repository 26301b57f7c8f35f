"""Form by which the office answers a request for the attestation of an old session."""

from functools import partial

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from candidates import values
from candidates.identification.forms import BirthDateField
from candidates.postal.envelope import unprintable
from candidates.values import sentence
from diplomas.attestations.form import PERSON, exam_title, not_latin
from diplomas.models import AttestationRequest
from results_portal.tabular import CellError

WIDE = ("given_names", "diploma", "speciality")


class RegisterForm(forms.ModelForm):
    """Form of the office's answer: the content of the register, or the reason of a refusal.

    It begins empty, so that nobody prints as official what was only claimed.

    When valid and accepted, `read` is the argument of `attestation_document.of_register`.
    """

    birth_name = forms.CharField(label=_("Nom de naissance"), required=False)
    usage_name = forms.CharField(label=_("Nom d’usage"), required=False)
    given_names = forms.CharField(label=_("Prénoms"), required=False)
    birth_date = BirthDateField(label=_("Date de naissance"), required=False)
    birth_place = forms.CharField(label=_("Lieu de naissance"), required=False)
    diploma = forms.CharField(label=_("Intitulé exact du diplôme"), required=False)
    speciality = forms.CharField(label=_("Série ou spécialité"), required=False)
    session = forms.IntegerField(label=_("Session (année)"), required=False)
    mention = forms.CharField(label=_("Mention"), required=False)
    decided_on = BirthDateField(label=_("Date de la décision du jury"), required=False)
    confirmed = forms.BooleanField(
        label=_("J’ai lu le registre et la pièce d’identité : ces lignes seront imprimées."),
        required=False,
    )

    readers = {
        "birth_name": values.name(80),
        "usage_name": partial(values.text, longest=80),
        "given_names": values.name(120),
        "birth_place": partial(values.text, longest=80),
        "diploma": partial(values.text, required=True, longest=120),
        "speciality": partial(values.text, longest=150),
        "mention": partial(values.text, longest=60),
    }
    needed = ("birth_date", "session", "decided_on", "confirmed")

    class Meta:
        model = AttestationRequest
        fields = ["state", "reason"]
        help_texts = {"reason": _("Pour un refus seulement. La personne lira ce motif.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        asked = self.instance
        self.read = None
        for name in WIDE:
            self.fields[name].widget.attrs["size"] = 60
        claims = {name: getattr(asked, name) for name in PERSON} | {
            "birth_date": f"{asked.birth_date:%d/%m/%Y}",
            "diploma": exam_title(asked.exam),
            "speciality": asked.speciality,
            "session": asked.year,
        }
        for name, claim in claims.items():  # beside the field, never in it: it may be false
            self.initial.pop(name, None)
            if claim:
                self.fields[name].help_text = format_lazy(
                    _("La demande dit : {claim}"), claim=claim
                )

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if data.get("state") == AttestationRequest.State.REFUSED:
            if not data.get("reason", "").strip():
                self.add_error("reason", _("Un refus est motivé."))
        elif data.get("state") == AttestationRequest.State.ACCEPTED:
            self._clean_register(data)
        elif "state" in data:
            self.add_error(
                "state", _("Acceptez ou refusez : sans décision, rien n’est enregistré.")
            )
        return data

    def _clean_register(self, data):
        for name, read in self.readers.items():
            if lost := unprintable(data.get(name, "")):
                self.add_error(name, not_latin(lost))
                continue
            try:
                data[name] = read(data.get(name, ""))
            except CellError as refused:
                self.add_error(name, sentence(str(refused)))
        for name in self.needed:
            if name not in self.errors and not data.get(name):
                self.add_error(name, _("À remplir pour établir l’attestation."))
        if not self.errors:
            self._check_dates(data)
        if not self.errors:
            names = (*PERSON, "diploma", "speciality", "session", "mention", "decided_on")
            self.read = {name: data[name] for name in names}

    def _check_dates(self, data):
        if not data["session"] <= data["decided_on"].year <= data["session"] + 1:
            self.add_error("decided_on", _("Cette date n’est pas celle de cette session."))
        elif data["decided_on"] > values.today():
            self.add_error("decided_on", _("Cette date est dans l’avenir."))
