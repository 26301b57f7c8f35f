"""Checks shared by the forms that ask for an identity and its proof."""

from django import forms

from candidates import values
from candidates.civil_status import proofs
from candidates.values import sentence
from results_portal.tabular import CellError


class ProvenPersonForm(forms.Form):
    """Form with fields `birth_date` and `proof`; sets `proof_type`."""

    proof_type = None

    def clean_proof(self):
        proof = self.cleaned_data["proof"]
        try:
            self.proof_type = proofs.kind_of(proof)
        except proofs.BadProof as refused:
            raise forms.ValidationError(str(refused)) from refused
        return proof

    def clean_birth_date(self):
        born = self.cleaned_data["birth_date"]
        try:
            return values.birth_date(values.today())(born.isoformat())
        except CellError as refused:
            raise forms.ValidationError(sentence(str(refused))) from refused
