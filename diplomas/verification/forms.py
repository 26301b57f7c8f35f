from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from candidates import typed
from diplomas.models import Attestation, Revocation
from results.document import verification_code
from results.models import PublishedResult
from results.rules import WITHOUT_SHEET


class VerificationForm(forms.Form):
    """Form of the code of a document, as typed; the view parses it."""

    code = forms.CharField(
        label=_("Code de vérification"),
        error_messages={"required": _("Tapez le code du document.")},
    )

    def is_slip(self, text):
        """Whether the typed text cannot be a code; then say why: it is no news of the document."""
        length = verification_code.wrong_length(text)
        if not length:
            return False
        if typed.reference(text).startswith("ATT"):
            error = str(
                _("Ceci est la référence de l’attestation. Tapez le code, au bas de la page.")
            )
        else:
            error = ngettext(
                "Vous avez tapé %(length)s caractère : un code en a %(usual)s.",
                "Vous avez tapé %(length)s caractères : un code en a %(usual)s.",
                length,
            ) % {"length": length, "usual": verification_code.LENGTH}
        self.add_error("code", error)
        return True


class RevocationForm(forms.ModelForm):
    """Form of a revocation: a document (by code, reference or candidate number) and the reason."""

    document = forms.CharField(
        label=_("Code de vérification, référence ou numéro de candidat"),
        help_text=_("Avec le numéro, c’est le dernier relevé publié qui est révoqué."),
        max_length=60,
    )

    class Meta:
        model = Revocation
        fields = ["reason"]

    def clean_document(self):
        found = _documents(self.cleaned_data["document"])
        if not found:
            raise forms.ValidationError(
                _("Aucun document n’a ce code, cette référence ou ce numéro.")
            )
        if len(found) > 1:
            raise forms.ValidationError(
                _("Plusieurs relevés publiés ont ce numéro : donnez le code du bon.")
            )
        if Revocation.objects.filter(**found[0]).exists():
            raise forms.ValidationError(_("Ce document est déjà révoqué."))
        return found[0]

    def save(self, commit=True):
        for kind, document in self.cleaned_data["document"].items():
            setattr(self.instance, kind, document)
        return super().save(commit)


def _documents(text):
    """Return the documents that `text` names, each as a dict of the field of `Revocation`."""
    sheets = PublishedResult.objects.exclude(verdict__in=WITHOUT_SHEET).order_by("-pk")
    attestations = Attestation.objects.defer("pdf").order_by("-pk")
    if code := verification_code.parse(text):
        sheets = sheets.open().filter(verification_code=code)
        attestations = attestations.filter(verification_code=code)
    else:
        sheets = sheets.current().filter(entry__number=typed.number(text))
        attestations = attestations.filter(reference=typed.reference(text))
    return [
        *({"published_result": sheet} for sheet in sheets.select_related("entry")[:2]),
        *({"attestation": attestation} for attestation in attestations[:1]),
    ]
