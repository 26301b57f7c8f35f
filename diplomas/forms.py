from django import forms
from django.utils.translation import gettext_lazy as _

from diplomas.models import Revocation
from results import verification_code
from results.models import PublishedResult, Verdict


class VerificationForm(forms.Form):
    """The code of a document, as typed; whether it is one is for the page to say."""

    code = forms.CharField(
        label=_("Code de vérification"),
        error_messages={"required": _("Tapez le code du document.")},
    )


class RevocationForm(forms.ModelForm):
    """Which document is revoked, by its code or by the number of its candidate, and why."""

    document = forms.CharField(
        label=_("Code de vérification, ou numéro de candidat"),
        help_text=_("Avec le numéro, c’est le dernier relevé publié qui est révoqué."),
        max_length=60,
    )

    class Meta:
        model = Revocation
        fields = ["reason"]

    def clean_document(self):
        typed = self.cleaned_data["document"]
        results = list(_published(typed).select_related("entry")[:2])
        if not results:
            raise forms.ValidationError(_("Aucun relevé publié n’a ce code ou ce numéro."))
        if len(results) > 1:
            raise forms.ValidationError(
                _("Plusieurs relevés publiés ont ce numéro : donnez le code du bon.")
            )
        if Revocation.objects.filter(published_result=results[0]).exists():
            raise forms.ValidationError(_("Ce relevé est déjà révoqué."))
        return results[0]

    def save(self, commit=True):
        self.instance.published_result = self.cleaned_data["document"]
        return super().save(commit)


def _published(typed):
    sheets = PublishedResult.objects.exclude(verdict=Verdict.WITHHELD).order_by("-pk")
    if code := verification_code.parse(typed):
        return sheets.open().filter(verification_code=code)
    return sheets.current().filter(entry__number="".join(typed.split()).upper())
